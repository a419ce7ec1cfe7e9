"""Payments on bills: the oldest bill first, a bill paid in part if need be; what is still owed on a bill, and which receipts paid it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import Bill
from models.billing import Receipt as ReceiptRow
from models.lines import BillPayment, DisputedLine, LineClaim
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


def spend(given: Mapping[int, int]) -> None:
    """Mark the receipts of bills as spent by what was given back on them in another way than cash against the receipt."""
    if not given:
        return
    payment, receipt = BillPayment, ReceiptRow
    query = (
        select(payment.bill_id, receipt.number, receipt.amount, receipt.refunded, payment.amount.label("paid"))
        .join(receipt, receipt.number == payment.receipt_number)
        .where(payment.bill_id.in_(given))
        .order_by(payment.id)
    )
    left = dict(given)
    spent: dict[str, int] = {}
    for row in session().execute(query.with_for_update(of=receipt)):
        free = row.amount - row.refunded - spent.get(row.number, 0)
        share = max(0, min(left[row.bill_id], free, row.paid))
        left[row.bill_id] -= share
        spent[row.number] = spent.get(row.number, 0) + share
    for number, amount in spent.items():
        if amount:
            more = update(receipt).where(receipt.number == number)
            session().execute(more.values(refunded=receipt.refunded + amount))


def spend_prepaid(subscription_id: int, amount: int) -> None:
    """The same for a prepayment that was moved without its receipt: the oldest one first."""
    receipt = ReceiptRow
    query = select(receipt.number, receipt.amount, receipt.refunded).where(
        receipt.subscription_id == subscription_id,
        receipt.kind == "prepayment",
        receipt.refunded < receipt.amount,
    )
    ordered = query.order_by(receipt.issued_at, receipt.number).with_for_update()
    for row in session().execute(ordered):
        share = min(amount, row.amount - row.refunded)
        if share:
            more = update(receipt).where(receipt.number == row.number)
            session().execute(more.values(refunded=receipt.refunded + share))
        amount -= share


def is_open(bill_ids: Sequence[int]) -> list[int]:
    """Which of these bills are not paid up."""
    return list(session().scalars(select(Bill.id).where(Bill.id.in_(bill_ids), Bill.state == "open")))
