"""The only writer of instances: lock → restore → run to the next wait states → history entry → rows, all in the caller's one commit.

Verbs decide what is done to an instance and hand it in as a command; nothing else changes an instance, its tasks, timers or history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Row, Select, bindparam, or_, select, update

from engine import appliers, calendars, history, jobs, sealing, versions
from engine.definitions.compiled import Definition
from engine.errors import Conflict, Corrupt, EngineError, Invalid, NotFound
from engine.handlers import Call
from engine.history import GENESIS, INSTANCE, Head
from engine.language.forms import Form
from engine.spiff.run import Run
from engine.steps import Step, Work, WorkOutcome
from engine.stores import SqlStore
from models import writes
from models.base import bind, connection, flush, forget, session, transaction
from models.definition import ProcessDefinition
from models.identity import Department
from models.incident import Incident
from models.instance import CaseKey, ProcessInstance
from models.user_task import UserTask
from models.writes import Write


class UnknownInstance(NotFound):
    """There is no such case."""


class InstanceEnded(Conflict):
    """The case is closed."""


class KeyUsedAgain(Invalid):
    """The key of the request is that of another one, which said something else."""


class StaleInstance(Conflict):
    """Somebody else has just changed this case."""


class CannotGoOn(Corrupt):
    """The process would go on without end; the case is as it was, and the operator is told."""


@dataclass(frozen=True)
class Advanced:
    """What a step led to: the instance, the ids of the user tasks it opened, whether the case is over, what did not work on the way, and what
    the process knows by then.

    `troubles` are the steps job_refused and incident_opened, in order; whoever says "done" says these as well. A repeated request is answered
    without `variables`.
    """

    instance_id: int
    user_task_ids: list[int] = field(default_factory=list)
    ended: bool = False
    troubles: list[Step] = field(default_factory=list)
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    key: bytes = field(default=b"", repr=False, compare=False)

    def sealed(self, plain: bytes) -> bytes:
        """Something to be kept beside the case, sealed with its key, for `CaseHistory.unsealed`."""
        return sealing.seal(self.key, plain)


@dataclass(frozen=True)
class Change:
    """What observers inside the transaction are told: the steps, the form that was completed, the case's variables as they are now.

    `answering` are the tokens of activities that do what the limit of the case asks for, whether it is still open or an interim reply has met it.
    """

    instance_id: int
    business_key: str
    key: str
    at: datetime
    by: str
    steps: list[Step]
    ended: bool
    form: Form | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    answering: frozenset[int] = frozenset()


LIMITS = ("EndlessLoop", "FeelLimit")
OF_KEY = 16  # digits of a request that tell its key; as many tell what it says
Command = Callable[[Run], None]
Observer = Callable[[Change], None]
_observers: list[Observer] = []


def observe(observer: Observer) -> None:
    """Call `observer` with every change, in the same transaction; used for read models."""
    if observer not in _observers:
        _observers.append(observer)


def tell(change: Change) -> None:
    """Tell every observer, inside the transaction."""
    for observer in _observers:
        observer(change)


@dataclass
class Loaded:
    """An instance taken for change."""

    row: Any
    definition: Definition
    case_key: bytes
    run: Run
    head: Head


_INSTANCE, _KEY, _DEFINITION, _TASK = (
    model.__table__ for model in (ProcessInstance, CaseKey, ProcessDefinition, UserTask)
)
_COLUMNS = (
    *(
        _INSTANCE.c[name]
        for name in (
            "id",
            "business_key",
            "definition_id",
            "key",
            "state",
            "started_at",
            "due_at",
            "version",
            "sequence",
        )
    ),
    _INSTANCE.c.head,
    _INSTANCE.c.state_blob,
    _KEY.c.wrapped,
    _DEFINITION.c.sha256,
)


def rows(*more: Any) -> Select[Any]:
    """What `take` needs of instances, and `more` columns, to be narrowed down by the caller."""
    return (
        select(*_COLUMNS, *more)
        .select_from(_INSTANCE)
        .join(_DEFINITION, _DEFINITION.c.id == _INSTANCE.c.definition_id)
        .outerjoin(_KEY, _KEY.c.instance_id == _INSTANCE.c.id)
    )


_BY_ID = rows().where(_INSTANCE.c.id == bindparam("id"))
_BY_ID_FOR_CHANGE = _BY_ID.with_for_update(of=_INSTANCE)
_OF_TASK = (
    rows(
        _TASK.c.token.label("task_token"),
        _TASK.c.element_id,
        _TASK.c.group_code.label("task_group"),
        _TASK.c.state.label("task_state"),
        _TASK.c.assignee,
        _TASK.c.id.label("task_id"),
    )
    .join(_TASK, _TASK.c.instance_id == _INSTANCE.c.id)
    .where(_TASK.c.id == bindparam("id"))
)
# the task as well, so that PostgreSQL reads it as it is once the lock is had
_OF_TASK_FOR_CHANGE = _OF_TASK.with_for_update(of=(_INSTANCE, _TASK))


def find(instance_id: int, *, lock: bool = True) -> Row[Any] | None:
    """The row of an instance with its key and its definition's fingerprint; locked for change unless it is only looked at."""
    return connection().execute(_BY_ID_FOR_CHANGE if lock else _BY_ID, {"id": instance_id}).first()


def find_of_task(task_id: int, *, lock: bool) -> Row[Any] | None:
    """The row of a user task's instance with what is asked of the task; locked for change unless it is only looked at."""
    return connection().execute(_OF_TASK_FOR_CHANGE if lock else _OF_TASK, {"id": task_id}).first()


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
    run = Run(
        definition,
        at=at,
        accepted_at=at,
        calendar=calendars.current(),
        perform=_performer(instance_id, business_key, by, at),
    )
    run.begin(given)
    row = _Fresh(instance_id, business_key, definition.key, 1, None)
    kept = writes.insertion(_KEY, {"instance_id": instance_id, "wrapped": wrapped})
    return _save(Loaded(row, definition, case_key, run, Head(0, GENESIS)), by=by, at=at, also=[kept])


@dataclass(frozen=True)
class _Fresh:
    id: int
    business_key: str
    key: str
    version: int
    due_at: datetime | None


def _insert(definition: Definition, business_key: str, at: datetime) -> int:
    columns = {"business_key": business_key, "definition_id": definition.id, "key": definition.key, "state": "active"}
    first = {"started_at": at, "overdue": False, "version": 1, "sequence": 0, "head": GENESIS, "state_blob": b""}
    ((instance_id,),) = writes.send([writes.insertion(_INSTANCE, {**columns, **first}, wants_id=True)])
    return instance_id


def advance(instance_id: int, command: Command, *, by: str, at: datetime) -> Advanced:
    """Do something to an instance, in one commit. Errors: UnknownInstance, InstanceEnded, and what the command raises."""
    with transaction():
        row = find(instance_id)
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


def answered(instance_id: int, token: int, request: str) -> Advanced | None:
    """What this very request about the task of a token came to, when it has been answered before. Errors: KeyUsedAgain."""
    for entry in history.read(INSTANCE, str(instance_id), case_key(instance_id)):
        if not request or entry.steps[0].get("token") != token:
            continue
        if entry.request and entry.request != request and entry.request[:OF_KEY] == request[:OF_KEY]:
            raise KeyUsedAgain
        if entry.request == request:
            gone = {step["token"] for step in entry.steps if step["type"] == "user_task_cancelled"}
            opened = {step["token"] for step in entry.steps if step["type"] == "user_task_created"} - gone
            ended = any(step["type"] == "instance_completed" for step in entry.steps)
            return Advanced(instance_id, _task_ids(instance_id, opened), ended, _troubles(entry.steps))
    return None


def _troubles(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step["type"] in ("job_refused", "incident_opened")]


def _task_ids(instance_id: int, tokens: set[int]) -> list[int]:
    query = select(UserTask.id).where(UserTask.instance_id == instance_id, UserTask.token.in_(tokens))
    return list(session().scalars(query.order_by(UserTask.token)))


def _save(loaded: Loaded, *, by: str, at: datetime, request: str = "", also: Sequence[Write] = ()) -> Advanced:
    run, row = loaded.run, loaded.row
    flush()
    steps = _with_groups(run.steps)
    store = SqlStore(row.id, at, by, {"business_key": row.business_key})
    appliers.apply(steps, store, at)
    head, entry = history.entry(
        INSTANCE,
        str(row.id),
        loaded.head,
        steps,
        by=by,
        at=at,
        case_key=loaded.case_key,
        personal=loaded.definition.private,
        calendar=calendars.keep(run.calendar),
        request=request,
    )
    opened = _send([*also, entry, *store.writes()], store, loaded, head)
    jobs.queue(row.id, steps, loaded.case_key, at)
    forget(ProcessInstance, UserTask, Incident)
    form = loaded.definition.form_by_id(run.form_id) if run.form_id else None
    tell(
        Change(
            row.id,
            row.business_key,
            row.key,
            at,
            by,
            steps,
            run.ended,
            form,
            run.scopes[0].variables,
            frozenset(run.answering),
        )
    )
    return Advanced(row.id, opened, run.ended, _troubles(steps), run.scopes[0].variables, loaded.case_key)


def _send(gathered: list[Write], store: SqlStore, loaded: Loaded, head: Head) -> list[int]:
    """Write everything, the instance last; the ids of the user tasks this opens. Errors: StaleInstance."""
    sent: list[list[int]] = []
    if store.shift:  # which looks at the tasks as they are by then
        sent, gathered = writes.send(gathered), []
        _shift_limits(store, loaded.row)
    *others, changed = writes.send([*gathered, _instance(loaded, store.instance, head)])
    if not changed:
        raise StaleInstance(case=loaded.row.business_key)
    return store.open_tasks([id for ids in (*sent, *others) for id in ids])


def _with_groups(steps: list[Step]) -> list[Step]:
    """Lanes carry the department's name; work lists go by its code."""
    created = [step for step in steps if step["type"] == "user_task_created"]
    if created:
        codes = _department_codes({step["group"] for step in created})
        departments = set(codes.values())
        for step in created:
            if step["group"] not in departments:
                step["group"] = codes.get(step["group"]) or _worked_on_by(step, departments) or step["group"]
    return steps


def _worked_on_by(step: Step, departments: set[str]) -> str | None:
    """The department that had this step before: a lane still bears the name of one that has been renamed since."""
    if not departments:
        return None
    earlier = select(UserTask.group).where(
        UserTask.process_key == step["process"],
        UserTask.element_id == step["element"],
        UserTask.group.in_(departments),
    )
    return session().scalar(earlier.order_by(UserTask.id.desc()).limit(1))


_codes: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def _department_codes(wanted: set[str]) -> dict[str, str]:
    """Department codes by Chinese name; read again when a name is not among those known."""
    engine = bind()
    known = _codes.get(engine, {})
    if not wanted <= known.keys() | set(known.values()):
        found = session().execute(select(Department.code, Department.name_zh))
        known = _codes[engine] = {name: code for code, name in found}
    return known


def _shift_limits(store: SqlStore, row: Any) -> None:
    open_tasks = session().execute(
        select(UserTask.id, UserTask.due_at).where(
            UserTask.instance_id == row.id,
            UserTask.token.not_in(store.opened),
            or_(UserTask.state == "open", UserTask.token.in_(store.closed_after_shift)),
            UserTask.due_at.is_not(None),
        )
    )
    for task_id, due_at in open_tasks.all():
        session().execute(update(UserTask).where(UserTask.id == task_id).values(due_at=due_at and due_at + store.shift))
    if row.due_at is not None and "due_at" not in store.instance:
        store.instance_changed(due_at=row.due_at + store.shift)


def _instance(loaded: Loaded, changed: dict[str, Any], head: Head) -> Write:
    row, over = loaded.row, changed.get("state", "active") != "active"
    blob = b"" if over else sealing.seal(loaded.case_key, orjson.dumps(loaded.run.state()))
    columns = {"version": row.version + 1, "sequence": head.seq, "head": head.hash, "state_blob": blob, **changed}
    return writes.change(_INSTANCE, columns, wants_id=True, id=row.id, version=row.version)


def is_held(row: Row[Any], key: bytes, token: int | None) -> bool:
    """Whether the token of queued work still stands where it waits for it; `row` is that of an active instance, `key` its key."""
    return str(token) in orjson.loads(sealing.unseal(key, row.state_blob))["stuck"]


def case_key(instance_id: int) -> bytes | None:
    """The key of a case's personal data; None once it has been erased."""
    wrapped = session().scalar(select(CaseKey.wrapped).where(CaseKey.instance_id == instance_id))
    return sealing.unwrap(wrapped) if wrapped is not None else None
