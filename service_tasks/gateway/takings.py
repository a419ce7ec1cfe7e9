"""Money that the counter takes: it pays what is owed, the oldest bill first, or is prepaid; each kind of it leaves a receipt. Given back it is elsewhere."""

from __future__ import annotations

from sqlalchemy import insert

from models.base import session
from models.billing import JournalEntry
from models.billing import Receipt as ReceiptRow
from models.customer import Subscription, SubscriptionState
from service_tasks.gateway import documents, ledger, payments
from service_tasks.gateway.counter import Due, Taken, TakenReceipt
from service_tasks.gateway.holds import late_fee_on_hold
from service_tasks.gateway.lines import COUNTER_PAYMENT as KIND
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.lookups import debit_under_way
from service_tasks.gateway.values import Account, Effect, Line, Refused

SERIES = "SJ"
CASH = Account("cash")
RECEIPTS = {"receivable": "charge", "late_fee": "late_fee", "prepayment": "prepayment"}


def take_payment(subscription_id: int, amount: int, into: str, effect: Effect) -> Taken:
    """Take cash "bill", for what is owed, then the late fee, what is left being prepaid, or all of it as "prepayment"; a receipt for each.

    Refused: debit_under_way (into the bill, while a direct debit is out), number_cancelled (nothing can be prepaid there).
    """
    if (earlier := ledger.entered(effect.key)) is not None:
        return _taken(earlier)
    row = session().get(Subscription, subscription_id, with_for_update=True, populate_existing=True)
    if into == "bill" and debit_under_way(subscription_id):
        raise Refused(reason="debit_under_way")
    shares = _shares(subscription_id, amount, into)
    if shares.get("prepayment") and row is not None and row.state == SubscriptionState.CANCELLED:
        raise Refused(reason="number_cancelled", owed=sum(_owed(subscription_id).values()), amount=amount)
    numbers = {kind: documents.next_number(SERIES, effect.at) for kind in shares}
    lines = [Line(CASH, Account(kind, subscription_id), share) for kind, share in shares.items()]
    entry = ledger.post(effect, KIND, lines, memo=" ".join(numbers.values()))
    issued = [
        {
            "number": numbers[kind],
            "subscription_id": subscription_id,
            "kind": RECEIPTS[kind],
            "amount": share,
            "issued_at": effect.at,
        }
        for kind, share in shares.items()
    ]
    session().execute(insert(ReceiptRow), issued)
    if to_bill := shares.get("receivable"):
        payments.allocate(Papers.of(subscription_id), to_bill, effect.at, receipt=numbers["receivable"])
        payments.close_paid(subscription_id)
    return _taken(entry.id)


def to_pay(subscription_id: int) -> list[Due]:
    """Return what a payment would settle, in the order in which it does: the bills, the oldest first, then the late fee; nothing is locked."""
    stands = ledger.balances(subscription_id)
    papers = Papers.of(subscription_id)
    rest, dues = max(0, stands.get("receivable", 0)), []
    for bill, amount in payments.owed(papers).items():
        dues.append(Due("bill", papers.bills[bill].period, min(amount, rest)))
        rest -= dues[-1].amount
    late_fee = stands.get("late_fee", 0) - late_fee_on_hold(subscription_id)
    dues += [Due("other", "", rest), Due("late_fee", "", max(0, late_fee))]
    return [due for due in dues if due.amount]


def _shares(subscription_id: int, amount: int, into: str) -> dict[str, int]:
    """Return what goes to which account, in the order it is owed."""
    if into == "prepayment":
        return {"prepayment": amount}
    shares = {}
    for kind, debt in _owed(subscription_id).items():
        shares[kind] = min(amount, debt)
        amount -= shares[kind]
    return {kind: share for kind, share in {**shares, "prepayment": amount}.items() if share}


def _owed(subscription_id: int) -> dict[str, int]:
    """Return what a payment can settle, fen by account, its rows locked; what is on hold, and the late fee beside it, is not asked for."""
    stands = ledger.balances(subscription_id, lock=True)
    stands["late_fee"] = stands.get("late_fee", 0) - late_fee_on_hold(subscription_id)
    return {kind: max(0, stands.get(kind, 0)) for kind in ("receivable", "late_fee")}


def _taken(entry_id: int) -> Taken:
    """Return what an entry took, with the receipts that its note names; the same however often it is asked."""
    shares = {kind: share for kind in RECEIPTS if (share := ledger.posted(entry_id, kind))}
    numbers = session().get_one(JournalEntry, entry_id).memo.split()
    receipts = [
        TakenReceipt(number, RECEIPTS[kind], share)
        for (kind, share), number in zip(shares.items(), numbers, strict=True)
    ]
    return Taken(sum(shares.values()), shares, tuple(receipts))
