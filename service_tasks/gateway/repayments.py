"""Money that goes back to a customer: cash against receipts, deposits, prepayments, transfers, recharge cards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from models.base import session
from models.billing import Posting, Refund
from models.billing import Receipt as ReceiptRow
from models.customer import Subscription as SubscriptionRow
from models.usage import RechargeCard
from service_tasks.gateway import documents, ledger
from service_tasks.gateway.values import Account, Document, Effect, Entry, Line, Refused

CASH = Account("cash")
ADJUSTMENT = Account("adjustment")
SUSPENSE = Account("recharge_suspense")


def transfer(source: int, target: int, amount: int, effect: Effect) -> Entry:
    """Move prepayment from one subscription to another, both by id. Refused: insufficient_prepayment."""
    line = Line(Account("prepayment", source), Account("prepayment", target), amount)
    return ledger.post(effect, "prepayment_transfer", [line])


def refund_cash(receipt_number: str, amount: int, effect: Effect, *, form: dict[str, Any] | None = None) -> Document:
    """Pay cash against an original receipt.

    Refused: receipt_unknown, receipt_used, exceeds_receipt, insufficient_prepayment.
    """
    receipt = _locked_receipt(receipt_number)
    if (earlier := ledger.entered(effect.key)) is not None:
        return documents.of_entry(Refund, earlier)
    _check_receipt(receipt, amount)
    kept = receipt.kind in ("prepayment", "deposit")
    source = Account(receipt.kind, receipt.subscription_id) if kept else ADJUSTMENT
    return _pay(receipt, Line(source, CASH, amount), effect, form)


def refund_deposit(receipt_number: str, effect: Effect, *, form: dict[str, Any] | None = None) -> Document:
    """Pay the whole deposit back and close the subscription for deposits. Refused: receipt_unknown, no_deposit."""
    receipt = _locked_receipt(receipt_number)
    if (earlier := ledger.entered(effect.key)) is not None:
        return documents.of_entry(Refund, earlier)
    deposit = ledger.balances(receipt.subscription_id, lock=True).get("deposit", 0)
    if receipt.kind != "deposit" or not deposit:
        raise Refused(reason="no_deposit", receipt=receipt_number)
    document = _pay(receipt, Line(Account("deposit", receipt.subscription_id), CASH, deposit), effect, form)
    closing = update(SubscriptionRow).where(SubscriptionRow.id == receipt.subscription_id)
    session().execute(closing.values(deposits_closed_at=effect.at))
    return document


def refund_prepayment(
    subscription_id: int, effect: Effect, *, target: int | None = None, form: dict[str, Any] | None = None
) -> Document:
    """Pay out the whole prepayment, in cash or to the subscription `target`; cards that lay in it are empty. Refused: nothing_left."""
    if (earlier := ledger.entered(effect.key)) is not None:
        return documents.of_entry(Refund, earlier)
    left = ledger.balances(subscription_id, lock=True).get("prepayment", 0)
    if not left:
        raise Refused(reason="nothing_left")
    into = CASH if target is None else Account("prepayment", target)
    entry = ledger.post(effect, "prepayment_refund", [Line(Account("prepayment", subscription_id), into, left)])
    cards = update(RechargeCard).where(RechargeCard.charged_subscription_id == subscription_id)
    session().execute(cards.values(remaining=0))
    method = "cash" if target is None else "transfer"
    columns = {"subscription_id": subscription_id, "kind": "prepayment", "method": method, "amount": left}
    return documents.issue(Refund, entry, effect, form=form or {}, receipt_number=None, **columns)


def move_recharge(serial: str, target: int, effect: Effect) -> int:
    """Move what is left of a recharge card to the subscription `target`; fen moved. Refused: unknown_card, nothing_left."""
    card = session().get(RechargeCard, serial, with_for_update=True, populate_existing=True)
    if card is None:
        raise Refused(reason="unknown_card")
    if (earlier := ledger.entered(effect.key)) is not None:
        return session().scalar(select(func.sum(Posting.amount)).where(Posting.entry_id == earlier)) or 0
    if card.state != "used" or not card.remaining:
        raise Refused(reason="nothing_left")
    moved, owner = card.remaining, card.charged_subscription_id
    moved_to = session().scalar(select(SubscriptionRow.msisdn).where(SubscriptionRow.id == target))
    source = SUSPENSE if owner is None else Account("prepayment", owner)
    ledger.post(effect, "recharge_move", [Line(source, Account("prepayment", target), moved)], memo=serial)
    card.state, card.remaining, card.moved_at, card.moved_to = "moved", 0, effect.at, moved_to
    session().flush()
    return moved


def _locked_receipt(number: str) -> ReceiptRow:
    receipt = session().get(ReceiptRow, number, with_for_update=True, populate_existing=True)
    if receipt is None:
        raise Refused(reason="receipt_unknown", receipt=number)
    return receipt


def _check_receipt(receipt: ReceiptRow, amount: int) -> None:
    if receipt.refunded == receipt.amount:
        raise Refused(reason="receipt_used", receipt=receipt.number)
    if amount > receipt.amount - receipt.refunded:
        left = receipt.amount - receipt.refunded
        raise Refused(reason="exceeds_receipt", receipt=receipt.number, left=left, amount=amount)


def _pay(receipt: ReceiptRow, line: Line, effect: Effect, form: dict[str, Any] | None) -> Document:
    entry = ledger.post(effect, f"{receipt.kind}_refund", [line], memo=receipt.number)
    receipt.refunded = min(receipt.amount, receipt.refunded + line.amount)
    session().flush()
    columns = {
        "subscription_id": receipt.subscription_id,
        "kind": receipt.kind,
        "method": "cash",
        "amount": line.amount,
    }
    return documents.issue(Refund, entry, effect, form=form or {}, receipt_number=receipt.number, **columns)
