"""Taking back what was wrongly given, and what a case that is withdrawn has under way: holds and corrections of a run. Who may is not decided here.

The entry goes the other way and what is left of its lines grows again; the papers that stand on it are restored in `restoring`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, delete, func, literal, or_, select
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import (
    ChargeHold,
    CorrectionState,
    HoldState,
    JournalEntry,
    LedgerAccount,
    Posting,
    Refund,
    SecondaryPricingItem,
)
from models.lines import ClaimState, DisputedLine, LineClaim
from service_tasks.gateway import claims, exchanges, ledger, payments, restoring
from service_tasks.gateway.adjustments import BY_STAFF, MARK, DueAgain, Given
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.pricing_run import PricingItem
from service_tasks.gateway.values import Account, Effect, Entry, Hold, Line, Refused

GIVES_NOTHING = frozenset(
    {MARK, "charge_hold", "charge_hold_rejected", "charge_hold_withdrawn", "late_fee", "counter_payment"}
)
TAKEN_BACK_FROM = {"hold": "receivable"}  # a hold is over once it is settled: what it was for is due
LEAVES = ("cash", "prepayment")
OWED = "receivable"
ADJUSTMENT = Account("adjustment")


def given(case_number: str) -> list[Given]:
    """Return what a case gave and nobody has taken back, the oldest first."""
    return _given(JournalEntry.case_number == case_number)


def given_between(since: datetime, upto: datetime) -> list[Given]:
    """Return what all cases gave from `since` and before `upto` and nobody had taken back by then, the oldest first."""
    of = JournalEntry.case_number.is_not(None), JournalEntry.at >= since, JournalEntry.at < upto
    return _given(*of, by=upto)


def _given(*of: Any, by: datetime | None = None) -> list[Given]:
    entry, into = JournalEntry, LedgerAccount
    cash = func.sum(case((into.kind == "cash", Posting.amount), else_=0))
    query = select(entry.id, entry.key, entry.kind, entry.at, ledger.moved(), cash, entry.case_number)
    query = query.join(Posting, Posting.entry_id == entry.id).join(into, into.id == Posting.credit_account_id)
    giving = query.where(*of, entry.kind.not_in(GIVES_NOTHING), ~ledger.taken_back(entry.id, before=by))
    rows = session().execute(giving.group_by(entry.id).order_by(entry.id))
    return [
        Given(id, key, kind, at, int(sum_), int(cash_fen), of or "") for id, key, kind, at, sum_, cash_fen, of in rows
    ]


def is_taken_back(key: Any, case_number: Any) -> ColumnElement[bool]:
    """Tell in SQL whether what a case gave under the key of a call has been taken back, or what was on hold under it is due again.

    What a hold or a run gave stands in another entry than the one of the key: it is taken back once all such entries of the case are.
    """
    entry = aliased(JournalEntry)
    is_back = ledger.taken_back(entry.id)
    of_case = select(entry.id).where(entry.case_number == case_number)
    itself = of_case.where(entry.key == key, is_back)
    due = of_case.join(ChargeHold, ChargeHold.entry_id == entry.id).where(
        entry.key == key, ChargeHold.state == HoldState.REJECTED
    )
    on_hold = of_case.where(entry.key == key, entry.kind == "charge_hold")
    priced = select(SecondaryPricingItem.id).where(SecondaryPricingItem.key == key)
    later = [
        and_(beginning.exists(), _all_back(of_case.where(entry.kind == kind), is_back))
        for beginning, kind in ((on_hold, "charge_hold_credited"), (priced, "secondary_pricing"))
    ]
    return or_(itself.exists(), due.exists(), *later)


def _all_back(entries: Any, is_back: Any) -> ColumnElement[bool]:
    return and_(entries.exists(), ~entries.where(~is_back).exists())


def reverse(entry_id: int, effect: Effect, *, handed_back: bool = False) -> Entry:
    """Enter a journal entry the other way, once; its claims stand as reversed, its papers as they stood before it.

    What left in cash is owed by whoever got it, unless it is `handed_back` at the counter with this; so is what a number that got it has spent.
    Refused: entry_unknown, entry_reversed, cash_not_back (of what staff paid), card_charged, and what the accounts do not allow.
    """
    if (earlier := ledger.entered(effect.key)) is not None:
        return Entry(earlier, effect.key, repeated=True)
    entry = session().get(JournalEntry, entry_id, with_for_update=True)
    if entry is None or entry.kind == MARK:
        raise Refused(reason="entry_unknown", entry=entry_id)
    if entry.kind == BY_STAFF and not handed_back:
        raise Refused(reason="cash_not_back", entry=entry_id)
    memo = f"{MARK} of {entry_id}"
    if session().scalar(select(ledger.taken_back(entry_id))):
        raise Refused(reason="entry_reversed", entry=entry_id)
    before = _posted(entry_id)
    numbers = restoring.receipts(entry, before)
    reversal = ledger.post(effect, MARK, _other_way(entry_id, before, handed_back), memo=memo)
    restoring.papers(entry, before, effect)
    claims.resettle(entry_id, ClaimState.REVERSED, effect, None)
    exchanges.put_right(numbers, entry_id, reversal.id, effect)
    return reversal


def owed_anew(reversal_id: int) -> int:
    """Return what somebody owes since an entry took another back: what had gone in cash, and what of a prepayment was not there any more; in fen."""
    before, back = _posted(_taken_back_by(reversal_id)), _posted(reversal_id)
    outflow = sum(line.amount for line in before if line.credit.kind in LEAVES)
    return outflow - sum(line.amount for line in back if line.debit.kind in LEAVES)


def cash_of_card_out(serial: str) -> int:
    """Return what was paid in cash of a card, was taken back and has not been handed back, in fen: who bears the card still has it."""
    line, claim, reversal = DisputedLine, LineClaim, aliased(JournalEntry)
    query = (
        select(claim.amount, reversal.id)
        .join(line, line.id == claim.line_id)
        .join(reversal, reversal.memo == literal(f"{MARK} of ") + cast(claim.entry_id, String))
        .where(line.address == f"card:{serial}", claim.state == ClaimState.REVERSED, reversal.kind == MARK)
    )
    return sum(min(amount, _cash_owed(reversal_id)) for amount, reversal_id in session().execute(query))


def _cash_owed(reversal_id: int) -> int:
    """Return what had left in cash and did not come back with the entry that took it back."""
    in_cash = sum(line.amount for line in _posted(_taken_back_by(reversal_id)) if line.credit.kind == "cash")
    return min(in_cash, owed_anew(reversal_id))


def _taken_back_by(reversal_id: int) -> int:
    """Return the entry that another one took back."""
    memo = session().scalar(select(JournalEntry.memo).where(JournalEntry.id == reversal_id)) or ""
    return int(memo.removeprefix(f"{MARK} of ") or 0)


def owed_by_bill(entry_id: int) -> dict[tuple[int, str], int]:
    """Return what is owed on each bill of the numbers whose charges an entry credited, in fen, by number (id) and period."""
    due: dict[tuple[int, str], int] = {}
    for owner in sorted(_credited_charges(_posted(entry_id))):
        papers, remaining = Papers.of(owner), max(0, ledger.balances(owner).get(OWED, 0))
        for bill, amount in payments.owed(papers).items():
            due[owner, papers.bills[bill].period] = min(amount, remaining)
            remaining -= min(amount, remaining)
    return due


def due_again(reversal_id: int, owed_before: Mapping[tuple[int, str], int]) -> list[DueAgain]:
    """Return what an entry that took another back asks for again or took away, but for what had left: of `owed_before` on the bills there is more now."""
    before, parts = _posted(_taken_back_by(reversal_id)), list[DueAgain]()
    rest = _credited_charges(before)
    for (owner, period), amount in owed_by_bill(_taken_back_by(reversal_id)).items():
        share = min(amount - owed_before.get((owner, period), 0), rest[owner])
        if share > 0:
            rest[owner] -= share
            parts.append(DueAgain("bill", owner, share, period))
    parts += [DueAgain("next_bill", owner, amount) for owner, amount in rest.items() if amount]
    for line in _posted(reversal_id):
        if line.debit.kind in ("late_fee", "prepayment") and line.debit.subscription_id:
            parts.append(DueAgain(line.debit.kind, line.debit.subscription_id, line.amount))
    return parts


def _credited_charges(lines: Sequence[Line]) -> dict[int, int]:
    """Return the fen by number (id) that the lines of an entry took off what is charged."""
    charges: dict[int, int] = {}
    for line in lines:
        owner = line.credit.subscription_id
        if owner and line.credit.kind in (OWED, "hold"):
            charges[owner] = charges.get(owner, 0) + line.amount
    return charges


def _posted(entry_id: int) -> list[Line]:
    """Return the lines of an entry as they were entered."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(debit.kind, debit.subscription_id, credit.kind, credit.subscription_id, Posting.amount)
        .join(debit, debit.id == Posting.debit_account_id)
        .join(credit, credit.id == Posting.credit_account_id)
    )
    rows = session().execute(query.where(Posting.entry_id == entry_id).order_by(Posting.line))
    return [Line(Account(row[0], row[1]), Account(row[2], row[3]), row[4]) for row in rows]


def _other_way(entry_id: int, before: Sequence[Line], handed_back: bool) -> list[Line]:
    """Return the lines that take an entry back: from where it went, and where nothing of it is left there, from what its number owes."""
    rest: dict[Account, int] = {}
    lines = []
    for line in before:
        into, source = line.credit, line.debit
        there, due = line.amount, into._replace(kind=OWED)
        if into.kind == "prepayment":
            stands = ledger.balances(into.subscription_id or 0, lock=True).get("prepayment", 0)
            there = min(line.amount, rest.setdefault(into, stands))
            rest[into] -= there
        elif into.kind == "cash" and not handed_back:
            there, due = 0, Account(OWED, _paid_to(entry_id, line))
        lines.append(Line(into._replace(kind=TAKEN_BACK_FROM.get(into.kind, into.kind)), source, there))
        lines += _owing(due, source, line.amount - there)
    return [line for line in lines if line.amount]


def _owing(due: Account, source: Account, amount: int) -> list[Line]:
    """Return the lines that put a debt in the place of what is gone; where what it is put back to is that same account, both stand in the books."""
    if due == source:
        return [Line(due, ADJUSTMENT, amount), Line(ADJUSTMENT, source, amount)]
    return [Line(due, source, amount)]


def _paid_to(entry_id: int, line: Line) -> int | None:
    """Return whose number it was on account of which cash was paid."""
    payee = session().scalar(select(Refund.subscription_id).where(Refund.entry_id == entry_id))
    return payee or line.debit.subscription_id


def holds(case_number: str) -> list[Hold]:
    """Return what a case has on hold, locked."""
    row = ChargeHold
    query = select(row).where(row.case_number == case_number, row.state == HoldState.HELD).order_by(row.id)
    rows = session().scalars(query.with_for_update())
    return [Hold(hold.id, hold.subscription_id, hold.amount, hold.state, hold.settle_on) for hold in rows]


def withdraw_corrections(case_number: str) -> list[PricingItem]:
    """Take a case's corrections off the list of a run that has not begun; those taken. Refused: correction_handed_in."""
    row = SecondaryPricingItem
    query = select(row).where(row.case_number == case_number, row.state != CorrectionState.APPLIED).order_by(row.id)
    corrections = list(session().scalars(query.with_for_update()))
    for correction in corrections:
        if correction.state == CorrectionState.HANDED_IN:
            raise Refused(
                reason="correction_handed_in", item=correction.id, amount=correction.amount, period=correction.period
            )
    items = [
        PricingItem(correction.id, correction.subscription_id, correction.period, correction.amount, correction.state)
        for correction in corrections
    ]
    session().execute(delete(row).where(row.id.in_([correction.id for correction in corrections])))
    return items
