"""What a number's records show that fits a process: each question is asked with the same analysis its process will use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, exists, func, or_, select

from models.base import session
from models.customer import Subscription as Subscriber
from models.usage import BankMandate, BankPayment, BankPosting, Cdr, DirectDebit, RechargeCard, ServiceOrder
from service_tasks import dates
from service_tasks.cdr_analysis import border_roaming, monternet, orphan_monternet, records, ultra_short
from service_tasks.classification.weighing import Record
from service_tasks.gateway import LinePart, Subscription, gateway
from service_tasks.gateway.earlier import apart

CALLS = timedelta(days=30)
DEBITS = timedelta(days=90)
ORDERS = timedelta(days=180)


_MSISDN: BindParameter[str] = bindparam("msisdn")
_SUBSCRIPTION = bindparam("subscription", type_=Integer)
_REPLACED = select(Subscriber.number_changed_from).where(Subscriber.msisdn == _MSISDN)
_CHARGED = exists().where(or_(Cdr.served_msisdn == _MSISDN, Cdr.served_msisdn.in_(_REPLACED)), Cdr.information > 0)
_CARDS = select(func.count()).where(RechargeCard.charged_msisdn == _MSISDN, RechargeCard.state == "used")
_FAILED = (
    select(func.count())
    .select_from(DirectDebit)
    .join(BankMandate)
    .where(BankMandate.subscription_id == _SUBSCRIPTION, DirectDebit.state == "failed")
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
    """The records of a number that fit a process, as they are at `at`. Texts hold counts and amounts, never numbers or names."""
    subscription = gateway().find(msisdn)
    counts = session().execute(_COUNTS, _asked(msisdn, subscription, at)).one()
    owner = subscription.id if subscription else None
    account_records = [*_calls(msisdn, owner, at), *(_monternet(msisdn) if counts.charged else ())]
    if subscription is None or subscription.state == "cancelled":
        account_records += _cards(counts.cards)
    account_records += _bank_payments(counts.bank_payments)
    return [*account_records, *_debits(counts.debits), *_orders(counts.orders)]


def _asked(msisdn: str, subscription: Subscription | None, at: datetime) -> dict[str, Any]:
    return {
        "msisdn": msisdn,
        "subscription": subscription.id if subscription else None,
        "debits_since": at - DEBITS,
        "orders_since": at - ORDERS,
    }


def _calls(msisdn: str, owner: int | None, at: datetime) -> Iterator[Record]:
    """What another case has of these calls is no reason to complain of them again."""
    calls = records.voice_calls(msisdn, dates.day_of(at - CALLS), dates.day_of(at))
    roaming = border_roaming.analyse(calls, border_roaming.Thresholds())
    if roaming.established and _left(owner, roaming.lines):
        count = len(roaming.pairs)
        text = f"近 30 天有 {count} 对通话的地点变换不像真实移动"
        yield Record(
            "TS-005",
            "border_roaming",
            text,
            _counted(
                count,
                "1 pair of calls in 30 days changes place as no traveller does",
                "pairs of calls in 30 days change place as no traveller does",
            ),
        )
    lines = {line: short_call for short_call in ultra_short.find(calls) for line in short_call.lines}
    if short := {short_call.call.id: short_call for short_call in (lines[line] for line in _left(owner, list(lines)))}:
        text = f"近 30 天话单有 {len(short)} 次 3 秒以内的长途通话"
        yield Record(
            "TS-007",
            "ultra_short",
            text,
            _counted(
                len(short),
                "1 long-distance call of 3 seconds or less in 30 days",
                "long-distance calls of 3 seconds or less in 30 days",
            ),
        )


def _left(owner: int | None, lines: Sequence[records.Line]) -> Sequence[records.Line]:
    """The lines of which no case has all."""
    if owner is None or not lines:
        return lines
    split = apart(owner, [LinePart(f"call:{line.call}", line.amount, line.component) for line in lines], own_case=None)
    free = {(part.line, part.component) for part in split.left}
    return [line for line in lines if (f"call:{line.call}", line.component) in free]


def _monternet(msisdn: str) -> Iterator[Record]:
    numbers, charges = monternet.history(msisdn)
    if count := sum(len(orphan_monternet.find(number, charges)) for number in numbers):
        text = f"停机、销号或改号之后仍有 {count} 笔梦网信息费"
        yield Record(
            "TS-006",
            "orphan_monternet",
            text,
            _counted(
                count,
                "1 Monternet charge after suspension, cancellation or change",
                "Monternet charges after suspension, cancellation or change",
            ),
        )


def _cards(count: int) -> Iterator[Record]:
    if count:
        text = f"有 {count} 张缴费卡充到这个无效或已销的号码"
        yield Record(
            "TS-004",
            "recharge_card",
            text,
            _counted(
                count,
                "1 recharge card was loaded onto this invalid or cancelled number",
                "recharge cards were loaded onto this invalid or cancelled number",
            ),
        )


def _bank_payments(count: int) -> Iterator[Record]:
    if count:
        yield Record(
            "SUB-006",
            "bank_payment",
            f"有 {count} 笔银行缴费没有入到这个号码",
            _counted(
                count,
                "1 payment at a bank was not posted to this number",
                "payments at a bank were not posted to this number",
            ),
        )


def _debits(count: int) -> Iterator[Record]:
    if count:
        yield Record(
            "TS-008",
            "direct_debit",
            f"近 90 天托收失败 {count} 次",
            _counted(count, "1 direct debit failed in 90 days", "direct debits failed in 90 days"),
        )


def _orders(count: int) -> Iterator[Record]:
    if count:
        text = f"近 180 天有 {count} 项业务的底单与录入不符"
        yield Record(
            "TS-002",
            "service_order",
            text,
            _counted(
                count,
                "1 service order of 180 days was not keyed in as agreed",
                "service orders of 180 days were not keyed in as agreed",
            ),
        )


def _counted(count: int, singular: str, plural: str) -> str:
    """English says one thing otherwise than several."""
    return singular if count == 1 else f"{count} {plural}"
