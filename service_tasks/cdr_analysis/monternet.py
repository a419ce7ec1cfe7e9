"""The Monternet charges of a number, and of the number it replaced, with who held them when; read here, judged in `orphan_monternet`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.base import session
from models.customer import Subscription, SubscriptionEvent
from models.usage import Cdr, ServiceOrder
from service_tasks.cdr_analysis.orphan_monternet import Charge, Number, StateChange
from service_tasks.gateway import gateway


def history(msisdn: str) -> tuple[list[Number], list[Charge]]:
    """The number, before it the numbers it replaced, and all their information charges in order of time."""
    numbers = [_number(msisdn, replaced_by=None)]
    for subscription in _subscriptions(msisdn):
        if subscription.number_changed_from not in (None, *(number.msisdn for number in numbers)):
            numbers.insert(0, _number(subscription.number_changed_from or "", replaced_by=subscription))
    return numbers, _charges([number.msisdn for number in numbers])


def _subscriptions(msisdn: str) -> list[Subscription]:
    return list(session().scalars(select(Subscription).where(Subscription.msisdn == msisdn).order_by(Subscription.id)))


def _number(msisdn: str, *, replaced_by: Subscription | None) -> Number:
    holders = _subscriptions(msisdn)
    known = tuple(_changes(holder) for holder in holders)
    if not known and replaced_by is not None:
        known = ((StateChange(_changed_at(replaced_by), "cancelled", "number_change"),),)
    changed = [_changed_at(holder) for holder in holders if holder.number_changed_from and holder.state != "cancelled"]
    orders = select(ServiceOrder).where(ServiceOrder.subscription_id.in_([holder.id for holder in holders]))
    ordered = tuple((row.service_provider or "", row.ordered_at) for row in session().scalars(orders))
    return Number(msisdn, known, changed[0] if changed else None, ordered)


def _changes(holder: Subscription) -> tuple[StateChange, ...]:
    """In service from the day it was opened, then what its events say; the state it is in now closes a history that lacks events."""
    events = [StateChange(row.at, row.to_state, row.reason) for row in _events(holder)]
    changes = [StateChange(holder.opened_at, "in_service", None), *events]
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
    paid = _paid_bills(msisdns)
    query = select(Cdr).where(Cdr.served_msisdn.in_(msisdns), Cdr.information > 0).order_by(Cdr.start, Cdr.id)
    return [
        Charge(row.start, row.served_msisdn, row.service_provider, row.information, row.bill_id in paid)
        for row in session().scalars(query)
    ]


def _paid_bills(msisdns: list[str]) -> set[int | None]:
    holders = session().scalars(select(Subscription.id).where(Subscription.msisdn.in_(msisdns)))
    return {bill.id for holder in holders for bill in gateway().bills(holder) if bill.state == "paid"}
