"""What a batch has collected, as whoever hands it in checks it: the summary sheet of a month's secondary pricing, or the holds of a Thursday."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import and_, func, or_, select

from models.base import session
from models.billing import CorrectionState, SecondaryPricingItem
from models.customer import Customer, Subscription
from office import batches
from service_tasks import thursday
from service_tasks.batches import is_closed, lapsed
from service_tasks.gateway import HeldLine

MOST_ROWS = 300


@dataclass(frozen=True)
class Row:
    """One item: whose, for which case, what for, fen, and how far it is. It may be `without_case`: none that is running is about it."""

    case_number: str | None
    msisdn: str
    customer: str
    item: str
    amount: int
    state: str
    without_case: bool = False


@dataclass(frozen=True)
class BatchList:
    """The first rows of a batch with the count and the total of all of it, in fen; of which month or day, and whether it takes nothing more.

    Of a Thursday `forms` is how many forms there should be. `alone` are the rows without a running case, counted and summed with the others.
    """

    period: str
    is_closed: bool
    rows: list[Row]
    count: int
    total: int
    forms: int | None = None
    alone: list[Row] = field(default_factory=list)


def of(process: str, number: str) -> BatchList | None:
    """Return the list of the batch that a case of this process and number is about; None for other cases."""
    period = batches.period_of(process, number)
    if period is None:
        return None
    return _of_month(period) if process == batches.SECONDARY_PRICING else _of_thursday(period)


def _of_month(period: str) -> BatchList:
    item = SecondaryPricingItem
    columns = item.case_number, Subscription.msisdn, Customer.name, item.item_kind, item.amount, item.state
    left_over = and_(item.period.in_(lapsed("secondary_pricing", period)), item.waits())
    in_run = or_(item.period == period, left_over)
    rows = (
        select(*columns)
        .join(Subscription, Subscription.id == item.subscription_id)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(in_run)
        .order_by(item.id)
    )
    figures: Any = select(func.count(), func.coalesce(func.sum(item.amount), 0)).where(in_run)
    count, total = session().execute(figures).one()
    items = [Row(*row) for row in session().execute(rows.limit(MOST_ROWS))]
    running = thursday.running({row.case_number or "" for row in items})
    alone = [
        replace(row, without_case=True)
        for row in items
        if row.state != CorrectionState.APPLIED and row.case_number not in running
    ]
    of_cases = [row for row in items if row.state == CorrectionState.APPLIED or row.case_number in running]
    return BatchList(period, is_closed("secondary_pricing", period), of_cases, count, int(total), alone=alone)


def _of_thursday(day: str) -> BatchList:
    """Return the same lines that the batch lists: a row for what a case has on hold, for what of it is paid already, and for the late fee that falls with it."""
    now = thursday.waiting(day)
    of_cases, alone = _summed(now.of_cases), _summed(now.without_case, without_case=True)
    count = len(of_cases) + len(alone)
    return BatchList(day, is_closed("charge_hold", day), of_cases[:MOST_ROWS], count, now.total, now.forms, alone)


def _summed(lines: Iterable[HeldLine], *, without_case: bool = False) -> list[Row]:
    fens: dict[tuple[Any, ...], int] = {}
    for line in lines:
        hold = line.hold_id if without_case else None
        item = "charge_hold" if line.hold_id else thursday.waits_as(line)
        key = hold, line.case_number, line.msisdn, line.customer, item, line.state
        fens[key] = fens.get(key, 0) + line.amount
    return [
        Row(number, msisdn, customer, item, fen, state, without_case)
        for (_, number, msisdn, customer, item, state), fen in fens.items()
    ]
