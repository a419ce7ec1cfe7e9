"""The streams of people: what somebody did that is no step of a case and belongs in the record, chained like everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, tuple_

from engine import history
from engine.history import Entry
from engine.permissions import Actor
from engine.steps import Step, step
from models.base import bind, session, transaction
from models.entry import HistoryEntry
from models.identity import User

USER = "user"
LOOKED_BACK = 200
_PLACE: dict[str, Any] = {"sqlite": func.instr, "postgresql": func.pg_catalog.position}


@dataclass(frozen=True)
class Act:
    """An entry of a person and where it stands; `entry` is None when it is not what was written."""

    user: str
    at: datetime
    sequence: int
    entry: Entry | None


_LAST = (
    select(HistoryEntry.body)
    .where(HistoryEntry.stream == USER, HistoryEntry.stream_id == bindparam("user"))
    .order_by(HistoryEntry.sequence.desc())
    .limit(LOOKED_BACK)
)


def record(type: str, *, by: Actor, at: datetime, **fields: Any) -> None:
    """Add a step to the history of the person who does it."""
    with transaction():
        session().get(User, by.user, with_for_update=True)  # two requests of one person come one after the other
        history.append(USER, by.user, history.head(USER, by.user), [step(type, **fields)], by=by.user, at=at)


def record_once(type: str, *, by: Actor, at: datetime, within: timedelta, **fields: Any) -> datetime:
    """The same, unless one of the last steps of the person says it within so much time; since when the record says it.

    Only the last LOOKED_BACK entries are asked: beyond them it is written down again, which is never wrong.
    """
    wanted = step(type, **fields)
    found = _said(wanted, by.user, at - within)
    if found is not None:
        return found
    with transaction():
        session().get(User, by.user, with_for_update=True)
        found = _said(wanted, by.user, at - within)  # by a request beside this one
        if found is None:
            history.append(USER, by.user, history.head(USER, by.user), [wanted], by=by.user, at=at)
    return found or at


def _said(wanted: Step, user: str, since: datetime) -> datetime | None:
    for body in session().scalars(_LAST, {"user": user}):
        document = history.document(body)
        if wanted in document["steps"] and document["at"] > since:
            told_at: datetime = document["at"]
            return told_at
    return None


def told(word: str) -> list[Entry]:
    """The entries of all people in which a word stands, newest first. Each is what it was when it was written; `verify_streams` checks that none is missing.

    Errors: BrokenChain.
    """
    query = select(HistoryEntry).where(HistoryEntry.stream == USER, _holds(word)).order_by(HistoryEntry.at.desc())
    return [history.opened(row) for row in session().scalars(query)]


def _holds(word: str) -> Any:
    return _PLACE[bind().dialect.name](HistoryEntry.body, word.encode()) > 0


def latest(*, most: int, user: str = "", types: Sequence[str] = (), before: Act | None = None) -> list[Act]:
    """What people did, newest first: of one `user`, of some `types` of step, from before another entry; everything when they are empty."""
    at, whose, number = HistoryEntry.at, HistoryEntry.stream_id, HistoryEntry.sequence
    query = select(HistoryEntry).where(HistoryEntry.stream == USER)
    if user:
        query = query.where(whose == user)
    if types:
        query = query.where(or_(*(_holds(f'"{type}"') for type in types)))
    if before is not None:
        query = query.where(tuple_(at, whose, number) < tuple_(before.at, before.user, before.sequence))
    rows = session().scalars(query.order_by(at.desc(), whose.desc(), number.desc()).limit(most))
    return [Act(row.stream_id, row.at, row.sequence, _as_written(row)) for row in rows]


def _as_written(row: HistoryEntry) -> Entry | None:
    try:
        entry = history.opened(row)
    except (history.BrokenChain, ValueError, KeyError):
        return None
    return None if entry.doubt else entry
