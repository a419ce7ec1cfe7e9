"""Orphan Monternet charges (TS-006.3): what a service provider still collected when the number could no longer be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

AFTER = {
    ("suspended", "arrears"): "suspension",
    ("suspended", "request"): "suspension",
    ("suspended", None): "suspension",
    ("cancelled", "arrears"): "cancellation_arrears",
    ("cancelled", "request"): "cancellation_request",
    ("cancelled", None): "cancellation_final",
}


class StateChange(NamedTuple):
    """From `at` on the number was in `state`, for `reason`."""

    at: datetime
    state: str
    reason: str | None


class Charge(NamedTuple):
    """An information charge collected for a service provider; `amount` in fen, `paid` when the bill it stands on is paid."""

    at: datetime
    msisdn: str
    site: str | None
    amount: int
    paid: bool


class Orphan(NamedTuple):
    """A charge nobody can have caused, and what it came after: a value of AFTER, or number_change."""

    charge: Charge
    after: str


class Number(NamedTuple):
    """What is known of one number: the histories of all who held it, and since when it replaces another number.

    `ordered` holds (service provider, instant) of every order on it.
    """

    msisdn: str
    holders: tuple[tuple[StateChange, ...], ...]
    changed_at: datetime | None = None
    ordered: tuple[tuple[str, datetime], ...] = ()


def find(number: Number, charges: Iterable[Charge]) -> list[Orphan]:
    """The orphan charges of one number.

    Shape:  a charge is an orphan when at its time nobody had the number in service; or when the number replaced another and nothing
            was ordered from that provider on it since.
    Source: TS-006.2, TS-006.3.
    """
    found = ((charge, after(number, charge)) for charge in charges if charge.msisdn == number.msisdn and charge.amount)
    return [Orphan(charge, reason) for charge, reason in found if reason]


def after(number: Number, charge: Charge) -> str | None:
    """What the charge came after; None when the number was in service and the provider's service ordered on it."""
    states = [state for holder in number.holders if (state := in_force(holder, charge.at))]
    if any(state.state == "in_service" for state in states):
        return "number_change" if _not_reordered(number, charge) else None
    if not states:
        return None
    last = max(states, key=lambda state: state.at)
    return "number_change" if last.reason == "number_change" else AFTER[last.state, last.reason]


def in_force(changes: Sequence[StateChange], at: datetime) -> StateChange | None:
    """The last change up to `at`; None before the first. `changes` in order of time."""
    return next((change for change in reversed(changes) if change.at <= at), None)


def _not_reordered(number: Number, charge: Charge) -> bool:
    if number.changed_at is None or charge.at < number.changed_at or charge.site is None:
        return False
    return not any(site == charge.site and number.changed_at <= at <= charge.at for site, at in number.ordered)
