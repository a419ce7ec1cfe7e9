"""The Monternet charges of a number, and of those it replaced, with who held them when; read here, judged in `orphan_monternet`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from models.base import session
from models.billing import BillState
from models.customer import Subscription, SubscriptionEvent, SubscriptionState
from models.usage import Cdr, ServiceOrder
from service_tasks import dates
from service_tasks.cdr_analysis import records
from service_tasks.cdr_analysis.orphan_monternet import Charge, Number, Order, StateChange
from service_tasks.gateway import Bill, gateway


def history(msisdn: str) -> tuple[list[Number], list[Charge]]:
    """Return the number, before it those it replaced, the oldest first, and all their information charges in order of time."""
    numbers, replaced_by = [_number(msisdn)], msisdn
    while replacement := _replaced(replaced_by, numbers=[number.msisdn for number in numbers]):
        replaced_by = replacement.number_changed_from or ""
        numbers.insert(0, _number(replaced_by, replaced_by=replacement))
    carried: tuple[Order, ...] = ()
    for at, number in enumerate(numbers):
        numbers[at] = number._replace(carried=carried)
        carried = (*carried, *number.ordered)
    return numbers, _charges([number.msisdn for number in numbers])


def are_gone(numbers: Sequence[Number], charges: Sequence[Charge], at: datetime) -> bool:
    """Tell whether a bill bears Monternet charges of a month whose records are no longer kept at `at`, and none of that month is left."""
    first_kept, months = f"{records.kept_from(at):%Y-%m}", {dates.month_of(charge.at) for charge in charges}
    billed = (
        bill.period
        for number in numbers
        for bill in _bills(number.msisdn)
        if any(item.kind == "monternet" for item in bill.items)
    )
    return any(period < first_kept and period not in months for period in billed)


def _replaced(msisdn: str, numbers: Sequence[str]) -> Subscription | None:
    """Return the subscription of `msisdn` that replaced a number not yet known."""
    return next((row for row in _subscriptions(msisdn) if row.number_changed_from not in (None, *numbers)), None)


def _subscriptions(msisdn: str) -> list[Subscription]:
    return list(session().scalars(select(Subscription).where(Subscription.msisdn == msisdn).order_by(Subscription.id)))


def _number(msisdn: str, *, replaced_by: Subscription | None = None) -> Number:
    holders = _subscriptions(msisdn)
    changes = tuple(_changes(holder) for holder in holders)
    if not changes and replaced_by is not None:
        changes = ((StateChange(_changed_at(replaced_by), SubscriptionState.CANCELLED, "number_change"),),)
    changed = [
        _changed_at(holder)
        for holder in holders
        if holder.number_changed_from and holder.state != SubscriptionState.CANCELLED
    ]
    orders = select(ServiceOrder).where(ServiceOrder.subscription_id.in_([holder.id for holder in holders]))
    ordered = tuple(
        Order(row.service_provider or "", row.ordered_at, row.cancelled_at, row.monthly_fee)
        for row in session().scalars(orders.order_by(ServiceOrder.ordered_at, ServiceOrder.id))
    )
    return Number(msisdn, changes, changed[0] if changed else None, ordered)


def _changes(holder: Subscription) -> tuple[StateChange, ...]:
    """Return the changes of state: in service from the day it was opened, then what its events say; the state it is in now closes a history that lacks events."""
    events = [StateChange(row.at, row.to_state, row.reason) for row in _events(holder)]
    changes = [StateChange(holder.opened_at, SubscriptionState.IN_SERVICE, None), *events]
    last = max(changes, key=lambda change: change.at)
    if last.state != holder.state:
        changes.append(StateChange(holder.state_since, holder.state, holder.reason))
    return tuple(sorted(changes, key=lambda change: change.at))


def _events(holder: Subscription) -> list[SubscriptionEvent]:
    query = select(SubscriptionEvent).where(SubscriptionEvent.subscription_id == holder.id)
    return list(session().scalars(query.order_by(SubscriptionEvent.at, SubscriptionEvent.id)))


def _changed_at(holder: Subscription) -> datetime:
    return next((event.at for event in _events(holder) if event.reason == "number_change"), holder.opened_at)


def _charges(msisdns: list[str]) -> list[Charge]:
    paid_bills = {bill.id for msisdn in msisdns for bill in _bills(msisdn) if bill.state == BillState.PAID}
    holders = select(Subscription.msisdn).where(Subscription.msisdn.in_(msisdns), Subscription.kind == "prepaid")
    prepaid = set(session().scalars(holders))
    query = select(Cdr).where(Cdr.served_msisdn.in_(msisdns), Cdr.information > 0).order_by(Cdr.start, Cdr.id)
    return [
        Charge(
            row.start,
            row.served_msisdn,
            row.service_provider,
            row.information,
            row.bill_id in paid_bills if row.bill_id else row.served_msisdn in prepaid,
            row.id,
        )
        for row in session().scalars(query)
    ]


def _bills(msisdn: str) -> list[Bill]:
    return [bill for holder in _subscriptions(msisdn) for bill in gateway().bills(holder.id)]
