"""Papers as they stood before an entry that is taken back: receipts, bills, cards, deposits, proofs of a bank. Nothing is posted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, update

from models.base import session
from models.billing import Bill, BillState, CreditNote, JournalEntry, LateFeeWaiver, Refund
from models.billing import Receipt as ReceiptRow
from models.customer import Subscription as SubscriptionRow
from models.lines import BillPayment, DisputedLine, LineClaim
from models.receipt_exchange import ReceiptExchange
from models.usage import BankPayment, CardState, RechargeCard, StockedCard
from service_tasks.gateway import claims, ledger, payments
from service_tasks.gateway.adjustments import BY_STAFF
from service_tasks.gateway.lines import LATE_FEE, PAYMENT, Papers
from service_tasks.gateway.values import Effect, Line, Refused

BANK, MOVE, OUT = "bank_payment_correction", "recharge_move", "prepayment_refund"
PAYS_BILLS = (BANK, MOVE, OUT)  # entries whose receivable is that of payments on bills


def receipts(entry: JournalEntry, before: Sequence[Line]) -> set[str]:
    """Let receipts hold again what was paid against them in this entry, and what it had spent of others; their numbers."""
    receipt_amounts = [*_paid_against(entry, before), *_spent(entry, before)]
    for number, amount in receipt_amounts:
        held_again = update(ReceiptRow).where(ReceiptRow.number == number)
        session().execute(held_again.values(refunded=ReceiptRow.refunded - amount))
    return {number for number, _ in receipt_amounts}


def papers(entry: JournalEntry, before: Sequence[Line], effect: Effect) -> None:
    """Restore what else stands on an entry; its claims still say what it gave. Refused: card_charged."""
    _cards(entry, before)
    _bank_payment(entry)
    _deposit(entry)
    if entry.kind in PAYS_BILLS:
        _bills(before, effect)
    for owner in sorted({id for line in before if (id := line.credit.subscription_id)}):
        _open_again(owner)


def _paid_against(entry: JournalEntry, before: Sequence[Line]) -> list[tuple[str, int]]:
    """Return what was paid in cash against the receipt of this entry; a correction of a bank keeps no paper but the receipt it was paid against."""
    refund = session().scalars(select(Refund).where(Refund.entry_id == entry.id)).first()
    if refund is not None and refund.receipt_number:
        return [(refund.receipt_number, refund.amount)]
    cash = sum(line.amount for line in before if line.credit.kind == "cash")
    if entry.kind != BANK or not cash:
        return []
    of_exchange = select(ReceiptExchange.receipt_number).where(ReceiptExchange.entry_id == entry.id)
    if (number := session().scalar(of_exchange)) is not None:
        return [(number, cash)]
    query = select(ReceiptRow.number).where(ReceiptRow.subscription_id == before[0].debit.subscription_id)
    holding = query.where(ReceiptRow.kind == "charge", ReceiptRow.refunded >= cash).order_by(
        ReceiptRow.issued_at.desc()
    )
    return [(number, cash) for number in session().scalars(holding.limit(1))]


def _spent(entry: JournalEntry, before: Sequence[Line]) -> list[tuple[str, int]]:
    """Return what an entry marked as spent of receipts, of them and no more than is spent beside the cash paid against them; the newest first."""
    cash = select(func.coalesce(func.sum(Refund.amount), 0)).where(Refund.receipt_number == ReceiptRow.number)
    more = ReceiptRow.refunded - cash.where(~ledger.taken_back(Refund.entry_id)).scalar_subquery()
    query = select(ReceiptRow.number, more).where(more > 0).order_by(ReceiptRow.issued_at.desc(), ReceiptRow.number)
    if entry.kind == "prepayment_transfer" or (entry.kind == OUT and not entry.memo):
        source = before[-1].debit.subscription_id
        rest = _own(entry, before)
        query = query.where(ReceiptRow.subscription_id == source, ReceiptRow.kind == "prepayment")
    else:
        rest = _back(entry, before)
        query = query.where(_stands_for(entry) if rest else false())
    shares = []
    for number, spent_fen in session().execute(query.with_for_update(of=ReceiptRow)) if rest else ():
        share = min(rest, int(spent_fen))
        rest -= share
        if share:
            shares.append((number, share))
    return shares


def _stands_for(entry: JournalEntry) -> ColumnElement[bool]:
    """Return the condition of the receipts by which what this entry gave back was paid."""
    claimed = claims.of_entry(entry.id)
    late_fees = {subscription for subscription, address in claimed if address.startswith("late-fee:")}
    if _of_late_fee(entry, claimed):
        return ReceiptRow.subscription_id.in_(late_fees) & (ReceiptRow.kind == LATE_FEE)
    payment_numbers = {address.removeprefix(PAYMENT) for _, address in claimed if address.startswith(PAYMENT)}
    on_bills = select(BillPayment.receipt_number).where(BillPayment.bill_id.in_(_bills_of(claimed)))
    return ReceiptRow.number.in_(on_bills) | ReceiptRow.number.in_(payment_numbers)


def _of_late_fee(entry: JournalEntry, claimed: Iterable[tuple[int, str]]) -> bool:
    """Tell whether it gave a late fee itself, and not one that fell with a charge."""
    if entry.kind == BY_STAFF:
        return all(address.startswith("late-fee:") for _, address in claimed)
    return entry.kind in ("late_fee_credit", "late_fee_waiver")


def _own(entry: JournalEntry, before: Sequence[Line]) -> int:
    """Return what left a prepayment as the number's own, without what lay there of a card."""
    cards = sum(_held_of_cards(entry).values())
    swallowed = sum(line.amount for line in before if line.debit.kind in ("receivable", "late_fee"))
    return sum(line.amount for line in before if line.debit.kind == "prepayment") - max(0, cards - swallowed)


def _held_of_cards(entry: JournalEntry) -> dict[str, int]:
    """Return what an entry gave of cards that lay on a number, by serial number."""
    line, prefix = DisputedLine, "card:"
    query = select(line.address, LineClaim.amount).join(LineClaim, LineClaim.line_id == line.id)
    rows = session().execute(query.where(LineClaim.entry_id == entry.id, line.address.like(f"{prefix}%")))
    return {address.removeprefix(prefix): amount for address, amount in rows}


def _back(entry: JournalEntry, before: Sequence[Line]) -> int:
    """Return what of a credit was money back and not a debt that fell; of a run nobody wrote it down, so that it is at most all of it."""
    if entry.kind in ("secondary_pricing", BY_STAFF):
        return before[0].amount
    if entry.kind == "charge_hold_credited":
        return sum(line.amount for line in before if line.credit.kind == "receivable")
    issued = (
        session().scalars(select(CreditNote).where(CreditNote.entry_id == entry.id)).first(),
        session().scalars(select(LateFeeWaiver).where(LateFeeWaiver.entry_id == entry.id)).first(),
    )
    note = next((paper for paper in issued if paper is not None), None)
    if note is None or "fallen" not in note.form:
        return 0
    return int(note.amount - note.form["fallen"])


def _bills_of(claimed: Iterable[tuple[int, str]]) -> set[int]:
    """Return the bills of lines, each given by subscription and address."""
    bills: set[int] = set()
    for subscription, addresses in groupby(sorted(claimed), itemgetter(0)):
        lines = Papers.of(subscription).find({address for _, address in addresses})
        bills |= {paper.bill_id for line_papers in lines.values() for paper in line_papers if paper.bill_id}
    return bills


def _open_again(subscription_id: int) -> None:
    """Open the bills on which something is owed once more."""
    owing = [bill for bill, amount in payments.owed(Papers.of(subscription_id)).items() if amount]
    if ledger.balances(subscription_id).get("receivable", 0) > 0:
        session().execute(
            update(Bill).where(Bill.id.in_(owing), Bill.state == BillState.PAID).values(state=BillState.OPEN)
        )


def _bills(before: Sequence[Line], effect: Effect) -> None:
    """Have what was opened again of arrears paid again, and a payment that this entry made be none."""
    for line in before:
        if line.debit.kind == "receivable" and line.debit.subscription_id:
            payments.allocate(Papers.of(line.debit.subscription_id), line.amount, effect.at)
            payments.close_paid(line.debit.subscription_id)
        if line.credit.kind == "receivable" and line.credit.subscription_id:
            payments.reopen(Papers.of(line.credit.subscription_id), line.amount)


def _cards(entry: JournalEntry, before: Sequence[Line]) -> None:
    """Put the card that was moved or paid out back in use with what it held, and one issued instead into stock. Refused: card_charged."""
    issued = session().scalars(select(StockedCard).where(StockedCard.entry_id == entry.id)).first()
    if issued is not None:
        _take_back(issued)
    amounts = _held_of_cards(entry)
    suspended = sum(line.amount for line in before if line.debit.kind == "recharge_suspense")
    if entry.kind in (MOVE, OUT) and suspended:
        card = RechargeCard
        of_case = select(card.serial).where(card.case_number == entry.case_number, card.remaining == 0)
        lying = of_case.where(card.charged_subscription_id.is_(None), card.state != CardState.UNUSED)
        amounts |= dict.fromkeys(session().scalars(lying.limit(1)), suspended)
    for serial, amount in amounts.items():
        values: dict[str, Any] = {"state": CardState.USED, "moved_at": None, "moved_to": None, "case_number": None}
        of_it = update(RechargeCard).where(RechargeCard.serial == serial)
        session().execute(of_it.values(remaining=amount, **values))


def _take_back(issued: StockedCard) -> None:
    card = session().get_one(RechargeCard, issued.serial, with_for_update=True, populate_existing=True)
    if card.state != CardState.UNUSED:
        raise Refused(reason="card_charged", card=issued.serial)
    issued.issued_at = issued.issued_by = issued.issued_to = issued.case_number = issued.entry_id = None
    session().flush()


def _bank_payment(entry: JournalEntry) -> None:
    """Let a proof whose correction is taken back be corrected again."""
    if entry.kind == BANK:
        proof = update(BankPayment).where(BankPayment.reference == entry.memo)
        session().execute(proof.values(case_number=None, corrected_at=None))


def _deposit(entry: JournalEntry) -> None:
    """Open a number for deposits that this entry closed for them."""
    if entry.kind == "deposit_refund":
        refund = select(Refund.subscription_id).where(Refund.entry_id == entry.id).scalar_subquery()
        closed = update(SubscriptionRow).where(SubscriptionRow.id == refund)
        session().execute(closed.where(SubscriptionRow.deposits_closed_at == entry.at).values(deposits_closed_at=None))
