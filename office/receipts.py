"""Receipts and replacements that the counter prints: the original once, any later print as a marked duplicate (补打), each written down with who and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

import engine
from engine import Actor
from models.base import session, transaction
from models.billing import JournalEntry
from models.billing import Receipt as ReceiptRow
from models.receipt_print import PRINT_REASONS, ReceiptPrint
from office import intake
from service_tasks.gateway import Receipt, gateway

REASONS = PRINT_REASONS[1:]
COUNTER_PAYMENT = "counter_payment"


class UnknownReceipt(engine.NotFound):
    """There is no receipt of this number."""


class NoReasonForCopy(engine.Invalid):
    """A receipt that was printed before is printed again for a reason."""


class ReceiptGivenBack(engine.Conflict):
    """The receipt has been taken back, replaced or spent, so nobody gets another of it."""


class NotOfPaper(engine.Conflict):
    """An electronic invoice is not printed at the counter."""


@dataclass(frozen=True)
class Printed:
    """A print that may now be handed out: the receipt as it is, and which print of it this is."""

    receipt: Receipt
    print: ReceiptPrint


def print_out(number: str, *, reason: str, by: Actor, at: datetime) -> Printed:
    """Write down that a receipt is printed: the first print is the original, every later one a duplicate for `reason`, one of REASONS.

    Errors: NotAtACounter, UnknownReceipt, NotOfPaper, ReceiptGivenBack, NoReasonForCopy.
    """
    if not by.groups & intake.COUNTERS:
        raise intake.NotAtACounter
    with transaction():
        receipt = _locked(number)
        if receipt.medium == "electronic":
            raise NotOfPaper(receipt=number)
        if not receipt.is_current or receipt.left <= 0 or number in gateway().custody(receipt.subscription_id).in_hand:
            raise ReceiptGivenBack(receipt=number)
        copy = next_copies([receipt], prints_of([number]))[number]
        if copy and reason not in REASONS:
            raise NoReasonForCopy(receipt=number)
        row = ReceiptPrint(receipt_number=number, copy=copy, at=at, by=by.user, reason=reason if copy else "")
        session().add(row)
        session().flush()
        return Printed(receipt, row)


def _locked(number: str) -> Receipt:
    """Return the paper of exactly this number, the receipt of its payment being locked. Errors: UnknownReceipt."""
    receipt = gateway().receipt(number)
    if receipt is not None:
        session().get(ReceiptRow, receipt.original, with_for_update=True, populate_existing=True)
        receipt = gateway().receipt(number)
    if receipt is None or receipt.number != number:
        raise UnknownReceipt(receipt=number)
    return receipt


def next_copies(issued: Collection[Receipt], prints: Mapping[str, Sequence[ReceiptPrint]]) -> dict[str, int]:
    """Return which print the next one of each receipt is, by number.

    Of a receipt that was given out before this office printed any the customer has the original already; a replacement is always ours.
    """
    instants = {receipt.issued_at for receipt in issued if receipt.number == receipt.original}
    memos_of_payments = select(JournalEntry.memo).where(
        JournalEntry.at.in_(instants), JournalEntry.kind == COUNTER_PAYMENT
    )
    numbers_of_ours = {receipt.number for receipt in issued if receipt.number != receipt.original}
    if instants:
        numbers_of_ours |= {number for memo in session().scalars(memos_of_payments) for number in memo.split()}
    return {
        receipt.number: prints[receipt.number][-1].copy + 1
        if prints.get(receipt.number)
        else int(receipt.number not in numbers_of_ours)
        for receipt in issued
    }


def prints_of(numbers: Collection[str]) -> dict[str, list[ReceiptPrint]]:
    """Return the prints of receipts by number, the original first; a receipt that was never printed here is left out."""
    query = select(ReceiptPrint).where(ReceiptPrint.receipt_number.in_(numbers))
    prints: dict[str, list[ReceiptPrint]] = {}
    for row in session().scalars(query.order_by(ReceiptPrint.receipt_number, ReceiptPrint.copy)):
        prints.setdefault(row.receipt_number, []).append(row)
    return prints
