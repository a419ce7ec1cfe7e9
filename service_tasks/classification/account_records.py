"""What a number's records show that fits a process: each question is asked with the same analysis its process will use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, exists, func, or_, select

from models.base import session
from models.customer import Subscription as Subscriber
from models.customer import SubscriptionState
from models.usage import (
    BankMandate,
    BankPayment,
    BankPosting,
    CardState,
    Cdr,
    DebitState,
    DirectDebit,
    RechargeCard,
    ServiceOrder,
)
from service_tasks import dates
from service_tasks.cdr_analysis import border_roaming, monternet, orphan_monternet, records, ultra_short
from service_tasks.classification.weighing import Record
from service_tasks.gateway import LinePart, Subscription, gateway
from service_tasks.gateway.earlier import apart
from service_tasks.gateway.listing import own_balance

CALLS = timedelta(days=30)
DEBITS = timedelta(days=90)
ORDERS = timedelta(days=180)


_MSISDN: BindParameter[str] = bindparam("msisdn")
_SUBSCRIPTION = bindparam("subscription", type_=Integer)
_REPLACED = select(Subscriber.number_changed_from).where(Subscriber.msisdn == _MSISDN)
_CHARGED = exists().where(or_(Cdr.served_msisdn == _MSISDN, Cdr.served_msisdn.in_(_REPLACED)), Cdr.information > 0)
_CARDS = select(func.count()).where(RechargeCard.charged_msisdn == _MSISDN, RechargeCard.state == CardState.USED)
_FAILED = (
    select(func.count())
    .select_from(DirectDebit)
    .join(BankMandate)
    .where(BankMandate.subscription_id == _SUBSCRIPTION, DirectDebit.state == DebitState.FAILED)
    .where(DirectDebit.attempted_at > bindparam("debits_since"))
)
_NOT_AS_AGREED = (
    select(func.count())
    .where(ServiceOrder.subscription_id == _SUBSCRIPTION, ServiceOrder.ordered_at > bindparam("orders_since"))
    .where(ServiceOrder.agreed.is_distinct_from(ServiceOrder.keyed))
)
_NOT_POSTED = (
    select(func.count())
    .where(BankPayment.msisdn == _MSISDN, BankPayment.corrected_at.is_(None))
    .where(
        ~exists().where(BankPosting.reference == BankPayment.reference, BankPosting.subscription_id == _SUBSCRIPTION)
    )
)
_COUNTS = select(
    _NOT_POSTED.scalar_subquery().label("bank_payments"),
    _CHARGED.label("charged"),
    _CARDS.scalar_subquery().label("cards"),
    _FAILED.scalar_subquery().label("debits"),
    _NOT_AS_AGREED.scalar_subquery().label("orders"),
)


def find(msisdn: str, at: datetime) -> list[Record]:
    """Return the records of a number that fit a process, as they are at `at`."""
    subscription = gateway().find(msisdn)
    counts = session().execute(_COUNTS, _asked(msisdn, subscription, at)).one()
    owner = subscription.id if subscription else None
    useless = subscription is None or subscription.state == SubscriptionState.CANCELLED
    charged = _monternet(msisdn) if counts.charged else ()
    return [*_calls(msisdn, owner, at), *charged, *_own_balance(subscription), *_counted(counts, takes_cards=useless)]


def _asked(msisdn: str, subscription: Subscription | None, at: datetime) -> dict[str, Any]:
    return {
        "msisdn": msisdn,
        "subscription": subscription.id if subscription else None,
        "debits_since": at - DEBITS,
        "orders_since": at - ORDERS,
    }


def _calls(msisdn: str, owner: int | None, at: datetime) -> Iterator[Record]:
    """Yield what calls give reason to complain of; what another case has of them is no reason to do so again."""
    calls = records.voice_calls(msisdn, dates.day_of(at - CALLS), dates.day_of(at))
    roaming = border_roaming.analyse(calls, border_roaming.Thresholds())
    if roaming.established and _left(owner, roaming.lines):
        yield Record("TS-005", "border_roaming", len(roaming.pairs))
    lines = {line: short_call for short_call in ultra_short.find(calls) for line in short_call.lines}
    if short := {lines[line].call.id for line in _left(owner, list(lines))}:
        yield Record("TS-007", "ultra_short", len(short))


def _left(owner: int | None, lines: Sequence[records.Line]) -> Sequence[records.Line]:
    """Return the lines of which no case has all."""
    if owner is None or not lines:
        return lines
    split = apart(owner, [LinePart(f"call:{line.call}", line.amount, line.component) for line in lines], own_case=None)
    free = {(part.line, part.component) for part in split.left}
    return [line for line in lines if (f"call:{line.call}", line.component) in free]


def _monternet(msisdn: str) -> Iterator[Record]:
    numbers, charges = monternet.history(msisdn)
    if count := sum(len(orphan_monternet.find(number, charges)) for number in numbers):
        yield Record("TS-006", "orphan_monternet", count)


def _own_balance(subscription: Subscription | None) -> Iterator[Record]:
    """Yield what a cancelled number still has that is its holder's, and no case has."""
    if (
        subscription
        and subscription.state == SubscriptionState.CANCELLED
        and own_balance(subscription.id).is_left(None)
    ):
        yield Record("SUB-002", "own_balance", 1)


def _counted(counts: Any, takes_cards: bool) -> Iterator[Record]:
    """Yield what is counted by one statement; recharge cards only where the number cannot use them."""
    if counts.cards and takes_cards:
        yield Record("TS-004", "recharge_card", counts.cards)
    if counts.bank_payments:
        yield Record("SUB-006", "bank_payment", counts.bank_payments)
    if counts.debits:
        yield Record("TS-008", "direct_debit", counts.debits)
    if counts.orders:
        yield Record("TS-002", "service_order", counts.orders)
