"""What a batch has collected, as whoever hands it in checks it: the summary sheet of a month's secondary pricing, or the holds of a Thursday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, literal, literal_column, or_, select, union_all

from models.base import session
from models.billing import ChargeHold, HoldState, SecondaryPricingItem
from models.customer import Subscription
from models.lines import DisputedLine, LineClaim
from office import batches
from service_tasks.batches import is_closed, lapsed
from web.queries import money

MOST_ROWS = 300
AFTER = 2**31 - 1


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
    """The first rows of a batch with the count and the total of all of it, in fen; of which month or day, and whether it takes nothing more."""

    period: str
    is_closed: bool
    rows: list[Row]
    count: int
    total: int


def of(process: str, number: str) -> BatchList | None:
    """The list of the batch that a case of this process and number is about; None for other cases."""
    period = batches.period_of(process, number)
    if period is None:
        return None
    if process == batches.SECONDARY_PRICING:
        return _summed("secondary_pricing", period, _of_month(period))
    settled = date.fromisoformat(period)
    return _summed("charge_hold", period, _on_hold(settled), _beside(settled))


def _summed(kind: str, period: str, *queries: Any) -> BatchList:
    items = union_all(*queries).subquery()
    first_rows = select(*list(items.c)[1:]).order_by(items.c.at, items.c.case_number).limit(MOST_ROWS)
    count, total = (
        session().execute(select(func.count(), func.coalesce(func.sum(items.c.amount), 0)).select_from(items)).one()
    )
    rows = [Row(*row) for row in session().execute(first_rows)]
    return BatchList(period, is_closed(kind, period), rows, count, int(total))


def _of_month(period: str) -> Any:
    item = SecondaryPricingItem
    columns = (
        item.id.label("at"),
        item.case_number,
        Subscription.msisdn,
        item.item_kind,
        item.amount.label("amount"),
        item.state,
    )
    left_over = and_(item.period.in_(lapsed("secondary_pricing", period)), item.waits())
    in_run = or_(item.period == period, left_over)
    return select(*columns).join(Subscription, Subscription.id == item.subscription_id).where(in_run)


def _on_hold(settled: date) -> Any:
    hold, kind = ChargeHold, literal("charge_hold").label("item")
    columns = hold.id.label("at"), hold.case_number, Subscription.msisdn, kind, hold.amount.label("amount"), hold.state
    left_over = and_(hold.settle_on.in_(_days_without_run(settled)), hold.state == HoldState.HELD)
    in_run = or_(hold.settle_on == settled, left_over)
    return select(*columns).join(Subscription, Subscription.id == hold.subscription_id).where(in_run)


def _days_without_run(settled: date) -> list[date]:
    """The earlier days on which nothing was settled: what waits for them goes with this one."""
    return [date.fromisoformat(day) for day in lapsed("charge_hold", settled.isoformat())]


def _beside(settled: date) -> Any:
    """Of a case one row for what is paid already, and one for the late fee that falls with what is on hold; after the holds."""
    claim = LineClaim
    columns = (
        literal(AFTER),
        claim.case_number,
        Subscription.msisdn,
        money.WAITS_AS,
        func.sum(claim.amount),
        claim.state,
    )
    query = money.beside_holds(*columns).join(Subscription, Subscription.id == DisputedLine.subscription_id)
    grouped = query.group_by(claim.case_number, Subscription.msisdn, literal_column(money.WAITS_AS.name), claim.state)
    return grouped.where(claim.settle_on.in_([settled, *_days_without_run(settled)]))
