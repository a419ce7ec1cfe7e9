"""Receipts of a number with what became of them: replaced, reversed, in the office's file; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, func, literal, or_, select

from engine import language
from models.base import session
from models.billing import JournalEntry, Refund
from models.billing import Receipt as ReceiptRow
from models.receipt_exchange import ReceiptExchange
from service_tasks.gateway import ledger
from service_tasks.gateway.values import Receipt, RedInvoice

COUNTER_PAYMENT = "counter_payment"


class Custody(NamedTuple):
    """Which receipts of a number are not asked for at the counter: those in its file, and those that are electronic."""

    in_hand: list[str]
    electronic: list[str]


def receipt(number: str) -> Receipt | None:
    """Return the receipt or replacement of that number, however its letters and blanks are written; a red invoice is none."""
    names = spellings(number)
    of_replacement = select(ReceiptExchange.receipt_number).where(ReceiptExchange.number.in_(names))
    rows = _rows(or_(ReceiptRow.number.in_(names), ReceiptRow.number.in_(of_replacement)))
    return next((value for value in _values(rows) if value.number in names), None)


def spellings(number: str) -> set[str]:
    """Return what a paper of ours may be kept under when somebody types its number."""
    return {number, language.written.code(number), language.written.paper(number)}


def receipts(subscription_id: int) -> list[Receipt]:
    """Return all receipts of a subscription with their replacements, newest first; one statement."""
    values = list(_values(_rows(ReceiptRow.subscription_id == subscription_id)))
    return sorted(values, key=lambda value: (value.issued_at, value.number), reverse=True)


def custody(subscription_id: int) -> Custody:
    """Return which receipts are not asked for: taken back for cash with no other given for them, also where that cash is owed back since, and electronic ones.

    Whoever hands the cash back gets the receipt back with it.
    """
    row, against = ReceiptRow, Refund
    refunds = select(against.number).where(against.receipt_number == row.number, against.method == "cash")
    lies_here = refunds.where(~ledger.handed_back(against.entry_id)).exists()
    query = select(row.number, row.medium).where(row.subscription_id == subscription_id)
    query = query.where(or_(row.medium == "electronic", lies_here & replacement_of(row.number).is_(None)))
    rows = session().execute(query.order_by(row.number)).all()
    return Custody(
        [number for number, medium in rows if medium == "paper"],
        [number for number, medium in rows if medium == "electronic"],
    )


def of_debt() -> ColumnElement[bool]:
    """Return in SQL that the counter took the money of a receipt for what was owed: all of it paid bills, or cash that was given wrongly, and none was paid too much."""
    pattern, entry = literal("% ") + ReceiptRow.number + " %", JournalEntry
    is_named = (literal(" ") + entry.memo + " ").like(pattern)
    entries = select(entry.id).where(entry.kind == COUNTER_PAYMENT, entry.at == ReceiptRow.issued_at, is_named)
    return (ReceiptRow.kind == "charge") & entries.exists()


def replacement_of(number: ColumnElement[str] | Any) -> ScalarSelect[str]:
    """Return in SQL the replacement that the customer has in the place of a receipt; null while there is none."""
    row = ReceiptExchange
    standing = select(row.number).where(
        row.receipt_number == number, row.kind == "replacement", row.voided_by.is_(None)
    )
    return standing.order_by(row.entry_id.desc()).limit(1).scalar_subquery()


def still_out(number: ColumnElement[str] | Any) -> ScalarSelect[int]:
    """Return in SQL the cash paid against a receipt that was taken back and has not come back: who got it owes it, and holds no paper over it; in fen."""
    cash = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.receipt_number == number, Refund.method == "cash"
    )
    out = cash.where(ledger.taken_back(Refund.entry_id), ~ledger.handed_back(Refund.entry_id))
    return out.scalar_subquery()


def _rows(condition: ColumnElement[bool]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return receipts, each as often as papers came of it, the newest of these first."""
    query: Select[*tuple[Any, ...]] = select(ReceiptRow, ReceiptExchange, _owed()).where(condition)
    query = query.outerjoin(ReceiptExchange, ReceiptExchange.receipt_number == ReceiptRow.number)
    ordered = query.order_by(ReceiptRow.issued_at.desc(), ReceiptRow.number, ReceiptExchange.entry_id.desc())
    return session().execute(ordered.execution_options(populate_existing=True)).all()


def _owed() -> ScalarSelect[int]:
    return still_out(ReceiptRow.number)


def _values(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[Receipt]:
    for original, group in groupby(rows, key=lambda row: row[0]):
        papers = list(group)
        exchanges = [row[1] for row in papers if row[1] is not None]
        yield from _of_payment(original, exchanges, int(papers[0][2]))


def _of_payment(original: ReceiptRow, exchanges: Sequence[ReceiptExchange], out: int) -> Iterator[Receipt]:
    """Return the receipt of a payment and its replacements."""
    replacements = [row for row in exchanges if row.kind == "replacement"]
    standing = next((row.number for row in replacements if row.voided_by is None), original.number)
    remaining = original.amount - original.refunded
    fields: dict[str, Any] = {"subscription_id": original.subscription_id, "kind": original.kind}
    fields |= {"medium": original.medium, "original": original.number, "current": standing, "owed": out}
    yield Receipt(
        number=original.number,
        amount=original.amount,
        refunded=original.refunded,
        left=remaining if standing == original.number else 0,
        issued_at=original.issued_at,
        red_invoices=tuple(_red(row) for row in exchanges if row.kind == "red_invoice"),
        **fields,
    )
    for row in replacements:
        refunded, holds = max(0, row.amount - remaining), remaining if row.number == standing else 0
        yield Receipt(number=row.number, amount=row.amount, refunded=refunded, left=holds, issued_at=row.at, **fields)


def _red(row: ReceiptExchange) -> RedInvoice:
    return RedInvoice(row.number, row.replaces, row.amount, row.at, row.case_number, row.voided_by is not None)
