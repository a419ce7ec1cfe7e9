"""Taking back what was wrongly given, and what a case that is withdrawn has under way: holds and corrections of a run. Who may is not decided here.

The entry goes the other way, what is left of its lines grows again, its bills are open again and their receipts hold again what the credit had
spent of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import String, cast, delete, func, literal, select, update
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import (
    Bill,
    ChargeHold,
    CreditNote,
    JournalEntry,
    LedgerAccount,
    Posting,
    Refund,
    SecondaryPricingItem,
)
from models.billing import Receipt as ReceiptRow
from models.lines import BillPayment
from service_tasks.gateway import claims, ledger, payments
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.values import Account, Effect, Entry, Given, Hold, Line, PricingItem, Refused

MARK = "reversal"
GIVES_NOTHING = frozenset({MARK, "charge_hold", "charge_hold_rejected", "charge_hold_withdrawn", "late_fee"})
TAKEN_BACK_FROM = {"hold": "receivable"}  # a hold is over once it is settled: what it was for is due


def given(case_number: str) -> list[Given]:
    """What a case gave and nobody has taken back, the oldest first."""
    entry, back = JournalEntry, aliased(JournalEntry)
    taken = select(back.id).where(back.kind == MARK, back.memo == _memo(entry.id)).exists()
    query = select(entry.id, entry.key, entry.kind, entry.at, func.sum(Posting.amount)).join(
        Posting, Posting.entry_id == entry.id
    )
    theirs = query.where(entry.case_number == case_number, entry.kind.not_in(GIVES_NOTHING), ~taken)
    return [Given(*row[:4], int(row[4])) for row in session().execute(theirs.group_by(entry.id).order_by(entry.id))]


def _memo(entry_id: Any) -> Any:
    return literal(f"{MARK} of ") + cast(entry_id, String)


def reverse(entry_id: int, effect: Effect) -> Entry:
    """Enter a journal entry the other way, once; its claims stand as reversed.

    Refused: entry_unknown, entry_reversed, and what the accounts do not allow.
    """
    if (earlier := ledger.entered(effect.key)) is not None:
        return Entry(earlier, effect.key, repeated=True)
    entry = session().get(JournalEntry, entry_id, with_for_update=True)
    if entry is None or entry.kind == MARK:
        raise Refused(reason="entry_unknown", entry=entry_id)
    memo = f"{MARK} of {entry_id}"
    if session().scalar(select(JournalEntry.id).where(JournalEntry.kind == MARK, JournalEntry.memo == memo)):
        raise Refused(reason="entry_reversed", entry=entry_id)
    lines = _other_way(entry_id)
    for receipt, amount in _spent(entry, lines):
        held_again = update(ReceiptRow).where(ReceiptRow.number == receipt)
        session().execute(held_again.values(refunded=ReceiptRow.refunded - amount))
    made = ledger.post(effect, MARK, lines, memo=memo)
    claims.resettle(entry_id, "reversed", effect, None)
    for subscription in sorted({one for line in lines for one in (line.debit.subscription_id,) if one}):
        _open_again(subscription)
    return made


def _other_way(entry_id: int) -> list[Line]:
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(debit.kind, debit.subscription_id, credit.kind, credit.subscription_id, Posting.amount)
        .join(debit, debit.id == Posting.debit_account_id)
        .join(credit, credit.id == Posting.credit_account_id)
    )
    rows = session().execute(query.where(Posting.entry_id == entry_id).order_by(Posting.line))
    return [Line(Account(TAKEN_BACK_FROM.get(row[2], row[2]), row[3]), Account(row[0], row[1]), row[4]) for row in rows]


def _spent(entry: JournalEntry, lines: Sequence[Line]) -> list[tuple[str, int]]:
    """What a credit marked as spent of receipts, of them and no more than is spent beside the cash paid against them; the newest first."""
    cash = select(func.coalesce(func.sum(Refund.amount), 0)).where(Refund.receipt_number == ReceiptRow.number)
    more = ReceiptRow.refunded - cash.scalar_subquery()
    query = select(ReceiptRow.number, more).where(more > 0).order_by(ReceiptRow.issued_at.desc(), ReceiptRow.number)
    if entry.kind == "prepayment_transfer":
        source, left = lines[0].credit.subscription_id, lines[0].amount
        query = query.where(ReceiptRow.subscription_id == source, ReceiptRow.kind == "prepayment")
    else:
        bills, left = _bills_of(claims.of_entry(entry.id)), _back(entry, lines)
        paid = select(BillPayment.receipt_number).where(BillPayment.bill_id.in_(bills))
        query = query.where(ReceiptRow.number.in_(paid))
    found = []
    for number, spent in session().execute(query.with_for_update(of=ReceiptRow)) if left else ():
        share = min(left, int(spent))
        left -= share
        if share:
            found.append((number, share))
    return found


def _back(entry: JournalEntry, lines: Sequence[Line]) -> int:
    """What of a credit was money back and not a debt that fell; of a run nobody wrote it down, so that it is at most all of it."""
    if entry.kind == "secondary_pricing":
        return lines[0].amount
    note = session().scalars(select(CreditNote).where(CreditNote.entry_id == entry.id)).first()
    if note is None or note.kind != "charge" or "fallen" not in note.form:
        return 0
    return int(note.amount - note.form["fallen"])


def _bills_of(claimed: Iterable[tuple[int, str]]) -> set[int]:
    """The bills of lines, each given by subscription and address."""
    found: set[int] = set()
    for subscription, addresses in groupby(sorted(claimed), itemgetter(0)):
        lines = Papers.of(subscription).find({address for _, address in addresses})
        found |= {paper.bill_id for those in lines.values() for paper in those if paper.bill_id}
    return found


def _open_again(subscription_id: int) -> None:
    """A bill on which something is owed once more is open."""
    papers = Papers.of(subscription_id)
    owed = [bill for bill, amount in payments.owed(papers).items() if amount]
    if ledger.balances(subscription_id).get("receivable", 0) > 0:
        session().execute(update(Bill).where(Bill.id.in_(owed), Bill.state == "paid").values(state="open"))


def holds(case_number: str) -> list[Hold]:
    """What a case has on hold, locked."""
    row = ChargeHold
    query = select(row).where(row.case_number == case_number, row.state == "held").order_by(row.id)
    found = session().scalars(query.with_for_update())
    return [Hold(one.id, one.subscription_id, one.amount, one.state, one.settle_on) for one in found]


def withdraw_corrections(case_number: str) -> list[PricingItem]:
    """Take a case's corrections off the list of a run that has not begun; those taken. Refused: correction_handed_in."""
    row = SecondaryPricingItem
    query = select(row).where(row.case_number == case_number, row.state != "applied").order_by(row.id)
    found = list(session().scalars(query.with_for_update()))
    for one in found:
        if one.state == "handed_in":
            raise Refused(reason="correction_handed_in", item=one.id, amount=one.amount, period=one.period)
    items = [PricingItem(one.id, one.subscription_id, one.period, one.amount, one.state) for one in found]
    session().execute(delete(row).where(row.id.in_([one.id for one in found])))
    return items
