"""Money that goes back to a customer: cash against receipts, deposits, prepayments, transfers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from models.base import session
from models.billing import Refund
from models.customer import Subscription as SubscriptionRow
from models.lines import ClaimState
from service_tasks.gateway import cards, claims, documents, exchanges, ledger, noting, payments, stock
from service_tasks.gateway.claims import USED
from service_tasks.gateway.counter import Issued
from service_tasks.gateway.exchanges import Presented
from service_tasks.gateway.giving import Split, split
from service_tasks.gateway.lines import OWN_BALANCE, Papers, wanted
from service_tasks.gateway.values import Account, Document, Effect, Entry, Line, LinePart, Refused

CASH = Account("cash")
ADJUSTMENT = Account("adjustment")
STAFF = Account("staff_receivable")


def transfer(source: int, target: int, amount: int, effect: Effect, *, lines: Sequence[LinePart] = ()) -> Entry:
    """Move prepayment from one subscription to another, both by id; receipts of it are spent by as much. Refused: insufficient_prepayment.

    With `lines`, which make up the amount: line_unknown, line_taken, line_unfit.
    """
    papers = Papers.of(source)
    receipts = payments.prepaying(source, (paper for paper, *_ in wanted(papers, lines)))
    entry = ledger.post(
        effect, "prepayment_transfer", [Line(Account("prepayment", source), Account("prepayment", target), amount)]
    )
    if entry.repeated:
        return entry
    if lines:
        picks = claims.fitting(papers, lines, "prepayment", amount)
        claims.give(papers, lines, [(ClaimState.CREDITED, picks)], effect, entry)
    payments.spend(receipts, {None: amount})
    return entry


def refund_cash(
    receipt_number: str,
    amount: int,
    effect: Effect,
    *,
    form: dict[str, Any] | None = None,
    lines: Sequence[LinePart] = (),
) -> Document:
    """Pay cash against the paper that stands for a payment: a receipt, its replacement, or an electronic invoice. What comes of it stands in the document's form.

    Of `lines`, which make up the amount, what is owed on their bills falls first; only the rest is paid, up to what the receipt paid on these bills.
    Refused: receipt_unknown, receipt_replaced, receipt_used, exceeds_receipt, insufficient_prepayment; with lines, line_unknown, line_taken, line_unfit.
    """
    receipt = exchanges.locked(receipt_number)
    if (earlier := ledger.entered(effect.key)) is not None:
        return documents.of_entry(Refund, earlier)
    paper = exchanges.presented(receipt, receipt_number)
    if lines:
        return _pay_lines(paper, amount, lines, effect, form)
    _check_receipt(paper, amount)
    kept = receipt.kind in ("prepayment", "deposit")
    source = Account(receipt.kind, receipt.subscription_id) if kept else ADJUSTMENT
    document = _pay(paper, [Line(source, CASH, amount)], amount, effect, form)
    _note(paper, amount, document, effect)
    return document


def paid_by_staff(subscription_id: int, amount: int, kind: str, effect: Effect, lines: Sequence[LinePart]) -> Entry:
    """Enter what somebody of the staff paid the customer of their own: the loss is theirs and settled, the lines are given back, nothing is left to move.

    Refused: line_unknown, line_twice, line_unfit, line_taken, exceeds_disputed; not_paid_yet where something of the lines is still owed.
    """
    papers = Papers.of(subscription_id)
    picks = claims.fitting(papers, lines, kind, amount)
    receipts = payments.standing_for(papers, (paper for paper, *_ in picks))
    division = split(papers, picks)
    unpaid_share = division.fallen + division.late_fee_owed
    if unpaid_share and ledger.entered(effect.key) is None:
        raise Refused(reason="not_paid_yet", owed=unpaid_share, amount=amount)
    postings = [Line(STAFF, ADJUSTMENT, amount), Line(CASH, STAFF, amount), Line(ADJUSTMENT, CASH, amount)]
    entry = ledger.post(effect, "paid_by_staff", postings)
    if not entry.repeated:
        claims.give(papers, lines, [(ClaimState.REFUNDED, picks)], effect, entry)
        payments.spend(receipts, division.paid_back)
    return entry


def _note(paper: Presented, amount: int, document: Document, effect: Effect) -> None:
    receipt = paper.row
    papers, entry = Papers.of(receipt.subscription_id), Entry(document.entry, effect.key, repeated=False)
    noting.receipt(papers, receipt.number, receipt.kind, receipt.amount, amount, effect, entry)


def _pay_lines(
    paper: Presented, amount: int, lines: Sequence[LinePart], effect: Effect, form: dict[str, Any] | None
) -> Document:
    receipt = paper.row
    papers = Papers.of(receipt.subscription_id)
    kind = _kind_of(receipt.kind, lines)
    division = split(papers, claims.fitting(papers, lines, kind, amount))
    fall = division.fallen + division.late_fee_owed
    possible = _possible(paper, division)
    if possible < amount - fall or amount == fall:
        raise Refused(reason="exceeds_receipt", receipt=paper.number, left=possible, amount=amount - fall)
    debt = Account("late_fee" if division.late_fee_owed else "receivable", receipt.subscription_id)
    kept = any(line.money == "prepayment" and not line.address.startswith(USED) for line, *_ in division.asked)
    source = Account("prepayment", receipt.subscription_id) if kept else ADJUSTMENT
    postings = [
        Line(ADJUSTMENT, debt, fall),
        Line(source, CASH, amount - fall),
        Line(ADJUSTMENT, Account("late_fee", receipt.subscription_id), division.with_it),
    ]
    sharing = {"fallen": fall, "late_fee": division.with_it, "source": source.kind}
    posted = [line for line in postings if line.amount]
    document = _pay(paper, posted, amount - fall, effect, {**(form or {}), **sharing}, kind)
    entry = Entry(document.entry, effect.key, repeated=False)
    claims.give(papers, lines, division.settled(ClaimState.REFUNDED), effect, entry)
    return document


def _kind_of(kind: str, lines: Sequence[LinePart]) -> str:
    """Return what the lines must be of: calls that were deducted are charges, whatever paid the prepayment."""
    return "charge" if all(part.line.startswith(USED) for part in lines) else kind


def _possible(paper: Presented, division: Split) -> int:
    """Return what may be paid in cash: what is left of the receipt, and what it paid on the bills of these lines."""
    rest, paid_by_bill = paper.left, payments.paid_by(paper.row.number)
    if not paid_by_bill or not division.back:
        return rest
    return min(
        rest, division.other + sum(min(back, paid_by_bill.get(bill or 0, 0)) for bill, back in division.back.items())
    )


def refund_deposit(receipt_number: str, effect: Effect, *, form: dict[str, Any] | None = None) -> Document:
    """Pay back what a receipt still stands for of the deposit; the subscription is closed for deposits when none is left.

    Refused: receipt_unknown, receipt_replaced, no_deposit, line_taken.
    """
    receipt = exchanges.locked(receipt_number)
    if (earlier := ledger.entered(effect.key)) is not None:
        return documents.of_entry(Refund, earlier)
    paper = exchanges.presented(receipt, receipt_number)
    deposit = ledger.balances(receipt.subscription_id, lock=True).get("deposit", 0)
    amount = min(deposit, paper.left)
    if receipt.kind != "deposit" or not amount:
        raise Refused(reason="no_deposit", receipt=receipt_number)
    line = Line(Account("deposit", receipt.subscription_id), CASH, amount)
    document = _pay(paper, [line], amount, effect, form)
    papers, part = Papers.of(receipt.subscription_id), LinePart(f"deposit:{receipt.number}", amount)
    entry = Entry(document.entry, effect.key, repeated=False)
    claims.settle(papers, claims.fitting(papers, [part], "deposit", amount), ClaimState.REFUNDED, effect, entry)
    if amount == deposit:
        closing = update(SubscriptionRow).where(SubscriptionRow.id == receipt.subscription_id)
        session().execute(closing.values(deposits_closed_at=effect.at))
    return document


def refund_prepayment(
    subscription_id: int,
    effect: Effect,
    *,
    target: int | None = None,
    form: dict[str, Any] | None = None,
    card: str | None = None,
    of_card: int = 0,
    own: int | None = None,
    issued: Issued | None = None,
) -> Document:
    """Pay out of a prepayment, in cash, to the subscription `target` or as a new card: `of_card` fen of a card and `own` fen of the number itself.

    Without `own` all that stands there, and cards that lay in it are empty; else `own` is given of the line that the number's balance is.
    Refused: nothing_left, unknown_card, line_taken; of a new card card_not_in_stock, card_issued, card_value_differs.
    """
    receipts, bearing = payments.prepaying(subscription_id), cards.locked(card) if card and of_card else None
    if (earlier := ledger.entered(effect.key)) is not None:
        return documents.of_entry(Refund, earlier)
    out = ledger.balances(subscription_id, lock=True).get("prepayment", 0) if own is None else own
    whole = _something(out + (of_card if bearing else 0))
    papers = Papers.of(subscription_id)
    picks = claims.fitting(papers, [LinePart(OWN_BALANCE, own)], "own_balance", own) if own else []
    stocked = stock.take(issued.serial, whole) if issued else None
    into = cards.SUSPENSE if issued else CASH if target is None else Account("prepayment", target)
    lines = cards.taken_from(bearing, of_card, into) if bearing else []
    lines += [Line(Account("prepayment", subscription_id), into, out)]
    entry = ledger.post(effect, "prepayment_refund", cards.together(lines))
    if bearing:
        cards.empty(bearing, of_card, ClaimState.REFUNDED, effect, entry)
    claims.settle(papers, picks, ClaimState.REFUNDED, effect, entry)
    if out:
        cards.swallow(subscription_id, is_all=own is None)
        payments.spend(receipts, {None: out})
    if stocked and issued:
        stock.issue(stocked, effect, entry, by=issued.by, to=issued.to)
    on_paper = {**(form or {}), **(_reopened(entry) if bearing else {})}
    columns = {"subscription_id": subscription_id, "kind": "prepayment", "amount": whole, "receipt_number": None}
    columns["method"] = "cash" if into == CASH else "transfer"
    return documents.issue(Refund, entry, effect, form=on_paper, **columns)


def _something(amount: int) -> int:
    """Return an amount that can be paid out, in fen. Refused: nothing_left."""
    if amount <= 0:
        raise Refused(reason="nothing_left")
    return amount


def _reopened(entry: Entry) -> dict[str, int]:
    """Return what is owed again of arrears that a card had settled, as its refund says it; fen."""
    card_money = cards.posted(entry.id)
    return {"reopened": card_money.reopened, "reopened_late_fee": card_money.late_fee}


def _check_receipt(paper: Presented, amount: int) -> None:
    if paper.left <= 0:
        raise Refused(reason="receipt_used", receipt=paper.number)
    if amount > paper.payable:
        raise Refused(reason="exceeds_receipt", receipt=paper.number, left=paper.payable, amount=amount)


def _pay(
    paper: Presented,
    lines: Sequence[Line],
    cash: int,
    effect: Effect,
    form: dict[str, Any] | None,
    kind: str | None = None,
) -> Document:
    receipt, kind = paper.row, kind or paper.row.kind
    entry = ledger.post(effect, f"{kind}_refund", lines, memo=receipt.number)
    receipt.refunded = min(receipt.amount, receipt.refunded + cash)
    session().flush()
    exchange = exchanges.after_cash(paper, cash, entry.id, effect)
    on_paper = {**(form or {}), **({"exchange": exchange._asdict()} if exchange else {})}
    columns = {
        "subscription_id": receipt.subscription_id,
        "kind": kind,
        "method": "cash",
        "amount": cash,
    }
    return documents.issue(Refund, entry, effect, form=on_paper, receipt_number=receipt.number, **columns)
