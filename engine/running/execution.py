"""The only writer of instances: lock → restore → run to the next wait states → history entry → rows, all in the caller's one commit.

Verbs decide what is done to an instance and hand it in as a command; nothing else changes an instance, its tasks, timers or history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

import orjson
from sqlalchemy import insert, or_, select, update

from engine.definitions.compiled import Definition
from engine.ground.errors import Conflict, Corrupt, EngineError, Invalid, NotFound
from engine.language.forms import Form
from engine.published import versions
from engine.record import heads, history, sealing
from engine.record.case_steps import CaseStep, IncidentOpened, JobRefused, token_of
from engine.record.columns import Begun, CaseRow
from engine.record.heads import BEGINNING, GENESIS, INSTANCE, Place
from engine.record.history import CaseEntry
from engine.record.rows import through
from engine.record.steps import Work, WorkOutcome
from engine.record.stores import SqlRows
from engine.running import jobs, lanes, locking
from engine.runtime import calendars, runtime
from engine.runtime.handlers import Call
from engine.spiff import commands
from engine.spiff.run import Run
from models import writes
from models.base import connection, flush, forget, session, transaction
from models.incident import Incident
from models.instance import CaseKey, ProcessInstance
from models.states import CaseState, IncidentState, TaskState
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

    `troubles` are the steps job_refused and incident_opened, in order; whoever says "done" says these as well. `calls` are the keys of the service
    calls that were answered on the way. A repeated request is answered without `variables`.
    """

    instance_id: int
    user_task_ids: list[int] = field(default_factory=list)
    ended: bool = False
    troubles: list[JobRefused | IncidentOpened] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    key: bytes = field(default=b"", repr=False, compare=False)

    def sealed(self, plain: bytes) -> bytes:
        """Seal something to be kept beside the case with its key, for `CaseHistory.unsealed`."""
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
    steps: list[CaseStep]
    ended: bool
    form: Form | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    answering: frozenset[int] = frozenset()


LIMITS = ("EndlessLoop", "FeelLimit")
OF_KEY = 16  # digits of a request that tell its key; as many tell what it says
Command = Callable[[Run], None]


def tell(change: Change) -> None:
    """Tell every observer, inside the transaction."""
    for observer in runtime.current().observers:
        observer(change)


@dataclass
class Loaded:
    """An instance taken for change."""

    row: Begun
    definition: Definition
    case_key: bytes
    run: Run
    rows: SqlRows
    place: Place


_INSTANCE, _KEY = ProcessInstance.__table__, CaseKey.__table__
_NEW = insert(ProcessInstance).returning(_INSTANCE.c.id, *heads.counted("register"))


def take(row: CaseRow, *, by: str, at: datetime) -> Loaded:
    """Restore the instance of a row from `locking`. Errors: InstanceEnded."""
    if row.state != CaseState.ACTIVE:
        raise InstanceEnded(case=row.business_key)
    definition = versions.by_id(row.definition_id, row.sha256)
    key = sealing.unwrap(row.wrapped)
    state = orjson.loads(sealing.unseal(key, row.state_blob))
    changes = SqlRows(row.id, at, by, {"business_key": row.business_key})
    run = Run(
        definition,
        at=at,
        accepted_at=row.started_at,
        calendar=calendars.calendar(),
        perform=_performer(row.id, row.business_key, by, at),
        state=state,
        rows=changes,
        department=lanes.department,
    )
    return Loaded(row, definition, key, run, changes, heads.of_row(row))


def _performer(instance_id: int, business_key: str, by: str, at: datetime) -> Callable[[Work], WorkOutcome]:
    def perform(work: Work) -> WorkOutcome:
        call = Call(
            key=_call_key(instance_id, work.token),
            instance_id=instance_id,
            business_key=business_key,
            process_key=work.process_key,
            element_id=work.element_id,
            at=at,
            actor=by,
        )
        return jobs.attempt(work, call)

    return perform


def create(definition: Definition, business_key: str, variables: dict[str, Any], *, by: str, at: datetime) -> Advanced:
    """Start an instance in the current transaction."""
    instance_id, register = _insert(definition, business_key, at)
    case_key, wrapped = sealing.new_case_key()
    changes = SqlRows(instance_id, at, by, {"business_key": business_key})
    run = Run(
        definition,
        at=at,
        accepted_at=at,
        calendar=calendars.calendar(),
        perform=_performer(instance_id, business_key, by, at),
        rows=changes,
        department=lanes.department,
    )
    commands.begin(run, variables, number=business_key, software=runtime.current().software)
    row = _Fresh(instance_id, business_key, definition.key, 1, None)
    key_write = writes.insertion(_KEY, {"instance_id": instance_id, "wrapped": wrapped})
    place = heads.of_case(instance_id, definition.key, register.head.seq, BEGINNING, None)
    place = place.signed() if register.is_signed else place
    loaded = Loaded(row, definition, case_key, run, changes, place)
    return _save(loaded, by=by, at=at, also=[key_write, heads.change(register)])


@dataclass(frozen=True)
class _Fresh:
    id: int
    business_key: str
    key: str
    version: int
    due_at: datetime | None
    processes: str = ""


def _insert(definition: Definition, business_key: str, at: datetime) -> tuple[int, Place]:
    """Insert a new row; returns its id, and the register of its process with the case in it."""
    columns = {
        "business_key": business_key,
        "definition_id": definition.id,
        "key": definition.key,
        "state": CaseState.ACTIVE,
    }
    first = {
        "started_at": at,
        "overdue": False,
        "version": 1,
        "sequence": 0,
        "head": GENESIS,
        "state_blob": b"",
        "processes": "",
    }
    row = connection().execute(_NEW, columns | first | {"register": definition.key}).one()
    instance_id, ordinal, sequence, head, mac = row
    return instance_id, heads.next_case(definition.key, (ordinal, sequence, head, mac))


def advance(instance_id: int, command: Command, *, by: str, at: datetime) -> Advanced:
    """Do something to an instance, in one commit. Errors: UnknownInstance, InstanceEnded, and what the command raises."""
    with transaction():
        row = locking.find(instance_id)
        if row is None:
            raise UnknownInstance(instance=instance_id)
        return advance_row(row, command, by=by, at=at)


def advance_row(
    row: CaseRow, command: Command, *, by: str, at: datetime, request: str = "", moves: bool = True
) -> Advanced:
    """Do the same for a row that `locking.find` has locked in the current transaction; a command that only tells something `moves` nothing of its state."""
    loaded = take(row, by=by, at=at)
    try:
        command(loaded.run)
    except EngineError as error:
        if error.code not in LIMITS:
            raise
        raise CannotGoOn(instance=row.id, kind=error.code, token=token_of(loaded.run.steps[0])) from error
    return _save(loaded, by=by, at=at, request=request, moves=moves)


@contextmanager
def limits_become_incidents(*, by: str, at: datetime) -> Iterator[None]:
    """Open an incident for the operator when the transaction inside reached a limit and is undone, where it was begun."""
    try:
        yield
    except CannotGoOn as error:
        report(error.values, by, at)
        raise


def report(reached: dict[str, Any], by: str, at: datetime) -> None:
    """Put what a case has `reached`, and cannot go on from, before a person, unless it already is."""
    open_already = select(Incident.id).where(
        Incident.instance_id == reached["instance"],
        Incident.token == reached["token"],
        Incident.state == IncidentState.OPEN,
    )
    with transaction():
        if session().scalar(open_already) is None:
            advance(
                reached["instance"], lambda run: commands.report(run, reached["token"], reached["kind"]), by=by, at=at
            )


def answered(instance_id: int, token: int, request: str) -> Advanced | None:
    """Return what this very request about the task of a token came to, when it has been answered before. Errors: KeyUsedAgain."""
    for entry in _entries(instance_id):
        if not request or token_of(entry.steps[0]) != token:
            continue
        if entry.request and entry.request != request and entry.request[:OF_KEY] == request[:OF_KEY]:
            raise KeyUsedAgain
        if entry.request == request:
            cancelled = {step["token"] for step in entry.steps if step["type"] == "user_task_cancelled"}
            opened = {step["token"] for step in entry.steps if step["type"] == "user_task_created"} - cancelled
            ended = any(step["type"] == "instance_completed" for step in entry.steps)
            calls = _calls(instance_id, entry.steps)
            return Advanced(instance_id, _task_ids(instance_id, opened), ended, _troubles(entry.steps), calls)
    return None


def _entries(instance_id: int) -> list[CaseEntry]:
    return history.read_history(INSTANCE, str(instance_id), case_key(instance_id))


def entered_in(instance_id: int, token: int, scope: int) -> dict[str, Any]:
    """Return what was entered in the task of a token, as stored; nothing where it stood in another scope."""
    for entry in _entries(instance_id):
        first = entry.steps[0]
        if first["type"] == "user_task_completed" and first["token"] == token:
            return dict(first["form"]) if first.get("scope", 0) == scope else {}
    return {}


def _troubles(steps: list[CaseStep]) -> list[JobRefused | IncidentOpened]:
    return [step for step in steps if step["type"] == "job_refused" or step["type"] == "incident_opened"]


def _calls(instance_id: int, steps: list[CaseStep]) -> list[str]:
    return [_call_key(instance_id, step["token"]) for step in steps if step["type"] == "job_completed"]


def _call_key(instance_id: int, token: int) -> str:
    return f"{instance_id}:{token}"


def _task_ids(instance_id: int, tokens: set[int]) -> list[int]:
    query = select(UserTask.id).where(UserTask.instance_id == instance_id, UserTask.token.in_(tokens))
    return list(session().scalars(query.order_by(UserTask.token)))


def _save(
    loaded: Loaded, *, by: str, at: datetime, request: str = "", also: Sequence[Write] = (), moves: bool = True
) -> Advanced:
    run, row = loaded.run, loaded.row
    flush()
    steps = run.steps
    head, entry = history.entry(
        INSTANCE,
        str(row.id),
        loaded.place.head,
        steps,
        by=by,
        at=at,
        case_key=loaded.case_key,
        personal=loaded.definition.private,
        calendar=calendars.keep(run.calendar),
        request=request,
    )
    opened = _send([*also, entry, *loaded.rows.writes()], loaded, loaded.place.after(head), moves)
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
            run.case.scopes[0].variables,
            frozenset(run.answering),
        )
    )
    variables, calls = run.case.scopes[0].variables, _calls(row.id, steps)
    return Advanced(row.id, opened, run.ended, _troubles(steps), calls, variables, loaded.case_key)


def _send(batch: list[Write], loaded: Loaded, place: Place, moves: bool) -> list[int]:
    """Write everything, the instance last; the ids of the user tasks this opens. Errors: StaleInstance."""
    early_ids: list[list[int]] = []
    if loaded.rows.shift:  # which looks at the tasks as they are by then
        early_ids, batch = writes.send(batch), []
        _shift_limits(loaded.rows, loaded.row)
    *late_ids, changed = writes.send([*batch, _instance(loaded, place, moves)])
    if not changed:
        raise StaleInstance(case=loaded.row.business_key)
    return loaded.rows.open_tasks([id for ids in (*early_ids, *late_ids) for id in ids])


def _shift_limits(changes: SqlRows, row: Begun) -> None:
    open_tasks = session().execute(
        select(UserTask.id, UserTask.due_at).where(
            UserTask.instance_id == row.id,
            UserTask.token.not_in(changes.opened),
            or_(UserTask.state == TaskState.OPEN, UserTask.token.in_(changes.closed_after_shift)),
            UserTask.due_at.is_not(None),
        )
    )
    for task_id, due_at in open_tasks.all():
        session().execute(
            update(UserTask).where(UserTask.id == task_id).values(due_at=due_at and due_at + changes.shift)
        )
    if row.due_at is not None and "due_at" not in changes.instance:
        changes.instance_changed(due_at=row.due_at + changes.shift)


def _instance(loaded: Loaded, place: Place, moves: bool) -> Write:
    row, changed = loaded.row, loaded.rows.instance
    over = changed.get("state", CaseState.ACTIVE) != CaseState.ACTIVE
    columns: dict[str, object] = {"version": row.version + 1, **heads.columns(place), **changed}
    processes = reduce(through, loaded.rows.called, row.processes)
    if processes != row.processes:
        columns["processes"] = processes
    if over or moves:
        columns["state_blob"] = b"" if over else sealing.seal(loaded.case_key, orjson.dumps(loaded.run.state()))
    return writes.change(_INSTANCE, columns, wants_id=True, id=row.id, version=row.version)


def is_held(row: CaseRow, key: bytes, token: int | None) -> bool:
    """Tell whether the token of queued work still stands where it waits for it; `row` is that of an active instance, `key` its key."""
    return str(token) in orjson.loads(sealing.unseal(key, row.state_blob))["stuck"]


def case_key(instance_id: int) -> bytes | None:
    """Return the key of a case's personal data; None once it has been erased."""
    wrapped = session().scalar(select(CaseKey.wrapped).where(CaseKey.instance_id == instance_id))
    return sealing.unwrap(wrapped) if wrapped is not None else None
