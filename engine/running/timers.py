"""Everything that falls due in a case: timer events and missed deadlines. Found by index, each done in a commit of its own.

Any number of processes may look at once: the most urgent thing is claimed together with its case, and what another process has in hand is passed
over. What cannot be done is put back with growing delay and at last given to a person, so that one broken case never holds up the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, exists, insert, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from engine.ground.errors import Conflict
from engine.record.columns import DueRow
from engine.record.steps import Failed
from engine.running import execution, jobs, locking
from engine.runtime import runtime
from engine.runtime.permissions import SYSTEM
from engine.spiff import commands
from engine.spiff.run import Run
from models.base import bind, session, transaction
from models.incident import Incident
from models.instance import ProcessInstance
from models.states import CaseState, IncidentState, TaskState
from models.timer import MessageSubscription, Setback, Timer
from models.user_task import UserTask

BATCH = 500
ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=6)
TIMER_FAILED = "TimerFailed"
_log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """One kind of thing that falls due: how to find it, the most urgent first, and what to do then."""

    name: str
    due: Callable[[datetime], Select[Any]]
    act: Callable[[DueRow, Run], None]


def run_clock(at: datetime) -> int:
    """Do everything due in cases at `at`, a batch of each kind; how many things were done."""
    return _find_standing(at) + sum(_do_all(kind, at) for kind in KINDS)


class NothingStands(Conflict):
    """The case does not stand still."""


def _find_standing(at: datetime) -> int:
    """Put the cases before a person that stand still since a version that told nobody; looked for once by every process, because now they are told at once."""
    office = runtime.current().remembered(bind())
    if office.looked_for_standing:
        return 0
    office.looked_for_standing = True
    opened = (
        exists().where(UserTask.instance_id == ProcessInstance.id, UserTask.state == TaskState.OPEN),
        exists().where(Incident.instance_id == ProcessInstance.id, Incident.state == IncidentState.OPEN),
        *(exists().where(table.instance_id == ProcessInstance.id) for table in (Timer, MessageSubscription)),
    )
    standing = select(ProcessInstance.id).where(
        ProcessInstance.state == CaseState.ACTIVE, *(~condition for condition in opened)
    )
    ids = list(session().scalars(standing.order_by(ProcessInstance.id)))
    outcomes = [jobs.survive(f"standstill of case {id}", partial(_tell_standing, id, at)) for id in ids]
    return sum(1 for outcome in outcomes if not isinstance(outcome, Failed))


def _tell_standing(instance_id: int, at: datetime) -> None:
    def command(run: Run) -> None:
        run.notice_standstill()
        if not run.steps:
            raise NothingStands(instance=instance_id)

    execution.advance(instance_id, command, by=SYSTEM.user, at=at)


def _do_all(kind: Kind, at: datetime) -> int:
    count = 0
    for _number in range(BATCH):
        went_well = _do_next(kind, at)
        if went_well is None:
            break
        count += went_well
    return count


def _do_next(kind: Kind, at: datetime) -> bool | None:
    """Claim the most urgent thing and do it; whether it could be done, None when nothing is left."""
    with transaction():
        row: DueRow | None = session().execute(kind.due(at)).first()
        if row is None:
            return None
        command = partial(execution.advance_row, row, partial(kind.act, row), by=SYSTEM.user, at=at)
        failed = jobs.guarded(f"{kind.name} of {row.business_key}", command)
        if isinstance(failed, Failed):
            put_back(kind, row, failed, at)
            return False
        if row.attempts:
            session().execute(delete(Setback).where(*_is(kind.name, row.id, row.token)))
        return True


def _due(
    kind: str, token: ColumnElement[int] | InstrumentedAttribute[int], at: datetime, *more: InstrumentedAttribute[Any]
) -> Select[Any]:
    """Return instances to be claimed with a token each; those put back until later are left out."""
    of_instance = (Setback.kind == kind, Setback.instance_id == ProcessInstance.id, Setback.token == token)
    later = exists().where(*of_instance, or_(Setback.again_at.is_(None), Setback.again_at > at))
    attempts = select(Setback.attempts).where(*of_instance).scalar_subquery()
    return locking.rows(token.label("token"), attempts.label("attempts"), *more).where(~later)


def _timers(at: datetime) -> Select[Any]:
    return (
        _due("timer", Timer.token, at, Timer.element_id)
        .join(Timer, Timer.instance_id == ProcessInstance.id)
        .where(Timer.due_at <= at)
        .order_by(Timer.due_at)
        .limit(1)
        .with_for_update(of=(ProcessInstance, Timer), skip_locked=True)
    )


def _fire(row: DueRow, run: Run) -> None:
    commands.fire_timer(run, row.token)


def _tasks(at: datetime) -> Select[Any]:
    return (
        _due("task", UserTask.token, at, UserTask.element_id)
        .join(UserTask, UserTask.instance_id == ProcessInstance.id)
        .where(UserTask.state == TaskState.OPEN, UserTask.overdue.is_(False), UserTask.due_at <= at)
        .where(ProcessInstance.paused_at.is_(None))
        .order_by(UserTask.due_at)
        .limit(1)
        .with_for_update(of=(ProcessInstance, UserTask), skip_locked=True)
    )


def _miss_task(row: DueRow, run: Run) -> None:
    run.add({"type": "deadline_missed", "token": row.token, "element": row.element_id})


def _cases(at: datetime) -> Select[Any]:
    return (
        _due("case", literal(0), at)
        .where(
            ProcessInstance.state == CaseState.ACTIVE, ProcessInstance.overdue.is_(False), ProcessInstance.due_at <= at
        )
        .where(ProcessInstance.paused_at.is_(None))
        .order_by(ProcessInstance.due_at)
        .limit(1)
        .with_for_update(of=ProcessInstance, skip_locked=True)
    )


def _miss_case(_row: DueRow, run: Run) -> None:
    run.add({"type": "deadline_missed"})


KINDS = (Kind("timer", _timers, _fire), Kind("task", _tasks, _miss_task), Kind("case", _cases, _miss_case))


def put_back(kind: Kind, row: DueRow, failed: Failed, at: datetime) -> None:
    """Note the failure; a timer that has failed too often becomes an incident and waits for a person."""
    attempts = (row.attempts or 0) + 1
    _log.error("%s, attempt %d: %s\n%s", failed.message, attempts, failed.kind, failed.trace)
    again_at: datetime | None = at + min(FIRST_DELAY * 4 ** (attempts - 1), LONGEST_DELAY)
    if kind.name == "timer" and attempts >= ATTEMPTS and _opened(row, failed, at):
        again_at = None
    columns = {"attempts": attempts, "again_at": again_at, "error": f"{failed.kind}\n{failed.trace}"}
    if row.attempts:
        session().execute(update(Setback).where(*_is(kind.name, row.id, row.token)).values(**columns))
    else:
        place = {"kind": kind.name, "instance_id": row.id, "token": row.token}
        session().execute(insert(Setback).values(**place, **columns))


def _opened(row: DueRow, failed: Failed, at: datetime) -> bool:
    """Tell whether the incident could be recorded; a case that cannot even be restored has to be tried on."""
    command = partial(commands.report, token=row.token, kind=TIMER_FAILED, message=failed.kind, trace=failed.trace)
    opened = jobs.guarded(
        f"incident of {row.business_key}", lambda: execution.advance_row(row, command, by=SYSTEM.user, at=at)
    )
    return not isinstance(opened, Failed)


def waits(instance_id: int, token: int) -> bool:
    """Tell whether a timer still waits; what was put back for a person is forgotten, because the person has come."""
    session().execute(delete(Setback).where(*_is("timer", instance_id, token)))
    query = select(Timer.token).where(Timer.instance_id == instance_id, Timer.token == token)
    return session().scalar(query) is not None


def _is(kind: str, instance_id: int, token: int) -> tuple[ColumnElement[bool], ...]:
    return Setback.kind == kind, Setback.instance_id == instance_id, Setback.token == token
