"""What billing knows about a number: subscription, holder, balances, bills; nothing is changed here."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import Bill as BillRow
from models.billing import BillItem as BillItemRow
from models.billing import JournalEntry, LateFeeAccrual, LedgerAccount, Posting
from models.customer import Customer as CustomerRow
from models.customer import Subscription as SubscriptionRow
from models.customer import SubscriptionState
from models.usage import BankMandate, MandateState
from service_tasks import dates
from service_tasks.gateway import ledger
from service_tasks.gateway.values import (
    Balances,
    Bill,
    BillItem,
    Customer,
    LateFee,
    Subscription,
    SubscriptionUnknown,
)

BALANCE_KINDS = ("prepayment", "receivable", "late_fee", "deposit", "hold")
IN_USE_FIRST = (
    case((SubscriptionRow.state == SubscriptionState.CANCELLED, 1), else_=0),
    SubscriptionRow.state_since.desc(),
    SubscriptionRow.id.desc(),
)


def find(msisdn: str) -> Subscription | None:
    """Return the subscription in use, else the one cancelled last; None for a number never put into service, and for what is no number."""
    if not (msisdn.isascii() and msisdn.isdigit()):
        return None  # PostgreSQL cannot be asked about a NUL
    row = session().execute(_OF_NUMBER, {"msisdn": msisdn}).first()
    return None if row is None else _subscription_value(row)


def subscription(msisdn: str) -> Subscription:
    """Find a subscription as `find` does. Errors: SubscriptionUnknown."""
    if (current := find(msisdn)) is None:
        raise SubscriptionUnknown(msisdn=msisdn)
    return current


def customer(customer_id: int) -> Customer:
    """Return the holder named by a subscription; foreign keys see to it that there is one."""
    row = CustomerRow
    rows = session().execute(
        select(row.id, row.kind, row.name, row.id_number, row.address).where(row.id == customer_id)
    )
    return Customer(**rows.one()._mapping)


def balances(subscription_id: int, *, lock: bool = False) -> Balances:
    """Return what stands on a subscription, in fen."""
    by_kind = ledger.balances(subscription_id, lock=lock)
    return Balances(*(by_kind.get(kind, 0) for kind in BALANCE_KINDS))


def bills(subscription_id: int) -> list[Bill]:
    """Return bills with their items, newest first; one statement."""
    item = BillItemRow
    query = (
        select(BillRow, item.line, item.kind, item.text, item.amount, item.service_provider)
        .outerjoin(item, item.bill_id == BillRow.id)
        .where(BillRow.subscription_id == subscription_id)
        .order_by(BillRow.period.desc(), BillRow.id, item.line)
    )
    items_by_bill: dict[BillRow, list[BillItem]] = {}
    for row, line, kind, text, amount, provider in session().execute(query):
        items = items_by_bill.setdefault(row, [])
        if line is not None:
            items.append(BillItem(line, kind, text, amount, provider))
    return [
        Bill(
            id=row.id,
            period=row.period,
            issued_at=row.issued_at,
            due_on=row.due_on,
            state=row.state,
            items=tuple(items),
        )
        for row, items in items_by_bill.items()
    ]


def late_fees_drawn(subscription_id: int) -> list[LateFee]:
    """Return the late fees drawn, whether still owed or not, in order of days."""
    accrual = LateFeeAccrual
    query = select(accrual.accrued_on, BillRow.period, accrual.amount).join(BillRow, BillRow.id == accrual.bill_id)
    rows = session().execute(query.where(BillRow.subscription_id == subscription_id).order_by(accrual.accrued_on))
    return [LateFee(*row) for row in rows]


def late_fees_paid(subscription_id: int, since: date) -> int:
    """Return what was paid of late fees from a day on and is not owed again, in fen; what was given up or credited is not paid."""
    fee, opposite = aliased(LedgerAccount), aliased(LedgerAccount)
    into_fee = (Posting.credit_account_id == fee.id) & (Posting.debit_account_id == opposite.id)
    out_of_fee = (Posting.debit_account_id == fee.id) & (Posting.credit_account_id == opposite.id)
    payments = func.sum(case((into_fee, Posting.amount), else_=-Posting.amount))
    query = (
        select(func.coalesce(payments, 0)).select_from(Posting).join(JournalEntry, JournalEntry.id == Posting.entry_id)
    )
    query = query.join(fee, fee.id.in_((Posting.debit_account_id, Posting.credit_account_id)))
    query = query.join(opposite, into_fee | out_of_fee)
    own = (
        fee.subscription_id == subscription_id,
        fee.kind == "late_fee",
        opposite.kind.not_in(("adjustment", "revenue")),
    )
    return max(0, int(session().scalar(query.where(*own, JournalEntry.at >= dates.start_of(since))) or 0))


def _subscription() -> Select[*tuple[Any, ...]]:
    row = SubscriptionRow
    columns: tuple[Any, ...] = (row.id, row.msisdn, row.customer_id, row.kind, row.state, row.reason, row.state_since)
    return select(*columns, row.number_changed_from, row.deposits_closed_at)


_OF_NUMBER = _subscription().where(SubscriptionRow.msisdn == bindparam("msisdn")).order_by(*IN_USE_FIRST).limit(1)


def _subscription_value(row: Row[*tuple[Any, ...]]) -> Subscription:
    columns = dict(row._mapping)
    closed_at = columns.pop("deposits_closed_at")
    return Subscription(**columns, deposits_closed=closed_at is not None)


def debit_under_way(subscription_id: int) -> bool:
    """Tell whether a debit of the mandate in force is out, and its result not known yet."""
    row = BankMandate
    out = select(row.id).where(
        row.subscription_id == subscription_id, row.state == MandateState.ACTIVE, row.debit_under_way
    )
    return session().scalars(out).first() is not None
