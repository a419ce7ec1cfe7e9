"""Payments on bills: the oldest bill first, a bill paid in part if need be; what is still owed on a bill, and which receipts paid it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import Bill
from models.billing import Receipt as ReceiptRow
from models.lines import BillPayment, DisputedLine, LineClaim
from service_tasks.gateway import ledger
from service_tasks.gateway.lines import Papers

LOWERING = ("credited", "held", "re_priced")


def allocate(papers: Papers, amount: int, at: datetime, *, bill_id: int | None = None) -> None:
    """Let a payment pay its bill, and the oldest ones with what is left of it."""
    due = owed(papers)
    first = {bill_id: due[bill_id]} if bill_id in due else {}
    rows = []
    for bill, open_ in (first | due).items():
        share = min(amount, open_)
        amount -= share
        if share:
            rows.append({"bill_id": bill, "amount": share, "at": at})
    if rows:
        session().execute(insert(BillPayment), rows)


def receipted(papers: Papers, number: str, amount: int) -> None:
    """Let a receipt stand for payments that have none, the oldest first, as far as it goes."""
    payment = BillPayment
    query = select(payment.id, payment.bill_id, payment.amount, payment.at).where(payment.bill_id.in_(papers.bills))
    rows = session().execute(query.where(payment.receipt_number.is_(None)).order_by(payment.id)).all()
    for row in rows:
        share = min(amount, row.amount)
        if not share:
            return
        amount -= share
        session().execute(update(payment).where(payment.id == row.id).values(receipt_number=number, amount=share))
        if row.amount > share:
            rest = {"bill_id": row.bill_id, "amount": row.amount - share, "at": row.at}
            session().execute(insert(payment), rest)


def owed(papers: Papers, bill_ids: Sequence[int] | None = None) -> dict[int, int]:
    """What is still owed on each bill, in fen, the oldest first: what it charges, less what was paid and what was taken off."""
    asked = [bill for bill in papers.bills if bill_ids is None or bill in bill_ids]
    paid, lowered = _paid(asked), _lowered(papers, asked)
    return {
        bill: max(0, papers.bills[bill].total - paid.get(bill, 0) - lowered.get(papers.bills[bill].address, 0))
        for bill in asked
    }


def _paid(bills: Sequence[int]) -> dict[int, int]:
    payment = BillPayment
    query = select(payment.bill_id, func.sum(payment.amount)).where(payment.bill_id.in_(bills))
    return {bill: int(amount) for bill, amount in session().execute(query.group_by(payment.bill_id))}


def _lowered(papers: Papers, bills: Sequence[int]) -> dict[str, int]:
    """What was taken off by the address of the bill, wherever in it the claim lies."""
    line, kind, bill = DisputedLine, aliased(DisputedLine), aliased(DisputedLine)
    addresses = [papers.bills[one].address for one in bills]
    query = (
        select(bill.address, func.sum(LineClaim.amount))
        .select_from(LineClaim)
        .join(line, line.id == LineClaim.line_id)
        .outerjoin(kind, kind.id == line.inside_id)
        .join(bill, or_(bill.id == line.id, bill.id == kind.id, bill.id == kind.inside_id))
        .where(bill.subscription_id == papers.subscription_id, bill.address.in_(addresses))
        .where(LineClaim.state.in_(LOWERING))
        .group_by(bill.address)
    )
    return {address: int(amount) for address, amount in session().execute(query)}


def paid_by(receipt_number: str) -> dict[int, int]:
    """What a receipt paid on each bill."""
    payment = BillPayment
    query = select(payment.bill_id, func.sum(payment.amount)).where(payment.receipt_number == receipt_number)
    rows = session().execute(query.group_by(payment.bill_id).order_by(func.min(payment.id)))
    return {bill: int(amount) for bill, amount in rows}


class Paying(NamedTuple):
    """A receipt that may be spent: what is left of it, and of what it paid on which bill (None: a prepayment)."""

    number: str
    left: int
    paid: int
    bill_id: int | None = None


def paying(bill_ids: Iterable[int]) -> list[Paying]:
    """The receipts of these bills, locked. Whoever posts asks before the accounts are locked, as whoever pays against a receipt does."""
    payment, receipt = BillPayment, ReceiptRow
    query = (
        select(receipt.number, receipt.amount - receipt.refunded, payment.amount, payment.bill_id)
        .join(receipt, receipt.number == payment.receipt_number)
        .where(payment.bill_id.in_(set(bill_ids)))
        .order_by(payment.id)
    )
    return [Paying(*row) for row in session().execute(query.with_for_update(of=receipt))]


def prepaying(subscription_id: int) -> list[Paying]:
    """The receipts of prepayments of which something is left, the oldest first, locked."""
    receipt = ReceiptRow
    left = receipt.amount - receipt.refunded
    query = select(receipt.number, left, left).where(
        receipt.subscription_id == subscription_id, receipt.kind == "prepayment", left > 0
    )
    ordered = query.order_by(receipt.issued_at, receipt.number).with_for_update()
    return [Paying(*row) for row in session().execute(ordered)]


def spend(receipts: Sequence[Paying], given: Mapping[int | None, int]) -> None:
    """Mark receipts as spent by what was given back, by bill, in another way than cash against them."""
    left, spent = dict(given), dict[str, int]()
    for one in receipts:
        share = max(0, min(left.get(one.bill_id, 0), one.left - spent.get(one.number, 0), one.paid))
        left[one.bill_id] = left.get(one.bill_id, 0) - share
        spent[one.number] = spent.get(one.number, 0) + share
    for number, amount in spent.items():
        if amount:
            more = update(ReceiptRow).where(ReceiptRow.number == number)
            session().execute(more.values(refunded=ReceiptRow.refunded + amount))


def reopen(papers: Papers, amount: int) -> None:
    """Take back the latest payments without a receipt that paid bills of a number, as far as arrears stand open again."""
    payment = BillPayment
    query = select(payment).where(payment.bill_id.in_(papers.bills), payment.receipt_number.is_(None))
    for row in session().scalars(query.order_by(payment.id.desc())) if amount else ():
        share = min(amount, row.amount)
        amount -= share
        session().execute(update(Bill).where(Bill.id == row.bill_id).values(state="open"))
        if share == row.amount:
            session().delete(row)
        else:
            row.amount -= share
        if not amount:
            break
    session().flush()


def close_paid(subscription_id: int) -> None:
    """Nothing due and nothing on hold: no bill of the subscription is open any longer."""
    left = ledger.balances(subscription_id)
    if left.get("receivable", 0) + left.get("hold", 0) <= 0:
        opened = update(Bill).where(Bill.subscription_id == subscription_id, Bill.state == "open")
        session().execute(opened.values(state="paid"))
