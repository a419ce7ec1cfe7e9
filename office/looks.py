"""Who looked at a case: an auditor's opening of one is written into their own stream of the history, because looking changes nothing in the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import engine

ONE_LOOK = timedelta(hours=1)


@dataclass(frozen=True)
class Look:
    """Somebody opened a case."""

    user: str
    at: datetime


def record(case: str, *, by: engine.Actor, at: datetime) -> None:
    """Write down that somebody looks at a case."""
    engine.record_person("case_looked_at", by=by, at=at, case=case)


def record_again(case: str, *, by: engine.Actor, at: datetime) -> None:
    """The same for a program, which may ask many times: one look within the hour is enough."""
    if not any(look.user == by.user and look.at > at - ONE_LOOK for look in of_case(case)):
        record(case, by=by, at=at)


def of_case(case: str) -> list[Look]:
    """Who looked at a case and when, newest first. Errors: BrokenChain."""
    return [
        Look(entry.actor, entry.at)
        for entry in engine.told_of_people(case)
        if any(step["type"] == "case_looked_at" and step["case"] == case for step in entry.steps)
    ]
