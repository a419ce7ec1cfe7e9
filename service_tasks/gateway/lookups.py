"""What billing knows about a number: subscription, holder, balances, bills, receipts; nothing is changed here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, case, select

from models.base import session
from models.billing import Bill as BillRow
from models.billing import BillItem as BillItemRow
from models.billing import LateFeeAccrual
from models.billing import Receipt as ReceiptRow
from models.customer import Customer as CustomerRow
from models.customer import Subscription as SubscriptionRow
from models.usage import BankMandate
from service_tasks.gateway import ledger
from service_tasks.gateway.values import (
    Balances,
    Bill,
    BillItem,
    Customer,
    LateFee,
    Receipt,
    Subscription,
    SubscriptionUnknown,
)

BALANCE_KINDS = ("prepayment", "receivable", "late_fee", "deposit", "hold")


def find(msisdn: str) -> Subscription | None:
    """The subscription in use, else the one cancelled last; None for a number never put into service."""
    row = SubscriptionRow
    in_use_first = case((row.state == "cancelled", 1), else_=0)
    query = _subscription().where(row.msisdn == msisdn).order_by(in_use_first, row.state_since.desc(), row.id.desc())
    found = session().execute(query.limit(1)).first()
    return None if found is None else _subscription_value(found)


def subscription(msisdn: str) -> Subscription:
    """As `find`. Errors: SubscriptionUnknown."""
    if (found := find(msisdn)) is None:
        raise SubscriptionUnknown(msisdn=msisdn)
    return found


def customer(customer_id: int) -> Customer:
    """The holder named by a subscription; foreign keys see to it that there is one."""
    row = CustomerRow
    found = session().execute(
        select(row.id, row.kind, row.name, row.id_number, row.address).where(row.id == customer_id)
    )
    return Customer(**found.one()._mapping)


def balances(subscription_id: int, *, lock: bool = False) -> Balances:
    """What stands on a subscription, in fen."""
    by_kind = ledger.balances(subscription_id, lock=lock)
    return Balances(*(by_kind.get(kind, 0) for kind in BALANCE_KINDS))


def bills(subscription_id: int) -> list[Bill]:
    """Bills with their items, newest first."""
    rows = session().scalars(
        select(BillRow).where(BillRow.subscription_id == subscription_id).order_by(BillRow.period.desc())
    )
    items = _items(subscription_id)
    return [
        Bill(
            id=row.id,
            period=row.period,
            issued_at=row.issued_at,
            due_on=row.due_on,
            state=row.state,
            items=tuple(items.get(row.id, ())),
        )
        for row in rows
    ]


def late_fees_drawn(subscription_id: int) -> list[LateFee]:
    """The late fees drawn, whether still owed or not, in order of days."""
    drawn = LateFeeAccrual
    query = select(drawn.accrued_on, BillRow.period, drawn.amount).join(BillRow, BillRow.id == drawn.bill_id)
    found = session().execute(query.where(BillRow.subscription_id == subscription_id).order_by(drawn.accrued_on))
    return [LateFee(*row) for row in found]


def receipt(number: str) -> Receipt | None:
    """The receipt of that number."""
    found = session().execute(_receipt().where(ReceiptRow.number == number)).first()
    return None if found is None else Receipt(**found._mapping)


def receipts(subscription_id: int) -> list[Receipt]:
    """All receipts of a subscription, newest first."""
    query = _receipt().where(ReceiptRow.subscription_id == subscription_id)
    found = session().execute(query.order_by(ReceiptRow.issued_at.desc(), ReceiptRow.number))
    return [Receipt(**row._mapping) for row in found]


def _subscription() -> Select[*tuple[Any, ...]]:
    row = SubscriptionRow
    columns: tuple[Any, ...] = (row.id, row.msisdn, row.customer_id, row.kind, row.state, row.reason, row.state_since)
    return select(*columns, row.number_changed_from, row.deposits_closed_at)


def _subscription_value(row: Row[*tuple[Any, ...]]) -> Subscription:
    columns = dict(row._mapping)
    closed_at = columns.pop("deposits_closed_at")
    return Subscription(**columns, deposits_closed=closed_at is not None)


def _items(subscription_id: int) -> dict[int, list[BillItem]]:
    item = BillItemRow
    query = (
        select(item.bill_id, item.kind, item.text, item.amount, item.service_provider)
        .join(BillRow, BillRow.id == item.bill_id)
        .where(BillRow.subscription_id == subscription_id)
        .order_by(item.bill_id, item.line)
    )
    found: dict[int, list[BillItem]] = {}
    for bill_id, kind, text, amount, provider in session().execute(query):
        found.setdefault(bill_id, []).append(BillItem(kind, text, amount, provider))
    return found


def _receipt() -> Select[*tuple[Any, ...]]:
    row = ReceiptRow
    return select(row.number, row.subscription_id, row.kind, row.amount, row.refunded, row.issued_at)


def debit_under_way(subscription_id: int) -> bool:
    """Whether a debit of the mandate in force is out, and its result not known yet."""
    row = BankMandate
    out = select(row.id).where(row.subscription_id == subscription_id, row.state == "active", row.debit_under_way)
    return session().scalars(out).first() is not None
