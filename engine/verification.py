"""Verification: proving that a case's record has not been altered and that the engine, run again, does what it says.

Four questions: is the chain whole and signed, does folding it give the living rows, does running the recorded inputs again give the recorded
steps, and does the stored state belong to the last entry. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import appliers, calendars, execution, history, sealing, versions
from engine.errors import EngineError
from engine.execution import UnknownInstance
from engine.history import GENESIS, INSTANCE, Entry, chain
from engine.language import values
from engine.spiff.run import Run
from engine.steps import Done, Failed, Queued, Refused, Step, Work, WorkOutcome
from engine.stores import MemoryStore
from models.base import session
from models.identity import Department
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask


@dataclass(frozen=True)
class Deviation:
    """What does not agree: `kind` chain, mac, head, rows, steps or erased; `seq` the entry, `what` the particulars."""

    instance_id: int
    kind: str
    seq: int
    what: str


def verify(instance_id: int) -> list[Deviation]:
    """Everything about a case that contradicts its record; empty when all is well. Errors: UnknownInstance."""
    row = session().get(ProcessInstance, instance_id)
    if row is None:
        raise UnknownInstance(instance=instance_id)
    broken = list(_chain(row))
    if broken:
        return broken
    key = execution.case_key(instance_id)
    if key is None:
        return []
    entries = history.read(INSTANCE, str(instance_id), key)
    found = list(_rows(row, entries))
    found += _steps(row, entries)
    return found


def is_erased(instance_id: int) -> bool:
    """Whether the case's key is gone, so that only its chain can be checked."""
    return execution.case_key(instance_id) is None


def _chain(row: ProcessInstance) -> Iterator[Deviation]:
    previous, number = GENESIS, 0
    for number, entry in enumerate(history.rows(INSTANCE, str(row.id)), start=1):
        if entry.sequence != number:
            yield Deviation(row.id, "chain", number, "entry missing")
            return
        if entry.previous != previous or entry.hash != chain(previous, entry.body):
            yield Deviation(row.id, "chain", number, "hash does not follow")
            return
        if entry.mac != sealing.mac(entry.hash):
            yield Deviation(row.id, "mac", number, "not signed by this office")
            return
        if _header(entry.body) != (str(row.id), number, entry.actor, entry.at):
            yield Deviation(row.id, "chain", number, "columns differ from the signed body")
            return
        previous = entry.hash
    if (row.sequence, row.head) != (number, previous):
        yield Deviation(row.id, "head", row.sequence, f"instance ends at {row.sequence}, history at {number}")


def _header(body: bytes) -> tuple[str, int, str, Any]:
    document = history.document(body)
    return document["id"], document["seq"], document["by"], document["at"]


_TASK = ("element_id", "name", "group", "form", "process_key", "state", "due_at", "overdue", "assignee", "completed_by")
_INSTANCE = ("state", "due_at", "overdue", "paused_at", "ended_at", "started_at")


def _rows(row: ProcessInstance, entries: list[Entry]) -> Iterator[Deviation]:
    """Folding the entries must give the living rows."""
    store = MemoryStore()
    for entry in entries:
        appliers.apply(entry.steps, store, entry.at)
    last = entries[-1].seq
    for name in _INSTANCE:
        if name in store.instance and getattr(row, name) != store.instance[name]:
            yield Deviation(row.id, "rows", last, f"instance.{name}")
    yield from _compare(row.id, last, "user_task", store.user_tasks, _tasks(row.id))
    yield from _compare(row.id, last, "timer", store.timers, _waiting(row.id, Timer, ("element_id", "due_at")))
    columns = ("element_id", "message", "correlation_key")
    yield from _compare(
        row.id, last, "message_subscription", store.messages, _waiting(row.id, MessageSubscription, columns)
    )
    open_incidents = select(Incident).where(Incident.instance_id == row.id, Incident.state == "open")
    living = {i.token: {"element_id": i.element_id, "kind": i.kind} for i in session().scalars(open_incidents)}
    folded = {t: {"element_id": i["element_id"], "kind": i["kind"]} for t, i in store.incidents.items()}
    yield from _compare(row.id, last, "incident", folded, living)


def _tasks(instance_id: int) -> dict[int, dict[str, Any]]:
    found = session().scalars(select(UserTask).where(UserTask.instance_id == instance_id))
    return {task.token: {name: getattr(task, name) for name in _TASK} for task in found}


def _waiting(instance_id: int, model: Any, columns: tuple[str, ...]) -> dict[int, dict[str, Any]]:
    found = session().scalars(select(model).where(model.instance_id == instance_id))
    return {row.token: {name: getattr(row, name) for name in columns} for row in found}


def _compare(
    instance_id: int, seq: int, table: str, folded: dict[int, dict[str, Any]], living: dict[int, dict[str, Any]]
) -> Iterator[Deviation]:
    for token in sorted(folded.keys() | living.keys()):
        if token not in living:
            yield Deviation(instance_id, "rows", seq, f"{table} {token} is missing")
        elif token not in folded:
            yield Deviation(instance_id, "rows", seq, f"{table} {token} was never opened")
        else:
            for name, value in living[token].items():
                if folded[token].get(name) != value:
                    yield Deviation(instance_id, "rows", seq, f"{table} {token}.{name}")


def _steps(row: ProcessInstance, entries: list[Entry]) -> Iterator[Deviation]:
    """Running the recorded inputs again must give the recorded steps."""
    definition = versions.by_id(row.definition_id)
    codes = {name: code for code, name in session().execute(select(Department.code, Department.name_zh))}
    state: dict[str, Any] | None = None
    for entry in entries:
        run = Run(
            definition,
            at=entry.at,
            accepted_at=entries[0].at,
            calendar=calendars.kept(entry.calendar),
            perform=_recorded(entry.steps),
            state=state,
        )
        try:
            _command(run, entry.steps)
        except EngineError as error:
            yield Deviation(row.id, "steps", entry.seq, f"cannot be run again: {error.code}")
            return
        difference = _difference(entry.steps, _with_groups(run.steps, codes))
        if difference:
            yield Deviation(row.id, "steps", entry.seq, difference)
            return
        state = run.state()


def _recorded(steps: list[Step]) -> Any:
    """The services answer what they answered then."""
    outcomes: dict[int, WorkOutcome] = {}
    for step in steps:
        if step["type"] in _OUTCOMES:
            outcomes.setdefault(step["token"], _outcome(step))  # an uncaught refusal is followed by its incident

    def perform(work: Work) -> WorkOutcome:
        return outcomes.get(work.token, Failed("NotRecorded", work.topic))

    return perform


_OUTCOMES = ("job_completed", "job_refused", "incident_opened", "job_queued")


def _outcome(step: Step) -> WorkOutcome:
    if step["type"] == "job_completed":
        return Done(step["result"])
    if step["type"] == "job_refused":
        return Refused(step["code"], step["values"])
    if step["type"] == "job_queued":
        return Queued()
    return Failed(step["kind"], step["message"], step.get("trace", ""))


def _command(run: Run, steps: list[Step]) -> None:
    """Do again what the first step of an entry says was done."""
    first = steps[0]
    kind = first["type"]
    if steps[-1]["type"] == "instance_cancelled":
        run.cancel(steps[-1]["reason"])
    elif kind == "instance_started":
        run.begin(first["variables"])
    elif kind == "user_task_completed":
        run.complete_user_task(first["token"], first["form"], first["by"])
    elif kind == "timer_fired":
        run.fire_timer(first["token"])
    elif kind == "message_received":
        run.receive_message(first["token"], first["variables"])
    elif kind == "incident_retried":
        run.retry(first["token"])
    elif kind == "incident_opened":
        run.report(first["token"], first["kind"])
    elif kind == "incident_resolved":
        outcome = _outcome(steps[1]) if len(steps) > 1 and steps[1]["type"] in _OUTCOMES else Done({})
        run.resolve(first["token"], outcome, first["reason"])
    else:
        run.steps.extend(steps)


def _with_groups(steps: list[Step], codes: dict[str, str]) -> list[Step]:
    return [
        {**step, "group": codes.get(step["group"], step["group"])} if step["type"] == "user_task_created" else step
        for step in steps
    ]


def _difference(recorded: list[Step], again: list[Step]) -> str:
    for number, (one, other) in enumerate(zip(recorded, again, strict=False)):
        if values.canonical(one) != values.canonical(other):
            return f"step {number}: recorded {one['type']}, run again {other['type']}"
    if len(recorded) != len(again):
        return f"{len(recorded)} steps recorded, {len(again)} when run again"
    return ""
