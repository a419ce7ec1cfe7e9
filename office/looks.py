"""Who looked at a case: an auditor's opening of one is written into their own stream of the history, because looking changes nothing in the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

import engine
from models.base import session
from models.entry import HistoryEntry


@dataclass(frozen=True)
class Look:
    """Somebody opened a case."""

    user: str
    at: datetime


def record(case: str, *, by: engine.Actor, at: datetime) -> None:
    """Write down that somebody looks at a case."""
    engine.record_person("case_looked_at", by=by, at=at, case=case)


def of_case(case: str) -> list[Look]:
    """Who looked at a case and when, newest first; the chains of their streams are checked. Errors: BrokenChain."""
    everybody = session().scalars(select(HistoryEntry.stream_id).where(HistoryEntry.stream == "user").distinct())
    found = [
        Look(entry.actor, entry.at)
        for user in everybody
        for entry in engine.read_history("user", user)
        if any(step["type"] == "case_looked_at" and step["case"] == case for step in entry.steps)
    ]
    return sorted(found, key=lambda look: look.at, reverse=True)
