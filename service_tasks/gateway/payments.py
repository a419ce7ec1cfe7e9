"""Payments on bills: the oldest bill first, a bill paid in part if need be; what is still owed on a bill, and which receipts paid it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import Bill, BillState
from models.billing import Receipt as ReceiptRow
from models.lines import BillPayment, ClaimState, DisputedLine, LineClaim
from service_tasks.gateway import ledger
from service_tasks.gateway.lines import LATE_FEE, PAYMENT, Paper, Papers
from service_tasks.gateway.values import Refused

LOWERING = (ClaimState.CREDITED, ClaimState.HELD, ClaimState.RE_PRICED)


def allocate(
    papers: Papers, amount: int, at: datetime, *, bill_id: int | None = None, receipt: str | None = None
) -> None:
    """Let a payment pay its bill, and the oldest ones with what is left of it; `receipt` is the one it left."""
    due = owed(papers)
    first = {bill_id: due[bill_id]} if bill_id in due else {}
    rows = []
    for bill, open_ in (first | due).items():
        share = min(amount, open_)
        amount -= share
        if share:
            rows.append({"bill_id": bill, "amount": share, "at": at, "receipt_number": receipt})
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
    """Return what is still owed on each bill, in fen, the oldest first: what it charges, less what was paid and what was taken off."""
    bills = [bill for bill in papers.bills if bill_ids is None or bill in bill_ids]
    paid_by_bill, lowered = _paid(bills), _lowered(papers, bills)
    return {
        bill: max(0, papers.bills[bill].total - paid_by_bill.get(bill, 0) - lowered.get(papers.bills[bill].address, 0))
        for bill in bills
    }


def owed_on_no_bill(subscription_id: int) -> int:
    """Return what a number owes beside its bills, in fen: cash that was given wrongly and has not come back."""
    receivable = ledger.balances(subscription_id).get("receivable", 0)
    return max(0, receivable - sum(owed(Papers.of(subscription_id)).values())) if receivable > 0 else 0


_BILLS: BindParameter[int] = bindparam("bills", expanding=True)


def _paid(bills: Sequence[int], *, receipt: bool = True) -> dict[int, int]:
    """Return what was paid on each bill, in fen; without `receipt` only what left none."""
    payment = BillPayment
    query = select(payment.bill_id, func.sum(payment.amount)).where(payment.bill_id.in_(bills))
    if not receipt:
        query = query.where(payment.receipt_number.is_(None))
    return {bill: int(amount) for bill, amount in session().execute(query.group_by(payment.bill_id))}


def _taken_off() -> Select[str, int]:
    line, kind, bill = DisputedLine, aliased(DisputedLine), aliased(DisputedLine)
    return (
        select(bill.address, func.sum(LineClaim.amount))
        .select_from(LineClaim)
        .join(line, line.id == LineClaim.line_id)
        .outerjoin(kind, kind.id == line.inside_id)
        .join(bill, or_(bill.id == line.id, bill.id == kind.id, bill.id == kind.inside_id))
        .where(bill.subscription_id == bindparam("subscription"), bill.address.in_(_BILLS))
        .where(LineClaim.state.in_(LOWERING))
        .group_by(bill.address)
    )


_TAKEN_OFF = _taken_off()


def _lowered(papers: Papers, bills: Sequence[int]) -> dict[str, int]:
    """Return what was taken off by the address of the bill, wherever in it the claim lies."""
    values = {"subscription": papers.subscription_id, "bills": [papers.bills[bill].address for bill in bills]}
    return {address: int(amount) for address, amount in session().execute(_TAKEN_OFF, values)}


def paid_by(receipt_number: str) -> dict[int, int]:
    """Return what a receipt paid on each bill."""
    payment = BillPayment
    query = select(payment.bill_id, func.sum(payment.amount)).where(payment.receipt_number == receipt_number)
    rows = session().execute(query.group_by(payment.bill_id).order_by(func.min(payment.id)))
    return {bill: int(amount) for bill, amount in rows}


class Paying(NamedTuple):
    """A receipt that may be spent: what is left of it, and of what it paid on what.

    That is the id of a bill, LATE_FEE, the address of a payment that paid no bill, or None, a prepayment.
    """

    number: str
    left: int
    paid: int
    on: int | str | None = None


def standing_for(papers: Papers, lines: Iterable[Paper]) -> list[Paying]:
    """Return the receipts by which the money of these lines was paid, locked.

    Whoever posts asks before the accounts are locked, as whoever pays against a receipt does.
    """
    line_papers = list(lines)
    receipts = _paying({paper.bill_id for paper in line_papers if paper.bill_id and paper.money == "charge"})
    if any(paper.money == LATE_FEE for paper in line_papers):
        receipts += [receipt._replace(on=LATE_FEE) for receipt in _holding(papers.subscription_id, LATE_FEE)]
    payment_addresses = {paper.address for paper in line_papers if paper.address.startswith(PAYMENT)}
    if payment_addresses:
        rest = _holding(papers.subscription_id, "charge")
        paid_no_bill = [receipt._replace(on=f"{PAYMENT}{receipt.number}") for receipt in rest]
        receipts += [receipt for receipt in paid_no_bill if receipt.on in payment_addresses]
    return receipts


def _paying(bill_ids: Collection[int]) -> list[Paying]:
    payment, receipt = BillPayment, ReceiptRow
    query = (
        select(receipt.number, receipt.amount - receipt.refunded, payment.amount, payment.bill_id)
        .join(receipt, receipt.number == payment.receipt_number)
        .where(payment.bill_id.in_(bill_ids))
        .order_by(payment.id)
    )
    return [Paying(*row) for row in session().execute(query.with_for_update(of=receipt))]


def prepaying(subscription_id: int, lines: Iterable[Paper] = ()) -> list[Paying]:
    """Return the receipts of prepayments of which something is left, those of these lines first, then the oldest, locked."""
    addresses = {paper.address for paper in lines}
    receipts = _holding(subscription_id, "prepayment")
    return sorted(receipts, key=lambda receipt: f"{PAYMENT}{receipt.number}" not in addresses)


def _holding(subscription_id: int, kind: str) -> list[Paying]:
    """Return the receipts of a kind of which something is left, the oldest first, locked."""
    receipt = ReceiptRow
    remaining = receipt.amount - receipt.refunded
    query = select(receipt.number, remaining, remaining).where(
        receipt.subscription_id == subscription_id, receipt.kind == kind, remaining > 0
    )
    ordered = query.order_by(receipt.issued_at, receipt.number).with_for_update()
    return [Paying(*row) for row in session().execute(ordered)]


def spend(receipts: Sequence[Paying], back: Mapping[int | str | None, int]) -> None:
    """Mark receipts as spent by what was given back, by what they paid, in another way than cash against them.

    Of a bill whose payments left receipts no more goes back than these still hold. Refused: exceeds_disputed.
    """
    rest, shares = dict(back), dict[str, int]()
    for receipt in receipts:
        share = max(0, min(rest.get(receipt.on, 0), receipt.left - shares.get(receipt.number, 0), receipt.paid))
        rest[receipt.on] = rest.get(receipt.on, 0) - share
        shares[receipt.number] = shares.get(receipt.number, 0) + share
    _check_held(receipts, back, rest)
    for number, amount in shares.items():
        if amount:
            more = update(ReceiptRow).where(ReceiptRow.number == number)
            session().execute(more.values(refunded=ReceiptRow.refunded + amount))


def _check_held(
    receipts: Sequence[Paying], back: Mapping[int | str | None, int], beyond: Mapping[int | str | None, int]
) -> None:
    """Check that what no receipt holds any longer is of payments that left none. Errors: Refused(exceeds_disputed)."""
    receipted = {receipt.on for receipt in receipts if isinstance(receipt.on, int)}
    without = _paid(list(receipted), receipt=False)
    for bill in receipted:
        if beyond.get(bill, 0) > without.get(bill, 0):
            possible = back[bill] - beyond[bill] + without.get(bill, 0)
            raise Refused(reason="exceeds_disputed", amount=back[bill], disputed=possible)


def reopen(papers: Papers, amount: int) -> None:
    """Take back the latest payments without a receipt that paid bills of a number, as far as arrears stand open again."""
    payment = BillPayment
    query = select(payment).where(payment.bill_id.in_(papers.bills), payment.receipt_number.is_(None))
    for row in session().scalars(query.order_by(payment.id.desc())) if amount else ():
        share = min(amount, row.amount)
        amount -= share
        session().execute(update(Bill).where(Bill.id == row.bill_id).values(state=BillState.OPEN))
        if share == row.amount:
            session().delete(row)
        else:
            row.amount -= share
        if not amount:
            break
    session().flush()


def close_paid(subscription_id: int) -> None:
    """Close every bill of the subscription once nothing is due and nothing on hold."""
    balances = ledger.balances(subscription_id)
    if balances.get("receivable", 0) + balances.get("hold", 0) <= 0:
        opened = update(Bill).where(Bill.subscription_id == subscription_id, Bill.state == BillState.OPEN)
        session().execute(opened.values(state=BillState.PAID))
