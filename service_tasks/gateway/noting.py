"""What is given without naming lines, kept beside the bill or the payment it is known to be of, so that no other channel gives the same money again."""

from __future__ import annotations

from sqlalchemy import select

from models.base import session
from models.lines import ClaimState, DisputedLine, LineClaim
from service_tasks.gateway import claims, ledger, payments
from service_tasks.gateway.giving import proportion
from service_tasks.gateway.lines import BROUGHT, Paper, Papers, late_fees
from service_tasks.gateway.values import Effect, Entry


def charge(papers: Papers, amount: int, state: ClaimState, effect: Effect, entry: Entry) -> None:
    """Note that it is given of the one bill on which something is owed; where several are, nobody knows of which."""
    due = [bill for bill, debt in payments.owed(papers).items() if debt] if not entry.repeated else []
    if len(due) == 1:
        claims.note(papers, _bill(papers, due[0]), amount, state, effect, entry)


def receipt(papers: Papers, number: str, kind: str, whole: int, amount: int, effect: Effect, entry: Entry) -> None:
    """Note that it is given of the bills that a receipt paid, in their order, and of the payment itself where it paid none; of a late fee, the oldest first."""
    if kind == "late_fee":
        _late_fee(papers, amount, effect, entry)
    for bill, payment in payments.paid_by(number).items() if kind == "charge" else ():
        share = min(amount, payment)
        amount -= share
        whole -= payment
        if share:
            claims.note(papers, _bill(papers, bill), share, ClaimState.REFUNDED, effect, entry)
    if amount and whole > 0 and kind != "late_fee":
        address = "deposit" if kind == "deposit" else "payment"
        paper = Paper(address=f"{address}:{number}", amount=whole, money=kind)
        claims.note(papers, paper, min(amount, whole), ClaimState.REFUNDED, effect, entry)


def _late_fee(papers: Papers, amount: int, effect: Effect, entry: Entry) -> None:
    for period, fee in sorted(late_fees(papers).items(), key=lambda pair: (pair[0] != BROUGHT, pair[0])):
        if amount:
            paper = Paper(address=f"late-fee:{period}", amount=fee, money="late_fee")
            amount -= claims.note(papers, paper, min(amount, fee), ClaimState.REFUNDED, effect, entry)


def _bill(papers: Papers, bill_id: int) -> Paper:
    bill = papers.bills[bill_id]
    return Paper(address=bill.address, amount=bill.total, money="charge", bill_id=bill_id)


def late_fee_of(subscription_id: int, entry_id: int) -> list[tuple[Paper, int]]:
    """Return the late fee that falls with what a hold was placed for, line by line; none for a hold of no line."""
    line = DisputedLine
    query = select(line.address, LineClaim.amount, line.component).join(line, line.id == LineClaim.line_id)
    rows = session().execute(query.where(LineClaim.entry_id == entry_id, LineClaim.state == ClaimState.HELD)).all()
    if not rows or all(row.address.startswith("bill:") for row in rows):
        return []
    papers = Papers.of(subscription_id)
    papers_by_address = papers.find({row.address for row in rows})
    falls: dict[int, int] = {}
    for row in rows:
        bill = papers_by_address[row.address][0].bill_id
        if bill:
            falls[bill] = falls.get(bill, 0) + row.amount
    due = payments.owed(papers)
    due = {bill: debt + falls.get(bill, 0) for bill, debt in due.items()}
    balances = ledger.balances(subscription_id, lock=True)
    return proportion(papers, falls, due, balances.get("late_fee", 0))
