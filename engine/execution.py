"""The only writer of instances: lock → restore → run to the next wait states → history entry → rows, all in the caller's one commit.

Verbs decide what is done to an instance and hand it in as a command; nothing else changes an instance, its tasks, timers or history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, insert, select, update

from engine import appliers, calendars, history, jobs, sealing, versions
from engine.definitions.compiled import Definition
from engine.errors import Conflict, Corrupt, EngineError, NotFound
from engine.handlers import Call
from engine.history import GENESIS, INSTANCE, Head
from engine.spiff.run import Run
from engine.steps import Step, Work, WorkOutcome
from engine.stores import SqlStore
from models.base import one_writer, session, transaction
from models.definition import ProcessDefinition
from models.identity import Department
from models.incident import Incident
from models.instance import CaseKey, ProcessInstance
from models.user_task import UserTask


class UnknownInstance(NotFound):
    """There is no such case."""


class InstanceEnded(Conflict):
    """The case is closed."""


class StaleInstance(Conflict):
    """Somebody else has just changed this case."""


class CannotGoOn(Corrupt):
    """The process would go on without end; the case is as it was, and the operator is told."""


@dataclass(frozen=True)
class Advanced:
    """What a step led to: the instance, the ids of the user tasks it opened, whether the case is over."""

    instance_id: int
    user_task_ids: list[int] = field(default_factory=list)
    ended: bool = False


@dataclass(frozen=True)
class Change:
    """What observers inside the transaction are told."""

    instance_id: int
    business_key: str
    key: str
    at: datetime
    by: str
    steps: list[Step]
    ended: bool


LIMITS = ("EndlessLoop", "FeelLimit")
Command = Callable[[Run], None]
Observer = Callable[[Change], None]
_observers: list[Observer] = []


def observe(observer: Observer) -> None:
    """Call `observer` with every change, in the same transaction; used for read models."""
    if observer not in _observers:
        _observers.append(observer)


@dataclass
class Loaded:
    """An instance taken for change."""

    row: Any
    definition: Definition
    case_key: bytes
    run: Run
    head: Head


_COLUMNS = (
    ProcessInstance.id,
    ProcessInstance.business_key,
    ProcessInstance.definition_id,
    ProcessInstance.key,
    ProcessInstance.state,
    ProcessInstance.started_at,
    ProcessInstance.due_at,
    ProcessInstance.version,
    ProcessInstance.sequence,
    ProcessInstance.head,
    ProcessInstance.state_blob,
    CaseKey.wrapped,
    ProcessDefinition.sha256,
)


def find(where: ColumnElement[bool], *more: Any, join_task: bool = False, lock: bool = True) -> Any:
    """One instance row, locked for change unless it is only looked at, with its key, its definition's fingerprint and `more` columns."""
    query = (
        select(*_COLUMNS, *more)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .outerjoin(CaseKey, CaseKey.instance_id == ProcessInstance.id)
    )
    if join_task:
        query = query.join(UserTask, UserTask.instance_id == ProcessInstance.id)
    query = query.where(where)
    row = session().execute(query.with_for_update(of=ProcessInstance) if lock else query).first()
    if row is not None and lock and join_task and not one_writer():
        return session().execute(query).first()  # what is joined was read before the lock was had
    return row


def take(row: Row[Any], *, by: str, at: datetime) -> Loaded:
    """Restore the instance of a row from `find`. Errors: InstanceEnded."""
    if row.state != "active":
        raise InstanceEnded(case=row.business_key)
    definition = versions.by_id(row.definition_id, row.sha256)
    key = sealing.unwrap(row.wrapped)
    state = orjson.loads(sealing.unseal(key, row.state_blob))
    run = Run(
        definition,
        at=at,
        accepted_at=row.started_at,
        calendar=calendars.current(),
        perform=_performer(row.id, row.business_key, by, at),
        state=state,
    )
    return Loaded(row, definition, key, run, Head(row.sequence, row.head))


def _performer(instance_id: int, business_key: str, by: str, at: datetime) -> Callable[[Work], WorkOutcome]:
    def perform(work: Work) -> WorkOutcome:
        call = Call(
            key=f"{instance_id}:{work.token}",
            instance_id=instance_id,
            business_key=business_key,
            process_key=work.process_key,
            element_id=work.element_id,
            at=at,
            actor=by,
        )
        return jobs.attempt(work, call)

    return perform


def create(definition: Definition, business_key: str, given: dict[str, Any], *, by: str, at: datetime) -> Advanced:
    """Start an instance in the current transaction."""
    instance_id = _insert(definition, business_key, at)
    case_key, wrapped = sealing.new_case_key()
    session().execute(insert(CaseKey).values(instance_id=instance_id, wrapped=wrapped))
    run = Run(
        definition,
        at=at,
        accepted_at=at,
        calendar=calendars.current(),
        perform=_performer(instance_id, business_key, by, at),
    )
    run.begin(given)
    row = _Fresh(instance_id, business_key, definition.key, 1, None)
    return _save(Loaded(row, definition, case_key, run, Head(0, GENESIS)), by=by, at=at)


@dataclass(frozen=True)
class _Fresh:
    id: int
    business_key: str
    key: str
    version: int
    due_at: datetime | None


def _insert(definition: Definition, business_key: str, at: datetime) -> int:
    inserted = session().execute(
        insert(ProcessInstance)
        .values(
            business_key=business_key,
            definition_id=definition.id,
            key=definition.key,
            state="active",
            started_at=at,
            head=GENESIS,
            state_blob=b"",
        )
        .returning(ProcessInstance.id)
    )
    return int(inserted.scalar_one())


def advance(instance_id: int, command: Command, *, by: str, at: datetime) -> Advanced:
    """Do something to an instance, in one commit. Errors: UnknownInstance, InstanceEnded, and what the command raises."""
    with transaction():
        row = find(ProcessInstance.id == instance_id)
        if row is None:
            raise UnknownInstance(instance=instance_id)
        return advance_row(row, command, by=by, at=at)


def advance_row(row: Row[Any], command: Command, *, by: str, at: datetime, request: str = "") -> Advanced:
    """The same for a row that `find` has locked in the current transaction."""
    loaded = take(row, by=by, at=at)
    try:
        command(loaded.run)
    except EngineError as error:
        if error.code not in LIMITS:
            raise
        raise CannotGoOn(instance=row.id, kind=error.code, token=loaded.run.steps[0].get("token")) from error
    return _save(loaded, by=by, at=at, request=request)


@contextmanager
def limits_become_incidents(*, by: str, at: datetime) -> Iterator[None]:
    """Around a transaction: when it reached a limit and is undone, the operator finds an incident where it was begun."""
    try:
        yield
    except CannotGoOn as error:
        _report(error.values, by, at)
        raise


def _report(reached: dict[str, Any], by: str, at: datetime) -> None:
    open_already = select(Incident.id).where(
        Incident.instance_id == reached["instance"], Incident.token == reached["token"], Incident.state == "open"
    )
    with transaction():
        if session().scalar(open_already) is None:
            advance(reached["instance"], lambda run: run.report(reached["token"], reached["kind"]), by=by, at=at)


def answered(instance_id: int, request: str) -> Advanced | None:
    """What this very request came to, when it has been answered before."""
    for entry in history.read(INSTANCE, str(instance_id), case_key(instance_id)):
        if request and entry.request == request:
            tokens = [step["token"] for step in entry.steps if step["type"] == "user_task_created"]
            ended = any(step["type"] == "instance_completed" for step in entry.steps)
            return Advanced(instance_id, _task_ids(instance_id, tokens), ended)
    return None


def _task_ids(instance_id: int, tokens: list[int]) -> list[int]:
    query = select(UserTask.id).where(UserTask.instance_id == instance_id, UserTask.token.in_(tokens))
    return list(session().scalars(query.order_by(UserTask.token)))


def _save(loaded: Loaded, *, by: str, at: datetime, request: str = "") -> Advanced:
    run, row = loaded.run, loaded.row
    steps = _with_groups(run.steps)
    store = SqlStore(row.id, at, by, {"business_key": row.business_key})
    appliers.apply(steps, store, at)
    head = history.append(
        INSTANCE,
        str(row.id),
        loaded.head,
        steps,
        by=by,
        at=at,
        case_key=loaded.case_key,
        personal=loaded.definition.personal,
        calendar=calendars.keep(run.calendar),
        request=request,
    )
    store.flush()
    _shift_limits(store, row)
    _update_row(loaded, store.instance, head)
    change = Change(row.id, row.business_key, row.key, at, by, steps, run.ended)
    for observer in _observers:
        observer(change)
    return Advanced(row.id, store.opened, run.ended)


def _with_groups(steps: list[Step]) -> list[Step]:
    """Lanes carry the department's name; work lists go by its code."""
    created = [step for step in steps if step["type"] == "user_task_created"]
    if created:
        codes = _department_codes()
        for step in created:
            step["group"] = codes.get(step["group"], step["group"])
    return steps


def _department_codes() -> dict[str, str]:
    return {name: code for code, name in session().execute(select(Department.code, Department.name_zh))}


def _shift_limits(store: SqlStore, row: Any) -> None:
    if not store.shift:
        return
    open_tasks = session().execute(
        select(UserTask.id, UserTask.due_at).where(
            UserTask.instance_id == row.id, UserTask.state == "open", UserTask.due_at.is_not(None)
        )
    )
    for task_id, due_at in open_tasks.all():
        session().execute(update(UserTask).where(UserTask.id == task_id).values(due_at=due_at and due_at + store.shift))
    if row.due_at is not None:
        store.instance_changed(due_at=row.due_at + store.shift)


def _update_row(loaded: Loaded, changed: dict[str, Any], head: Head) -> None:
    row, over = loaded.row, changed.get("state", "active") != "active"
    blob = b"" if over else sealing.seal(loaded.case_key, orjson.dumps(loaded.run.state()))
    result = session().execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == row.id, ProcessInstance.version == row.version)
        .values(version=row.version + 1, sequence=head.seq, head=head.hash, state_blob=blob, **changed)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleInstance(case=row.business_key)


def case_key(instance_id: int) -> bytes | None:
    """The key of a case's personal data; None once it has been erased."""
    wrapped = session().scalar(select(CaseKey.wrapped).where(CaseKey.instance_id == instance_id))
    return sealing.unwrap(wrapped) if wrapped is not None else None


def seal_for(instance_id: int, plain: bytes) -> bytes:
    """Seal something kept beside an instance with its key. Errors: UnknownInstance."""
    key = case_key(instance_id)
    if key is None:
        raise UnknownInstance(instance=instance_id)
    return sealing.seal(key, plain)


def unseal_for(instance_id: int, sealed: bytes) -> bytes | None:
    """The inverse of `seal_for`; None once the case has been erased."""
    key = case_key(instance_id)
    return sealing.unseal(key, sealed) if key is not None else None
