"""What changes what a customer owes: credits, late fees and their waivers. Charge holds are `holds`, the month-end run is `repricing`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from models.base import session
from models.billing import Bill, BillState, ChargeHold, CreditNote, HoldState, LateFeeAccrual, LateFeeWaiver
from models.lines import ClaimState
from service_tasks import dates
from service_tasks.gateway import claims, documents, ledger, noting, payments
from service_tasks.gateway.giving import Split, split
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.values import Account, Document, Effect, Line, LinePart

ADJUSTMENT = Account("adjustment")
REVENUE = Account("revenue")
OWED = {"charge": "receivable", "late_fee": "late_fee"}
LATE_FEE_PER_MILLE_A_DAY = 3


def credit(
    subscription_id: int,
    amount: int,
    kind: str,
    effect: Effect,
    *,
    form: dict[str, Any] | None = None,
    lines: Sequence[LinePart] = (),
    target: int | None = None,
) -> Document:
    """Credit against what is owed; kind "charge" or "late_fee". Refused: exceeds_bill, exceeds_late_fee.

    Of `lines`, which make up the amount, what is owed falls first and the rest is a credit on the next bill, of the subscription `target` (id) where
    one is named; of a prepaid number it goes to the prepayment. Refused: line_unknown, line_taken, line_unfit.
    """
    if (earlier := ledger.entered(effect.key)) is not None and lines:
        return documents.of_entry(CreditNote, earlier)
    papers = Papers.of(subscription_id)
    columns = {"subscription_id": subscription_id, "kind": kind, "amount": amount}
    if not lines:
        line = Line(ADJUSTMENT, Account(OWED[kind], subscription_id), amount)
        entry = ledger.post(effect, f"{kind}_credit", [line], floor={"receivable"})
        if kind == "charge":
            noting.charge(papers, amount, ClaimState.CREDITED, effect, entry)
        payments.close_paid(subscription_id)
        return documents.issue(CreditNote, entry, effect, form=form or {}, **columns)
    entry, sharing = _credit_lines(papers, lines, kind, amount, effect, target or subscription_id)
    return documents.issue(CreditNote, entry, effect, form={**(form or {}), **sharing}, **columns)


def _credit_lines(
    papers: Papers, lines: Sequence[LinePart], kind: str, amount: int, effect: Effect, target: int
) -> tuple[ledger.Entry, dict[str, Any]]:
    """Post the credit of picked lines; its entry, and how it was shared out, fen and the account of what did not fall."""
    picks = claims.fitting(papers, lines, kind, amount)
    receipts = payments.standing_for(papers, (paper for paper, *_ in picks))
    division = split(papers, picks)
    fall = division.fallen + division.late_fee_owed
    into = "prepayment" if any(paper.money == "prepayment" for paper, *_ in division.asked) else "receivable"
    postings = [
        Line(ADJUSTMENT, Account(OWED[kind], papers.subscription_id), fall),
        Line(ADJUSTMENT, Account(into, target), amount - fall),
        Line(ADJUSTMENT, Account("late_fee", papers.subscription_id), division.with_it),
    ]
    entry = ledger.post(effect, f"{kind}_credit", [line for line in postings if line.amount])
    claims.give(papers, lines, division.settled(ClaimState.CREDITED), effect, entry)
    payments.spend(receipts, division.paid_back)
    payments.close_paid(papers.subscription_id)
    return entry, {"fallen": fall, "late_fee": division.with_it, "into": into}


def waive_late_fee(
    subscription_id: int,
    amount: int,
    effect: Effect,
    *,
    form: dict[str, Any] | None = None,
    lines: Sequence[LinePart] = (),
) -> Document:
    """Give up a late fee, that of `lines` where they are named; what of these is paid already is a credit on the next bill.

    Refused: exceeds_late_fee, line_unknown, line_taken, line_unfit.
    """
    if (earlier := ledger.entered(effect.key)) is not None and lines:
        return documents.of_entry(LateFeeWaiver, earlier)
    papers = Papers.of(subscription_id)
    picks = claims.fitting(papers, lines, "late_fee", amount) if lines else []
    receipts = payments.standing_for(papers, (paper for paper, *_ in picks))
    division = split(papers, picks) if lines else Split(papers, picks)
    late_fee = division.late_fee_owed if lines else amount
    postings = [
        Line(ADJUSTMENT, Account("late_fee", subscription_id), late_fee),
        Line(ADJUSTMENT, Account("receivable", subscription_id), amount - late_fee),
    ]
    entry = ledger.post(effect, "late_fee_waiver", [line for line in postings if line.amount])
    claims.give(papers, lines, [(ClaimState.CREDITED, picks)], effect, entry)
    payments.spend(receipts, division.paid_back)
    columns = {"subscription_id": subscription_id, "amount": amount}
    shared = {"fallen": late_fee, "into": "receivable"} if late_fee < amount else {}
    return documents.issue(LateFeeWaiver, entry, effect, form={**(form or {}), **shared}, **columns)


def accrue_late_fee(bill_id: int, on: date, effect: Effect) -> int:
    """Draw the late fee of one day (3 per mille of what is overdue, rounded down); what is on hold draws none.

    Returns: the fen drawn; 0 when nothing is overdue, or the day was drawn before.
    """
    bill = session().get_one(Bill, bill_id)
    base = ledger.balances(bill.subscription_id, lock=True).get("receivable", 0) - _held_on(bill.subscription_id, on)
    amount = base * LATE_FEE_PER_MILLE_A_DAY // 1000
    accrual = select(LateFeeAccrual.id).where(LateFeeAccrual.bill_id == bill_id, LateFeeAccrual.accrued_on == on)
    if bill.state == BillState.PAID or on <= bill.due_on or amount <= 0 or session().scalar(accrual) is not None:
        return 0
    line = Line(Account("late_fee", bill.subscription_id), REVENUE, amount)
    entry = ledger.post(effect, "late_fee", [line], memo=f"{bill.period} {on.isoformat()}")
    row = {"bill_id": bill_id, "accrued_on": on, "base": base, "amount": amount, "entry_id": entry.id}
    session().execute(insert(LateFeeAccrual), row)
    return amount


def _held_on(subscription_id: int, on: date) -> int:
    """Return what was on hold on a day and is due again by now: no late fee for that time."""
    row = ChargeHold
    lifted = select(row.amount, row.placed_at, row.settled_at).where(
        row.subscription_id == subscription_id, row.state == HoldState.REJECTED
    )
    return sum(
        amount
        for amount, placed_at, settled_at in session().execute(lifted)
        if settled_at is not None and dates.day_of(placed_at) <= on <= dates.day_of(settled_at)
    )
