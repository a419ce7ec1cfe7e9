"""Who looked: the opening of a customer's page or of somebody else's case, and every export, are steps in the history of the person who does it.

Looking changes nothing in the case, so it is not in the case's history. One look within the hour is enough. A customer's number is not written
down, for what is written here stays: a mark of it, made with the office's key, tells the looks at one customer together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import engine
from office import masking

ONE_LOOK = timedelta(hours=1)
MOST_FILTER, OF_MARK = 200, 16


@dataclass(frozen=True)
class Look:
    """Somebody opened a case, or took its history or a paper of it away: `what`."""

    user: str
    at: datetime
    exported: bool = False
    what: str = ""


def at_case(case: str, *, by: engine.Actor, at: datetime) -> datetime:
    """Write down that somebody looks at a case; since when the record says so."""
    return engine.record_person_once("case_looked_at", by=by, at=at, within=ONE_LOOK, case=case)


def at_customer(msisdn: str, *, by: engine.Actor, at: datetime) -> datetime:
    """The same of a customer."""
    shown = {"number": masking.number(msisdn), "mark": mark(msisdn)}
    return engine.record_person_once("customer_looked_at", by=by, at=at, within=ONE_LOOK, **shown)


def at_messages(*, by: engine.Actor, at: datetime) -> datetime:
    """The same of the text messages that wait to be sent, with numbers and words."""
    return engine.record_person_once("messages_read", by=by, at=at, within=ONE_LOOK)


def exported(what: str, *, rows: int, by: engine.Actor, at: datetime, personal: bool, **chosen: Any) -> None:
    """Write down that somebody takes `rows` rows of something away, and what they chose; each time."""
    filters = {name: str(value)[:MOST_FILTER] for name, value in chosen.items() if value not in (None, "", 0)}
    engine.record_person("exported", by=by, at=at, what=what, chosen=filters, rows=rows, personal=personal)


def mark(msisdn: str) -> str:
    """What a number is called in the record."""
    return engine.mac(b"customer " + msisdn.encode()).hex()[:OF_MARK]


def of_case(case: str) -> list[Look]:
    """Who looked at a case or took it away and when, newest first. Errors: BrokenChain."""
    return _looks(case, lambda step: (step["type"] == "case_looked_at" and step["case"] == case) or _took(step, case))


def _took(step: Mapping[str, Any], case: str) -> bool:
    return bool(step["type"] == "exported" and step["chosen"].get("case") == case)


def of_customer(msisdn: str) -> list[Look]:
    """Who looked a customer up and when, newest first. Errors: BrokenChain."""
    mine = mark(msisdn)
    return _looks(mine, lambda step: step["type"] == "customer_looked_at" and step["mark"] == mine)


def _looks(word: str, is_one: Any) -> list[Look]:
    return [
        Look(entry.actor, entry.at, step["type"] == "exported", step.get("what", ""))
        for entry in engine.told_of_people(word)
        for step in entry.steps
        if is_one(step)
    ]
