"""Batches: beginning each when its start timer says so, and releasing the cases that wait for its run, safe to interrupt and go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

import engine
from engine import cases, published, runtime
from models.base import session, transaction
from models.batch import Batch, BatchState
from models.duty import Duty
from models.instance import ProcessInstance
from service_tasks import dates
from service_tasks.batches import PREFIXES

RELEASE = "batches/release_cases"


class Kind(NamedTuple):
    """A batch process: the duty that says when it is due, and the variable that holds its period.

    The start timer of its diagram says when it begins; one that has none begins `ahead` of the day.
    """

    process: str
    duty: str
    ahead: timedelta
    prefix: str
    variable: str
    period: Callable[[datetime], str]


SECONDARY_PRICING = "BATCH-001"
CHARGE_HOLD = "BATCH-002"
KINDS = (
    Kind(SECONDARY_PRICING, "DUE.1", timedelta(days=5), PREFIXES["secondary_pricing"], "period", dates.month_of),
    Kind(
        CHARGE_HOLD, "DUE.3", timedelta(days=3), PREFIXES["charge_hold"], "thursday", lambda at: f"{dates.day_of(at)}"
    ),
)


def period_of(process: str, number: str) -> str | None:
    """Return the period of the batch with this case number, such as 2026-03 of PC-2026-03; None for a case of another process."""
    for kind in KINDS:
        if kind.process == process:
            return number.removeprefix(f"{kind.prefix}-")
    return None


def begin_due(at: datetime) -> list[str]:
    """Begin every batch whose day is near and that has not begun; the numbers of those begun. Any process may call this at any time."""
    return [number for kind in KINDS if (number := _begin(kind, at))]


def _begin(kind: Kind, at: datetime) -> str | None:
    period = _near(kind, at)
    number = f"{kind.prefix}-{period}"
    if period is None or _has_begun(kind.process, number):
        return None
    with transaction():
        # The row of the duty is the lock: of two processes that come at once, one begins the batch.
        session().get(Duty, kind.duty, with_for_update=True, populate_existing=True)
        if _has_begun(kind.process, number):
            return None
        variables = {"case_number": number, kind.variable: period}
        cases.start(kind.process, business_key=number, variables=variables, by=engine.SYSTEM, at=at)
    return number


def _near(kind: Kind, at: datetime) -> str | None:
    """Return the period whose batch is to begin by `at`, if any."""
    duty = session().get(Duty, kind.duty)
    due = dates.due(duty.rule, at) if duty is not None else None
    return kind.period(due) if due is not None and _begins(kind, due, at) <= at else None


def _begins(kind: Kind, due: datetime, at: datetime) -> datetime:
    timer = published.start_timer(kind.process)
    return dates.due(timer, at) if timer else due - kind.ahead


def _has_begun(process: str, number: str) -> bool:
    query = select(ProcessInstance.id).where(ProcessInstance.business_key == number, ProcessInstance.key == process)
    return session().scalar(query.limit(1)) is not None


@runtime.background(RELEASE)
def release_cases(parameters: dict[str, Any], at: datetime) -> None:
    """Bring the batch's message to every case that waits under its key.

    Shape: `parameters` holds message, key, kind (of the batch) and period.
    """
    count = cases.correlate(
        parameters["message"], parameters["key"], variables=parameters.get("variables", {}), by=engine.SYSTEM, at=at
    )
    with transaction():
        session().execute(
            update(Batch)
            .where(Batch.kind == parameters["kind"], Batch.period == parameters["period"])
            .values(state=BatchState.RELEASED, released_at=at, released=Batch.released + count)
        )
