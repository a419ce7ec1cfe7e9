"""The streams of people: what somebody did that is no step of a case and belongs in the record, chained like everything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine import history
from engine.history import Entry
from engine.permissions import Actor
from engine.steps import step
from models.base import bind, session, transaction
from models.entry import HistoryEntry
from models.identity import User

USER = "user"
_PLACE: dict[str, Any] = {"sqlite": func.instr, "postgresql": func.pg_catalog.position}


def record(type: str, *, by: Actor, at: datetime, **fields: Any) -> None:
    """Add a step to the history of the person who does it."""
    with transaction():
        session().get(User, by.user, with_for_update=True)  # two requests of one person come one after the other
        history.append(USER, by.user, history.head(USER, by.user), [step(type, **fields)], by=by.user, at=at)


def told(word: str) -> list[Entry]:
    """The entries of all people in which a word stands, newest first. Each is what it was when it was written; `verify_streams` checks that none is missing.

    Errors: BrokenChain.
    """
    place = _PLACE[bind().dialect.name](HistoryEntry.body, word.encode())
    query = select(HistoryEntry).where(HistoryEntry.stream == USER, place > 0).order_by(HistoryEntry.at.desc())
    return [history.opened(row) for row in session().scalars(query)]
