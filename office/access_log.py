"""Who looked: the opening of a customer's page or of somebody else's case, and every export, are steps in the history of the person who does it.

Looking changes nothing in the case, so it is not in the case's history. One look within the hour is enough. A customer's number is not written
down, for what is written here stays: a mark of it, made with the office's key, tells the looks at one customer together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import engine
from engine import record
from engine.record.person_steps import ActRefused, CustomerLookedAt, Exported, Last, LookRefused, PersonStep, PlaceOfAct
from office import masking
from service_tasks.zone import ZONE

ONE_LOOK = timedelta(hours=1)
Place = PlaceOfAct
MOST_FILTER, OF_MARK = 200, 16
LOG = "log.xes"


@dataclass(frozen=True)
class Look:
    """Somebody opened a case, or took its history, a paper of it or a log with it away: `what`, and whether with personal data; `refused` that they wanted to open it and may not."""

    user: str
    at: datetime
    exported: bool = False
    what: str = ""
    refused: bool = False
    personal: bool = False


@dataclass(frozen=True)
class Traced:
    """A case by what an event log of many selects cases by: when it began, and every process that it is of or ran through."""

    number: str
    started_at: datetime
    processes: frozenset[str]


def at_case(case: str, *, by: engine.Actor, at: datetime) -> datetime:
    """Write down that somebody looks at a case; since when the record says so."""
    return record.record_act_once({"type": "case_looked_at", "case": case}, by=by, at=at, within=ONE_LOOK)


def at_customer(msisdn: str, *, by: engine.Actor, at: datetime) -> datetime:
    """Return the same of a customer."""
    act: CustomerLookedAt = {
        "type": "customer_looked_at",
        "number": masking.number(msisdn),
        "mark": mark(msisdn),
    }
    return record.record_act_once(act, by=by, at=at, within=ONE_LOOK)


def refused_at_case(case: str, *, by: engine.Actor, at: datetime) -> datetime:
    """Write down that somebody wanted to look at a case and may not; since when the record says so."""
    return record.record_act_once({"type": "look_refused", "case": case}, by=by, at=at, within=ONE_LOOK)


def refused_at_customer(msisdn: str, *, by: engine.Actor, at: datetime) -> datetime:
    """Return the same of a customer."""
    act: LookRefused = {"type": "look_refused", "number": masking.number(msisdn), "mark": mark(msisdn)}
    return record.record_act_once(act, by=by, at=at, within=ONE_LOOK)


def refused_act(endpoint: str, code: str, place: PlaceOfAct, *, by: engine.Actor, at: datetime, msisdn: str) -> None:
    """Write down that somebody wanted to do what they may not: at which `endpoint`, the `code` of the error, about what."""
    customer: PlaceOfAct = {"number": masking.number(msisdn), "mark": mark(msisdn)} if msisdn else {}
    act: ActRefused = {"type": "act_refused", "what": endpoint, "why": code, **place, **customer, **Last()}
    record.record_at_most(act, "what", by=by, at=at)


def at_messages(*, by: engine.Actor, at: datetime) -> datetime:
    """Return the same of the text messages that wait to be sent, with numbers and words."""
    return record.record_act_once({"type": "messages_read"}, by=by, at=at, within=ONE_LOOK)


def at_liabilities(*, by: engine.Actor, at: datetime) -> datetime:
    """Return the same of an auditor who looks at who is liable for what."""
    return record.record_act_once({"type": "page_looked_at", "page": "liabilities"}, by=by, at=at, within=ONE_LOOK)


def exported(kind: str, /, *, rows: int, by: engine.Actor, at: datetime, personal: bool, **choices: Any) -> None:
    """Write down that somebody takes `rows` rows of something away, and what they chose; each time."""
    filters = {name: str(value)[:MOST_FILTER] for name, value in choices.items() if value not in (None, "", 0)}
    act: Exported = {"type": "exported", "what": kind, "chosen": filters, "rows": rows, "personal": personal}
    record.record_act(act, by=by, at=at)


def mark(msisdn: str) -> str:
    """Return what a number is called in the record."""
    return record.mac(b"customer " + msisdn.encode()).hex()[:OF_MARK]


def of_case(case: Traced) -> list[Look]:
    """Return who looked at a case or took it away, alone or in an event log of many, and when, newest first. Errors: BrokenChain."""
    entries = record.entries_naming(case.number, f'"{LOG}"')
    return [
        _look(entry.actor, entry.at, step)
        for entry in entries
        for step in cast(list[PersonStep], entry.steps)
        if _looked(step, case, entry.at)
    ]


def _looked(step: PersonStep, case: Traced, at: datetime) -> bool:
    if step["type"] == "case_looked_at" or step["type"] == "look_refused":
        return step.get("case") == case.number
    if step["type"] != "exported":
        return False
    return _holds(step["chosen"], case, at) if step["what"] == LOG else step["chosen"].get("case") == case.number


def _holds(filters: Mapping[str, str], case: Traced, at: datetime) -> bool:
    """Tell whether an event log taken away then held the case; one that came to a process only later is told of too."""
    day = f"{case.started_at.astimezone(ZONE):%Y-%m-%d}"
    in_period = filters.get("from", "") <= day and (not filters.get("to") or day <= filters["to"])
    return case.started_at <= at and in_period and filters.get("process", "") in {"", *case.processes}


def of_customer(msisdn: str) -> list[Look]:
    """Return who looked a customer up and when, newest first. Errors: BrokenChain."""
    customer_mark = mark(msisdn)
    return _looks(customer_mark, lambda step: step["type"] == "customer_looked_at" and step["mark"] == customer_mark)


def _looks(word: str, is_one: Callable[[PersonStep], bool]) -> list[Look]:
    return [
        _look(entry.actor, entry.at, step)
        for entry in record.entries_naming(word)
        for step in cast(list[PersonStep], entry.steps)
        if is_one(step)
    ]


def _look(user: str, at: datetime, step: PersonStep) -> Look:
    kind, personal = (step["what"], step["personal"]) if step["type"] == "exported" else ("", False)
    return Look(user, at, step["type"] == "exported", kind, step["type"] == "look_refused", personal)
