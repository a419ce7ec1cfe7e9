"""Batches over many cases: which period is still collecting, and releasing the cases that wait for one; the work case by case is `office.batches`.

Every message that releases a batch is correlated by the period: a month ("2026-11") for secondary pricing, the settling day
("2026-11-26") for charge holds. A period that was closed collects nothing more: what comes later goes into the next. What waits under a period for
which no run comes any more, because its own was given up or ended without it, is the next run's: `lapsed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marshmallow import Schema
from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.exc import IntegrityError

import engine
from engine import cases, running
from engine.runtime import Call, handler
from models.base import savepoint, session
from models.batch import Batch, BatchState
from models.instance import ProcessInstance
from models.job import Job
from models.states import CaseState
from service_tasks import dates, schemas

KINDS = ("secondary_pricing", "charge_hold")
PREFIXES = {"secondary_pricing": "PC", "charge_hold": "GZ"}  # a batch has its period as its case number: PC-2026-11
RELEASE_CASES = "batches/release_cases"


class PeriodUnknown(engine.Invalid):
    """No batch is collected under this period, its time has not come, or it is not the period of this batch."""


class ReleaseParameters(schemas.Parameters):
    """What batches/release takes."""

    message = schemas.text("消息", "Message", longest=120, required=True)
    key = schemas.text("批次周期", "Period of the batch", longest=10, required=True)
    batch = schemas.choice("批次类别", "Kind of batch", KINDS, required=True)


class ReleaseResult(Schema):
    """What batches/release returns."""

    queued = schemas.number("放行投诉数", "Cases queued")


def collecting(kind: str, periods: Iterable[str], at: datetime) -> str:
    """Return the first of `periods` whose batch is not closed and whose run has not ended without it; its batch is opened if need be, and stays so until the
    transaction ends.
    """
    over = select(Batch.id).where(_run_is(kind, CaseState.COMPLETED, CaseState.CANCELLED))
    batches = ((period, locked(kind, period, at)) for period in periods)
    open_batches = ((period, batch.id) for period, batch in batches if batch.state == BatchState.OPEN)
    return next(period for period, number in open_batches if session().scalar(over.where(Batch.id == number)) is None)


def _run_is(kind: str, *states: str) -> ColumnElement[bool]:
    """Return the condition under which the case that runs a batch, by its number, is in one of these states."""
    number = literal(f"{PREFIXES[kind]}-").concat(Batch.period)
    case = ProcessInstance
    return select(case.id).where(case.business_key == number, case.state.in_(states)).correlate(Batch).exists()


def locked(kind: str, period: str, at: datetime) -> Batch:
    """Return the batch of a period, opened at `at` if there was none, locked for change."""
    query = select(Batch).where(Batch.kind == kind, Batch.period == period).with_for_update()
    batch = session().scalar(query)
    if batch is not None:
        return batch
    try:
        with savepoint():
            session().add(
                Batch(
                    kind=kind, period=period, opened_at=at, state=BatchState.OPEN, count=0, total=0, cases=0, released=0
                )
            )
    except IntegrityError:
        pass  # somebody else opened it meanwhile
    return session().scalars(query).one()


def first_open(kind: str, periods: Iterable[str]) -> str:
    """Return the first of `periods` whose batch is not closed, as it is now; nothing is opened or locked."""
    over = or_(Batch.state != BatchState.OPEN, _run_is(kind, CaseState.COMPLETED, CaseState.CANCELLED))
    closed = select(Batch.period).where(Batch.kind == kind, over)
    return next(period for period in periods if session().scalar(closed.where(Batch.period == period)) is None)


def is_closed(kind: str, period: str) -> bool:
    """Tell whether what is collected now goes into a later list than this one."""
    state = session().scalar(select(Batch.state).where(Batch.kind == kind, Batch.period == period))
    return state not in (None, BatchState.OPEN)


def lapsed(kind: str, before: str, states: Iterable[str] = (BatchState.OPEN, BatchState.CLOSED)) -> list[str]:
    """Return the periods before this one that collected and have no run: none is under way, or it was given up; with released ones, if asked for.

    Shape: in order. `states` are those of the batch.
    """
    case = ProcessInstance
    given_up = select(case.id).where(case.id == Batch.instance_id, case.state == CaseState.CANCELLED).exists()
    without_run = or_(
        and_(Batch.state != BatchState.CLOSED, ~_run_is(kind, CaseState.ACTIVE)),
        and_(Batch.state == BatchState.CLOSED, given_up),
    )
    query = select(Batch.period).where(Batch.kind == kind, Batch.period < before, Batch.state.in_(list(states)))
    return list(session().scalars(query.where(without_run).order_by(Batch.period)))


def waited_under(kind: str, message: str, period: str) -> list[str]:
    """Return the keys to which the release of a period goes: those of earlier ones under which somebody still waits though they have no run, then its own."""
    without_run = lapsed(kind, period, (BatchState.OPEN, BatchState.CLOSED, BatchState.RELEASED))
    return [*sorted({*without_run} & {*cases.keys_waited_under(message)}), period]


def check_come(kind: str, period: str, call: Call, *, parameter: str = "period") -> None:
    """Refuse a period by which no case is collected, that lies ahead, or that is another's than of the batch that asks. Errors: PeriodUnknown."""
    if kind == "secondary_pricing":
        known = dates.is_month(period) and period <= dates.month_of(call.at)
    else:
        known = dates.is_settling_day(period) and period <= dates.settling_thursday(call.at).isoformat()
    own = call.business_key.removeprefix(f"{PREFIXES[kind]}-")
    if not known or own not in (call.business_key, period):
        raise PeriodUnknown(**{parameter: period})


def close(batch: Batch, call: Call, *, count: int, total: int) -> None:
    """Close an open batch for whoever caused the call, with what was collected: `count` items of `total` fen."""
    batch.state, batch.closed_at, batch.closed_by = BatchState.CLOSED, call.at, call.actor
    batch.instance_id, batch.count, batch.total = call.instance_id, count, total


@handler(
    "batches/release",
    parameters=ReleaseParameters,
    result=ReleaseResult,
    manual_ref="TS-003.5, TS-003.6, TS-002.11, SUB.1",
    title_zh="放行等待的投诉",
    title_en="Release the waiting cases",
)
def release(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Queue one resumable job that brings the message to every case waiting under the key; a batch nobody closed is closed with it.

    Whoever still waits under an earlier key that has no run is released as well, by a job of its own.

    Errors: PeriodUnknown.
    """
    check_come(parameters["batch"], parameters["key"], call, parameter="key")
    job_key = f"{call.key}:release"
    queued = session().scalar(select(func.sum(Job.total)).where(Job.key.startswith(job_key, autoescape=True)))
    if queued is None:
        message, key, kind = parameters["message"], parameters["key"], parameters["batch"]
        keys = {key: job_key, **{old: f"{job_key}:{old}" for old in waited_under(kind, message, key)[:-1]}}
        queued = sum(_queue(message, period, kind, own_key, call) for period, own_key in keys.items())
    return {"queued": queued}


def _queue(message: str, key: str, kind: str, job_key: str, call: Call) -> int:
    queued = len(cases.waiting_for(message, key))
    batch = locked(kind, key, call.at)
    if batch.state == BatchState.OPEN:
        close(batch, call, count=queued, total=batch.total)
    batch.cases += queued
    session().flush()
    work = {"message": message, "key": key, "kind": kind, "period": key}
    running.enqueue(RELEASE_CASES, work, key=job_key, at=call.at, total=queued)
    return queued
