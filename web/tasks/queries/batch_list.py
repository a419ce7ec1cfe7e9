"""What a batch has collected, as whoever hands it in checks it: the summary sheet of a month's secondary pricing, or the holds of a Thursday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, literal, or_, select

from models.base import session
from models.billing import ChargeHold, SecondaryPricingItem
from models.customer import Subscription
from office import batches
from service_tasks.batches import lapsed

MOST_ROWS = 300


@dataclass(frozen=True)
class Row:
    """One item: whose, for which case, what for, fen, and how far it is."""

    case_number: str | None
    msisdn: str
    item: str
    amount: int
    state: str


@dataclass(frozen=True)
class BatchList:
    """The first rows of a batch with the count and the total of all of it, in fen."""

    rows: list[Row]
    count: int
    total: int


def of(process: str, number: str) -> BatchList | None:
    """The list of the batch that a case of this process and number is about; None for other cases."""
    period = batches.period_of(process, number)
    if period is None:
        return None
    model, conditions, subject = _chosen(process, period)
    columns = select(model.case_number, Subscription.msisdn, subject, model.amount, model.state)
    rows = session().execute(
        columns.join(Subscription, Subscription.id == model.subscription_id)
        .where(*conditions)
        .order_by(model.id)
        .limit(MOST_ROWS)
    )
    summed: Any = select(func.count(model.id), func.coalesce(func.sum(model.amount), 0)).where(*conditions)
    count, total = session().execute(summed).one()
    return BatchList([Row(*row) for row in rows], count, int(total))


def _chosen(process: str, period: str) -> tuple[Any, tuple[Any, ...], Any]:
    """What has the period, and what of earlier ones without a run goes with it."""
    if process == batches.SECONDARY_PRICING:
        model = SecondaryPricingItem
        left_over = model.period.in_(lapsed("secondary_pricing", period)) & model.waits()
        return model, (or_(model.period == period, left_over),), model.item_kind
    settled, earlier = date.fromisoformat(period), map(date.fromisoformat, lapsed("charge_hold", period))
    left_over = ChargeHold.settle_on.in_(list(earlier)) & (ChargeHold.state == "held")
    return ChargeHold, (or_(ChargeHold.settle_on == settled, left_over),), literal("charge_hold")
