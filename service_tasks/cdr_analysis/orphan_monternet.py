"""Orphan Monternet charges (TS-006.3): what a service provider still collected when the number could no longer be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from models.customer import SubscriptionState
from service_tasks.zone import ZONE

AFTER: dict[tuple[str, str | None], str] = {
    (SubscriptionState.SUSPENDED, "arrears"): "suspension",
    (SubscriptionState.SUSPENDED, "request"): "suspension",
    (SubscriptionState.SUSPENDED, None): "suspension",
    (SubscriptionState.CANCELLED, "arrears"): "cancellation_arrears",
    (SubscriptionState.CANCELLED, "request"): "cancellation_request",
    (SubscriptionState.CANCELLED, None): "cancellation_final",
}


class StateChange(NamedTuple):
    """From `at` on the number was in `state`, for `reason`."""

    at: datetime
    state: str
    reason: str | None


class Charge(NamedTuple):
    """An information charge collected for a service provider.

    Shape: `at` is when the service was used, or a monthly fee collected; `paid` when the bill it stands on is paid, or it was deducted from
           a prepayment; `id` names its record.
    Units: `amount` in fen.
    """

    at: datetime
    msisdn: str
    site: str | None
    amount: int
    paid: bool
    id: int = 0


class Order(NamedTuple):
    """A service ordered from a provider: from when until when, and what it costs a month in fen (0: nothing known)."""

    site: str
    at: datetime
    until: datetime | None = None
    monthly_fee: int = 0

    def bears(self, charge: Charge) -> bool:
        """Tell whether the charge may be the fee of this order: of the same provider, and its monthly fee where that is known."""
        return self.site == charge.site and self.at <= charge.at and self.monthly_fee in (0, charge.amount)


class Orphan(NamedTuple):
    """A charge nobody can have caused, what it came after (a value of AFTER, or number_change), and the instant that counts."""

    charge: Charge
    after: str
    counted_at: datetime


class Event(NamedTuple):
    """What befell a number (`suspended`, `cancelled` or `changed`, from or to another number), and when."""

    event: str
    at: datetime


class Number(NamedTuple):
    """What is known of one number: the histories of all who held it, and since when it replaces another number.

    `ordered` holds the orders on it, `carried` those that stood on the numbers it replaced.
    """

    msisdn: str
    holders: tuple[tuple[StateChange, ...], ...]
    changed_at: datetime | None = None
    ordered: tuple[Order, ...] = ()
    carried: tuple[Order, ...] = ()


def events(number: Number) -> list[Event]:
    """Return what befell a number, in order of time: what the date of use is held against."""
    changes = [change for holder in number.holders for change in holder]
    stopped = [change for change in changes if change.state != SubscriptionState.IN_SERVICE]
    rows = [Event("changed" if row.reason == "number_change" else str(row.state), row.at) for row in stopped]
    if number.changed_at:
        rows.append(Event("changed", number.changed_at))
    return sorted(set(rows), key=lambda row: row.at)


def find(number: Number, charges: Iterable[Charge]) -> list[Orphan]:
    """Return the orphan charges of one number.

    Shape:  a charge is an orphan when at its time nobody had the number in service; or when it is the fee of an order on the number that
            this one replaced, which was not ordered again. What is used on demand has no order and is no orphan after a change of number.
            The time is that of use; of a monthly fee, its first day.
    Source: TS-006.2, TS-006.3, reading.
    """
    orphans = []
    for charge in charges:
        if charge.msisdn == number.msisdn and charge.amount:
            at = counted_at(number, charge)
            if reason := after(number, charge, at):
                orphans.append(Orphan(charge, reason, at))
    return orphans


def counted_at(number: Number, charge: Charge) -> datetime:
    """Return when a charge arose: when the service was used; a monthly fee on the first day of its month, or when it was ordered within it."""
    local = charge.at.astimezone(ZONE)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    fees = [order for order in (*number.ordered, *number.carried) if order.monthly_fee and order.bears(charge)]
    return min((max(order.at, first) for order in fees), default=charge.at)


def after(number: Number, charge: Charge, at: datetime) -> str | None:
    """Return what a charge that arose at `at` came after; None when the number was in service and the charge its own."""
    states = [state for holder in number.holders if (state := in_force(holder, at))]
    if any(state.state == SubscriptionState.IN_SERVICE for state in states):
        return "number_change" if _carried_along(number, charge, at) else None
    if not states:
        return None
    last = max(states, key=lambda state: state.at)
    return "number_change" if last.reason == "number_change" else AFTER[last.state, last.reason]


def in_force(changes: Sequence[StateChange], at: datetime) -> StateChange | None:
    """Return the last change up to `at`; None before the first. `changes` in order of time."""
    return next((change for change in reversed(changes) if change.at <= at), None)


def _carried_along(number: Number, charge: Charge, at: datetime) -> bool:
    """Tell whether it is the fee of an order of the time before the change, on either number, that was not made again since."""
    changed = number.changed_at
    if changed is None or at < changed or charge.site is None:
        return False
    if any(order.bears(charge) and order.at >= changed for order in number.ordered):
        return False
    before = (order for order in (*number.carried, *number.ordered) if order.at < changed)
    return any(order.bears(charge) and (order.until is None or order.until >= changed) for order in before)
