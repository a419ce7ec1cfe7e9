"""What changes what a customer owes: credits, late fees and their waivers, and charge holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from models.base import session
from models.billing import Bill, ChargeHold, CreditNote, LateFeeAccrual, LateFeeWaiver
from service_tasks.gateway import claims, documents, ledger, noting, payments
from service_tasks.gateway.giving import split
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.values import Account, Document, Effect, Hold, Line, LinePart, Refused

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
            noting.charge(papers, amount, "credited", effect, entry)
        close_paid_bills(subscription_id)
        return documents.issue(CreditNote, entry, effect, form=form or {}, **columns)
    entry, told = _credit_lines(papers, lines, kind, amount, effect, target or subscription_id)
    return documents.issue(CreditNote, entry, effect, form={**(form or {}), **told}, **columns)


def _credit_lines(
    papers: Papers, lines: Sequence[LinePart], kind: str, amount: int, effect: Effect, target: int
) -> tuple[ledger.Entry, dict[str, Any]]:
    """Post the credit of picked lines; its entry, and how it was shared out, fen and the account of what did not fall."""
    asked = claims.fitting(papers, lines, kind, amount)
    receipts = payments.paying(paper.bill_id for paper, *_ in asked if paper.bill_id)
    found = split(papers, asked)
    fallen = found.fallen + found.late_fee_owed
    into = "prepayment" if any(paper.money == "prepayment" for paper, *_ in found.asked) else "receivable"
    moved = [
        Line(ADJUSTMENT, Account(OWED[kind], papers.subscription_id), fallen),
        Line(ADJUSTMENT, Account(into, target), amount - fallen),
        Line(ADJUSTMENT, Account("late_fee", papers.subscription_id), found.with_it),
    ]
    entry = ledger.post(effect, f"{kind}_credit", [line for line in moved if line.amount])
    for state, parts in found.settled("credited"):
        claims.settle(papers, parts, state, effect, entry)
    payments.spend(receipts, found.back)
    close_paid_bills(papers.subscription_id)
    return entry, {"fallen": fallen, "late_fee": found.with_it, "into": into}


def waive_late_fee(
    subscription_id: int, amount: int, effect: Effect, *, form: dict[str, Any] | None = None
) -> Document:
    """Give up a late fee. Refused: exceeds_late_fee."""
    line = Line(ADJUSTMENT, Account("late_fee", subscription_id), amount)
    entry = ledger.post(effect, "late_fee_waiver", [line])
    columns = {"subscription_id": subscription_id, "amount": amount}
    return documents.issue(LateFeeWaiver, entry, effect, form=form or {}, **columns)


def accrue_late_fee(bill_id: int, on: date, effect: Effect) -> int:
    """Draw the late fee of one day (3 per mille of what is overdue, rounded down); what is on hold draws none.

    Returns: the fen drawn; 0 when nothing is overdue, or the day was drawn before.
    """
    bill = session().get_one(Bill, bill_id)
    base = ledger.balances(bill.subscription_id, lock=True).get("receivable", 0)
    amount = base * LATE_FEE_PER_MILLE_A_DAY // 1000
    drawn = select(LateFeeAccrual.id).where(LateFeeAccrual.bill_id == bill_id, LateFeeAccrual.accrued_on == on)
    if bill.state == "paid" or on <= bill.due_on or amount <= 0 or session().scalar(drawn) is not None:
        return 0
    line = Line(Account("late_fee", bill.subscription_id), REVENUE, amount)
    entry = ledger.post(effect, "late_fee", [line], memo=f"{bill.period} {on.isoformat()}")
    row = {"bill_id": bill_id, "accrued_on": on, "base": base, "amount": amount, "entry_id": entry.id}
    session().execute(insert(LateFeeAccrual), row)
    return amount


def place_hold(
    subscription_id: int, amount: int, settle_on: date, effect: Effect, *, lines: Sequence[LinePart] = ()
) -> Hold:
    """Park a disputed amount of the bill. Refused: exceeds_bill; with `lines`, line_unknown, line_taken, line_unfit."""
    if lines and (earlier := ledger.entered(effect.key)) is not None:
        return _placed(earlier)
    papers = Papers.of(subscription_id)
    asked = claims.fitting(papers, lines, "charge", amount) if lines else []
    if asked and (owed := split(papers, asked).fallen) < amount:
        raise Refused(reason="exceeds_bill", balance=owed, amount=amount)
    line = Line(Account("hold", subscription_id), Account("receivable", subscription_id), amount)
    entry = ledger.post(effect, "charge_hold", [line], floor={"receivable"})
    if entry.repeated:
        return _placed(entry.id)
    if asked:
        claims.settle(papers, asked, "held", effect, entry)
    else:
        noting.charge(papers, amount, "held", effect, entry)
    row = ChargeHold(
        subscription_id=subscription_id,
        case_number=effect.case,
        amount=amount,
        state="held",
        placed_at=effect.at,
        settle_on=settle_on,
        entry_id=entry.id,
    )
    session().add(row)
    session().flush()
    return _hold(row)


def _placed(entry_id: int) -> Hold:
    return _hold(session().scalars(select(ChargeHold).where(ChargeHold.entry_id == entry_id)).one())


def settle_hold(hold_id: int, decision: str, effect: Effect) -> Hold:
    """Settle a hold as "credited", with the late fee that falls with it, or "rejected". Refused: hold_unknown, hold_settled."""
    row = session().get(ChargeHold, hold_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused(reason="hold_unknown", hold=hold_id)
    if row.state != "held":
        if row.state == decision and (earlier := ledger.entered(effect.key)) is not None:
            return _hold(row, late_fee=ledger.posted(earlier, "late_fee"))
        raise Refused(reason="hold_settled", hold=hold_id, state=row.state)
    late = noting.late_fee_of(row.subscription_id, row.entry_id) if decision == "credited" else []
    into = {"credited": ADJUSTMENT, "rejected": Account("receivable", row.subscription_id)}[decision]
    with_it = sum(amount for _, amount in late)
    moved = [
        Line(into, Account("hold", row.subscription_id), row.amount),
        Line(ADJUSTMENT, Account("late_fee", row.subscription_id), with_it),
    ]
    entry = ledger.post(effect, f"charge_hold_{decision}", [line for line in moved if line.amount])
    claims.resettle(row.entry_id, "credited" if decision == "credited" else None, effect, entry)
    if late:
        papers = Papers.of(row.subscription_id)
        claims.settle(papers, [(paper, amount, "") for paper, amount in late], "credited", effect, entry)
    row.state, row.settled_at = decision, effect.at
    session().flush()
    close_paid_bills(row.subscription_id)
    return _hold(row, late_fee=with_it)


def close_paid_bills(subscription_id: int) -> None:
    """Nothing due and nothing on hold: no bill of the subscription is open any longer."""
    left = ledger.balances(subscription_id)
    if left.get("receivable", 0) + left.get("hold", 0) <= 0:
        opened = update(Bill).where(Bill.subscription_id == subscription_id, Bill.state == "open")
        session().execute(opened.values(state="paid"))


def _hold(row: ChargeHold, *, late_fee: int = 0) -> Hold:
    return Hold(row.id, row.subscription_id, row.amount, row.state, row.settle_on, late_fee)
