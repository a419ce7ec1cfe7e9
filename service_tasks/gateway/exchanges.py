"""What comes of a receipt for cash: taken back, with a replacement over what is left, or reversed by a red invoice; and both put right when the cash comes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select

from models.base import session
from models.billing import JournalEntry, Refund
from models.billing import Receipt as ReceiptRow
from models.receipt_exchange import ReceiptExchange
from service_tasks.gateway import documents, ledger, receipts
from service_tasks.gateway.adjustments import MARK
from service_tasks.gateway.values import Effect, Exchanged, Refused

SERIES = {"replacement": "HJ", "red_invoice": "HC"}


class Presented(NamedTuple):
    """The paper that somebody brings, with what its payment holds (fen); `row` is the receipt of the payment, locked.

    `owed` is cash that was paid against it, was taken back and has not come back: it may be given in another way, but stands on no paper.
    """

    row: ReceiptRow
    number: str
    amount: int
    left: int
    owed: int

    @property
    def payable(self) -> int:
        """What may be paid without naming lines, of which a debt would fall first: on a replacement no more than it stands over."""
        return self.left if self.number == self.row.number else max(0, min(self.amount, self.left - self.owed))


def locked(number: str) -> ReceiptRow:
    """Return the receipt of a payment, locked, by the number of any paper over it. Refused: receipt_unknown."""
    names, row = receipts.spellings(number), ReceiptRow
    of_replacement = select(ReceiptExchange.receipt_number).where(ReceiptExchange.number.in_(names))
    query = select(row).where(or_(row.number.in_(names), row.number.in_(of_replacement))).with_for_update()
    original = session().scalars(query.execution_options(populate_existing=True)).first()
    if original is None:
        raise Refused(reason="receipt_unknown", receipt=number)
    return original


def presented(row: ReceiptRow, number: str) -> Presented:
    """Return the paper of that number over a locked receipt; whoever waited for the lock sees what was given out meanwhile.

    Refused: receipt_unknown, receipt_replaced where it stands no more.
    """
    paper = receipts.receipt(number)
    if paper is None:
        raise Refused(reason="receipt_unknown", receipt=number)
    if not paper.is_current:
        raise Refused(reason="receipt_replaced", receipt=number, replacement=paper.current)
    return Presented(row, paper.number, paper.amount, paper.left, paper.owed)


def after_cash(paper: Presented, cash: int, entry_id: int, effect: Effect) -> Exchanged | None:
    """Give out what comes of the paper against which this cash was paid; None of one of which nothing is left. Once for each entry."""
    if paper.row.medium == "electronic":
        return _issue("red_invoice", paper.row.number, paper.number, cash, entry_id, effect)
    rest = min(paper.amount, paper.left - cash - paper.owed)
    return _issue("replacement", paper.row.number, paper.number, rest, entry_id, effect) if rest > 0 else None


def of_entry(entry_id: int) -> Exchanged | None:
    """Return what came of a receipt by this entry."""
    row = session().scalars(select(ReceiptExchange).where(ReceiptExchange.entry_id == entry_id)).first()
    return None if row is None else Exchanged(row.kind, row.number, row.amount)


def put_right(numbers: Collection[str], entry_id: int, reversal_id: int, effect: Effect) -> None:
    """Let papers say again what these receipts hold, an entry being taken back.

    A red invoice is void once its cash is handed back. A replacement that says less than is held is void, too: the receipt itself stands again where no
    cash against it is out any more, the paper that was taken back for this very cash where that came back, and else another replacement is given out.
    What is owed is held by no paper, so that nothing changes while cash has not come back.
    """
    row = ReceiptExchange
    query = select(row).where(row.receipt_number.in_(numbers), row.voided_by.is_(None)).order_by(row.entry_id.desc())
    exchanges = list(session().scalars(query)) if numbers else []
    for number in sorted({exchange.receipt_number for exchange in exchanges}):
        own = [exchange for exchange in exchanges if exchange.receipt_number == number]
        is_back = bool(session().scalar(select(ledger.handed_back(entry_id))))
        for exchange in own:
            if exchange.kind == "red_invoice" and exchange.entry_id == entry_id and is_back:
                exchange.voided_by = reversal_id
        replacements = [exchange for exchange in own if exchange.kind == "replacement"]
        if replacements:
            _replace(replacements, is_back and replacements[0].entry_id == entry_id, reversal_id, effect)
    session().flush()


def _replace(replacements: Sequence[ReceiptExchange], is_its_cash: bool, reversal_id: int, effect: Effect) -> None:
    """Void the replacement that stands, the first, where it says less than is held; `is_its_cash` came back."""
    standing, *before = replacements
    number = standing.receipt_number
    amount = _held(number)
    if standing.amount >= amount:
        return
    standing.voided_by = reversal_id
    if not _is_cash_out(number):
        for exchange in before:
            exchange.voided_by = reversal_id
    elif not (is_its_cash and before):
        _issue("replacement", number, standing.number, amount, reversal_id, effect)


def voided_by(reversal_id: int) -> list[tuple[str, str]]:
    """Return the papers that an entry voided by taking another back: (kind, number)."""
    row = ReceiptExchange
    query = select(row.kind, row.number).where(row.voided_by == reversal_id).order_by(row.number)
    return [(kind, number) for kind, number in session().execute(query)]


def _held(number: str) -> int:
    """Return what the papers of a payment may say that it holds, in fen: not what somebody owes of it."""
    row = ReceiptRow
    query = select(row.amount - row.refunded - receipts.still_out(row.number)).where(row.number == number)
    return int(session().execute(query).scalar_one())


def _is_cash_out(number: str) -> bool:
    """Tell whether cash was paid against a receipt that has not come back."""
    row, exchange, entry = Refund, ReceiptExchange, JournalEntry
    refunds = select(row.number).where(row.receipt_number == number, row.method == "cash")
    given_out = select(exchange.number).join(entry, entry.id == exchange.entry_id)
    given_out = given_out.where(exchange.receipt_number == number, entry.kind != MARK)
    out = refunds.where(~ledger.handed_back(row.entry_id)).exists()
    return bool(session().scalar(select(or_(out, given_out.where(~ledger.handed_back(exchange.entry_id)).exists()))))


def _issue(kind: str, receipt: str, replaces: str, amount: int, entry_id: int, effect: Effect) -> Exchanged:
    number = documents.next_number(SERIES[kind], effect.at)
    row = ReceiptExchange(
        number=number,
        kind=kind,
        receipt_number=receipt,
        replaces=replaces,
        amount=amount,
        case_number=effect.case,
        at=effect.at,
        entry_id=entry_id,
    )
    session().add(row)
    session().flush()
    return Exchanged(kind, number, amount)
