"""Receipts that the counter prints: the original once, any later print as a marked duplicate (补打), each written down with who and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

import engine
from engine import Actor
from models.base import session, transaction
from models.billing import JournalEntry, Receipt
from models.receipt_print import PRINT_REASONS, ReceiptPrint
from office import intake
from service_tasks.gateway import gateway

REASONS = PRINT_REASONS[1:]
COUNTER_PAYMENT = "counter_payment"


class UnknownReceipt(engine.NotFound):
    """There is no receipt of this number."""


class NoReasonForCopy(engine.Invalid):
    """A receipt that was printed before is printed again for a reason."""


class ReceiptGivenBack(engine.Conflict):
    """The receipt has been taken back or is spent, so nobody gets another of it."""


@dataclass(frozen=True)
class Printed:
    """A print that may now be handed out: the receipt as it is, and which print of it this is."""

    receipt: Receipt
    print: ReceiptPrint


def print_out(number: str, *, reason: str, by: Actor, at: datetime) -> Printed:
    """Write down that a receipt is printed: the first print is the original, every later one a duplicate for `reason`, one of REASONS.

    Errors: NotAtACounter, UnknownReceipt, ReceiptGivenBack, NoReasonForCopy.
    """
    if not by.groups & intake.COUNTERS:
        raise intake.NotAtACounter
    with transaction():
        receipt = session().get(Receipt, number, with_for_update=True, populate_existing=True)
        if receipt is None:
            raise UnknownReceipt(receipt=number)
        if receipt.refunded >= receipt.amount or number in gateway().receipts_in_hand(receipt.subscription_id):
            raise ReceiptGivenBack(receipt=number)
        copy = next_copies({number: receipt.issued_at}, prints_of([number]))[number]
        if copy and reason not in REASONS:
            raise NoReasonForCopy(receipt=number)
        row = ReceiptPrint(receipt_number=number, copy=copy, at=at, by=by.user, reason=reason if copy else "")
        session().add(row)
        session().flush()
        return Printed(receipt, row)


def next_copies(issued: Mapping[str, datetime], prints: Mapping[str, Sequence[ReceiptPrint]]) -> dict[str, int]:
    """Return which print the next one of each receipt is, by number, from when each was issued.

    Of a receipt that was given out before this office printed any the customer has the original already.
    """
    memos_of_payments = select(JournalEntry.memo).where(
        JournalEntry.at.in_(set(issued.values())), JournalEntry.kind == COUNTER_PAYMENT
    )
    numbers_of_ours = (
        {number for memo in session().scalars(memos_of_payments) for number in memo.split()} if issued else set()
    )
    return {
        number: prints[number][-1].copy + 1 if prints.get(number) else int(number not in numbers_of_ours)
        for number in issued
    }


def prints_of(numbers: Collection[str]) -> dict[str, list[ReceiptPrint]]:
    """Return the prints of receipts by number, the original first; a receipt that was never printed here is left out."""
    query = select(ReceiptPrint).where(ReceiptPrint.receipt_number.in_(numbers))
    prints: dict[str, list[ReceiptPrint]] = {}
    for row in session().scalars(query.order_by(ReceiptPrint.receipt_number, ReceiptPrint.copy)):
        prints.setdefault(row.receipt_number, []).append(row)
    return prints
