"""The streams of people: what somebody did that is no step of a case and belongs in the record, chained like everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from engine.record import history
from engine.record.columns import RefusedTask, ShownTask
from engine.record.heads import GENESIS
from engine.record.history import Entry
from engine.record.person_steps import (
    ActRefused,
    EntryRefused,
    Last,
    LoginUnknown,
    PersonStep,
    PlaceOfTask,
    RefusalsNotKept,
)
from engine.runtime.permissions import SYSTEM, Actor
from models.base import bind, session, transaction
from models.entry import HistoryEntry
from models.entry import RefusalsNotKept as Tally
from models.identity import User
from models.user_task import UserTask

USER = "user"
AT_ONCE, LAST = 200, 2**31 - 1
MOST_REFUSED, REFUSED_WITHIN = 20, timedelta(hours=1)
_COUNTED = (Tally.number, Tally.since, Tally.until)
_TASK = (UserTask.id, UserTask.business_key, UserTask.process_key, UserTask.element_id)
_PLACE: dict[str, Any] = {"sqlite": func.instr, "postgresql": func.pg_catalog.position}


@dataclass(frozen=True)
class Act:
    """An entry of a person and where it stands; `entry` is None when it is not what was written, `follows` false when the one before it is gone."""

    user: str
    at: datetime
    sequence: int
    entry: Entry | None
    follows: bool = True


_BEFORE = (
    select(HistoryEntry.sequence, HistoryEntry.at, HistoryEntry.body)
    .where(HistoryEntry.stream == USER, HistoryEntry.stream_id == bindparam("user"))
    .where(HistoryEntry.sequence < bindparam("before"))
    .order_by(HistoryEntry.sequence.desc())
    .limit(AT_ONCE)
)


def record_act(act: PersonStep, *, by: Actor, at: datetime) -> None:
    """Add a step to the history of the person who does it."""
    with transaction():
        session().get(User, by.user, with_for_update=True)  # two requests of one person come one after the other
        history.append(USER, by.user, [act], by=by.user, at=at)


def record_act_once(act: PersonStep, *, by: Actor, at: datetime, within: timedelta) -> datetime:
    """Record the same, unless the person's stream says it within so much time; since when the record says it."""
    recorded_at = _said(act, by.user, at - within)
    if recorded_at is not None:
        return recorded_at
    with transaction():
        session().get(User, by.user, with_for_update=True)
        recorded_at = _said(act, by.user, at - within)  # by a request beside this one
        if recorded_at is None:
            history.append(USER, by.user, [act], by=by.user, at=at)
    return recorded_at or at


def _said(act: PersonStep, user: str, since: datetime) -> datetime | None:
    for at, body in _since(user, since):
        if act in history.document(body)["steps"]:
            return at
    return None


def _since(user: str, since: datetime) -> Iterator[tuple[datetime, bytes]]:
    """Yield instant and body of a person's entries since then, newest first, however many they are."""
    before = LAST
    while rows := session().execute(_BEFORE, {"user": user, "before": before}).all():
        for _, at, body in rows:
            if at <= since:
                return
            yield at, body
        if len(rows) < AT_ONCE:
            return
        before = rows[-1].sequence


def record_refused(row: ShownTask, reasons: Mapping[str, Sequence[str]], *, by: Actor, at: datetime) -> None:
    """Add what was wrong with a form that somebody sent, at most MOST_REFUSED times for a task within the hour; beyond that they are counted.

    Shape:  `row` has id, business_key, process_key and element_id of the task; `reasons` are codes by field. Nothing of what was typed is kept.
    """
    with transaction():
        session().get(User, by.user, with_for_update=True)
        before = sum(_alike("entry_refused", "task", row.id, by.user, at - REFUSED_WITHIN))
        if before >= MOST_REFUSED:
            _count(row.id, by.user, at)
            return
        fields = {field: sorted(set(codes)) for field, codes in sorted(reasons.items())}
        last: Last = {"last": True} if before + 1 == MOST_REFUSED else {}
        refusal: EntryRefused = {"type": "entry_refused", **_place(row), "fields": fields, **last}
        history.append(USER, by.user, [*_not_kept(row, by.user), refusal], by=by.user, at=at)


def record_at_most(act: ActRefused | LoginUnknown, same: str, *, by: Actor, at: datetime) -> None:
    """Record an act, at most MOST_REFUSED times within the hour with the same value in the field `same`; the last of them says that it is."""
    with transaction():
        session().get(User, by.user, with_for_update=True)
        fields: Mapping[str, Any] = act
        before = sum(_alike(act["type"], same, fields[same], by.user, at - REFUSED_WITHIN))
        if before < MOST_REFUSED:
            last: Last = {"last": True} if before + 1 == MOST_REFUSED else {}
            history.append(USER, by.user, [{**fields, **last}], by=by.user, at=at)


def _alike(type: str, same: str, value: object, user: str, since: datetime) -> Iterator[int]:
    """Yield how many acts of a type with this value in a field each entry since has."""
    for _, body in _since(user, since):
        if f'"{type}"'.encode() in body:
            steps = cast(list[Mapping[str, Any]], history.document(body)["steps"])
            yield sum(step["type"] == type and step[same] == value for step in steps)


def _place(row: ShownTask) -> PlaceOfTask:
    return {"case": row.business_key, "task": row.id, "process": row.process_key, "element": row.element_id}


def _count(task_id: int, user: str, at: datetime) -> None:
    """Count one more that is not kept; the person's row is locked."""
    more = update(Tally).where(*_tally(task_id, user)).values(number=Tally.number + 1, until=at)
    if not session().execute(more).rowcount:  # type: ignore[attr-defined]
        first = insert(Tally).values(user=user, task_id=task_id, number=1, since=at, until=at)
        session().execute(first)


def _not_kept(row: ShownTask, user: str) -> list[RefusalsNotKept]:
    """Return the step that says how many refused entries for a task were not kept, and count them no more; nothing where all were."""
    deletion = delete(Tally).where(*_tally(row.id, user)).returning(*_COUNTED)
    tally = session().execute(deletion).first()
    if tally is None:
        return []
    number, since, until = tally
    return [{"type": "refusals_not_kept", **_place(row), "number": number, "since": since, "until": until}]


def _tally(task_id: int, user: str) -> tuple[ColumnElement[bool], ...]:
    return Tally.user == user, Tally.task_id == task_id


def record_not_kept(at: datetime) -> int:
    """Add to the streams of people how many refused entries were not kept, where no other came for an hour to say it with; of how many tasks."""
    over = Tally.until <= at - REFUSED_WITHIN
    query = select(Tally.user, *_TASK).join(UserTask, UserTask.id == Tally.task_id).where(over)
    rows = session().execute(query.order_by(Tally.user, Tally.task_id)).all()
    return sum(_record_not_kept(row, at) for row in rows)


def _record_not_kept(row: RefusedTask, at: datetime) -> bool:
    with transaction():
        session().get(User, row.user, with_for_update=True)
        steps = _not_kept(row, row.user)  # none where somebody beside this one was first
        if steps:
            history.append(USER, row.user, steps, by=SYSTEM.user, at=at)
    return bool(steps)


def entries_naming(*words: str) -> list[Entry]:
    """Return the entries of all people in which one of some words stands, newest first. Each is what it was when it was written; `verify_streams` checks that none is missing.

    Errors: BrokenChain.
    """
    query = (
        select(HistoryEntry)
        .where(HistoryEntry.stream == USER, or_(*map(_holds, words)))
        .order_by(HistoryEntry.at.desc())
    )
    return [history.opened(row) for row in session().scalars(query)]


def _holds(word: str) -> ColumnElement[bool]:
    place: ColumnElement[int] = _PLACE[bind().dialect.name](HistoryEntry.body, word.encode())
    return place > 0


Period = tuple[datetime | None, datetime | None]


def latest_acts(
    *, most: int, user: str = "", types: Sequence[str] = (), before: Act | None = None, period: Period = (None, None)
) -> list[Act]:
    """Return what people did, newest first: of one `user`, of some `types` of step, from before another entry, in a `period` (its end left out)."""
    at, person, number = HistoryEntry.at, HistoryEntry.stream_id, HistoryEntry.sequence
    earlier = aliased(HistoryEntry)
    beside = and_(earlier.stream == USER, earlier.stream_id == person, earlier.sequence == number - 1)
    query = select(HistoryEntry, earlier.hash).outerjoin(earlier, beside).where(HistoryEntry.stream == USER)
    if user:
        query = query.where(person == user)
    since, until = period
    if since is not None:
        query = query.where(at >= since)
    if until is not None:
        query = query.where(at < until)
    if types:
        query = query.where(or_(*(_holds(f'"{type}"') for type in types)))
    if before is not None:
        query = query.where(tuple_(at, person, number) < tuple_(before.at, before.user, before.sequence))
    rows = session().execute(query.order_by(at.desc(), person.desc(), number.desc()).limit(most))
    return [
        Act(row.stream_id, row.at, row.sequence, _as_written(row), row.previous == (hash or GENESIS))
        for row, hash in rows
    ]


def _as_written(row: HistoryEntry) -> Entry | None:
    try:
        entry = history.opened(row)
    except (history.BrokenChain, ValueError, KeyError):
        return None
    return None if entry.doubt else entry
