"""Batches over many cases: which period is still collecting, and releasing the cases that wait for one; the work case by case is `office.batches`.

Every message that releases a batch is correlated by the period: a month ("2026-11") for secondary pricing, the settling day
("2026-11-26") for charge holds. A period that was closed collects nothing more: what comes later goes into the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import engine
from engine import cases, running
from engine.runtime import Call, handler
from models.base import savepoint, session
from models.batch import Batch
from models.job import Job
from service_tasks import dates, schemas

KINDS = ("secondary_pricing", "charge_hold")
RELEASE_CASES = "batches/release_cases"


class PeriodUnknown(engine.Invalid):
    """No batch is collected under this period, or its time has not come."""


class ReleaseParameters(schemas.Parameters):
    """What batches/release takes."""

    message = schemas.text("消息", "Message", longest=120, required=True)
    key = schemas.text("批次周期", "Period of the batch", longest=10, required=True)
    batch = schemas.choice("批次类别", "Kind of batch", KINDS, required=True)


class ReleaseResult(Schema):
    """What batches/release returns."""

    queued = schemas.number("放行投诉数", "Cases queued")


def collecting(kind: str, periods: Iterable[str], at: datetime) -> str:
    """The first of `periods` whose batch is not closed; its batch is opened if need be, and stays so until the transaction ends."""
    return next(period for period in periods if locked(kind, period, at).state == "open")


def locked(kind: str, period: str, at: datetime) -> Batch:
    """The batch of a period, opened at `at` if there was none, locked for change."""
    query = select(Batch).where(Batch.kind == kind, Batch.period == period).with_for_update()
    batch = session().scalar(query)
    if batch is not None:
        return batch
    try:
        with savepoint():
            session().add(
                Batch(kind=kind, period=period, opened_at=at, state="open", count=0, total=0, cases=0, released=0)
            )
    except IntegrityError:
        pass  # somebody else opened it meanwhile
    return session().scalars(query).one()


def first_open(kind: str, periods: Iterable[str]) -> str:
    """The first of `periods` whose batch is not closed, as it is now; nothing is opened or locked."""
    closed = select(Batch.period).where(Batch.kind == kind, Batch.state == "closed")
    return next(period for period in periods if session().scalar(closed.where(Batch.period == period)) is None)


def check_come(kind: str, period: str, at: datetime, *, parameter: str = "period") -> None:
    """Refuse a period by which no case is collected, or that lies ahead: nobody could be waiting for it. Errors: PeriodUnknown."""
    if kind == "secondary_pricing":
        known = dates.is_month(period) and period <= dates.month_of(at)
    else:
        known = dates.is_settling_day(period) and period <= dates.settling_thursday(at).isoformat()
    if not known:
        raise PeriodUnknown(**{parameter: period})


def close(batch: Batch, call: Call, *, count: int, total: int) -> None:
    """Close an open batch for whoever caused the call, with what was collected: `count` items of `total` fen."""
    batch.state, batch.closed_at, batch.closed_by = "closed", call.at, call.actor
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

    Errors: PeriodUnknown.
    """
    check_come(parameters["batch"], parameters["key"], call.at, parameter="key")
    job_key = f"{call.key}:release"
    queued = session().scalar(select(Job.total).where(Job.key == job_key))
    if queued is None:
        queued = _queue(parameters, job_key, call)
    return {"queued": queued}


def _queue(parameters: dict[str, Any], job_key: str, call: Call) -> int:
    message, key, kind = parameters["message"], parameters["key"], parameters["batch"]
    queued = len(cases.waiting_for(message, key))
    batch = locked(kind, key, call.at)
    if batch.state == "open":
        close(batch, call, count=queued, total=batch.total)
    batch.cases += queued
    session().flush()
    work = {"message": message, "key": key, "kind": kind, "period": key}
    running.enqueue(RELEASE_CASES, work, key=job_key, at=call.at, total=queued)
    return queued
