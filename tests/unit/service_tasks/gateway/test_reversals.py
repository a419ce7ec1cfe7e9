"""Every kind of payment, taken back: the books stand as before it, what has left is owed, and the same money can be given again, once."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from engine.runtime import BpmnError
from models.base import session, transaction
from models.billing import Bill, JournalEntry, Receipt
from models.customer import Subscription
from models.lines import DisputedLine, LineClaim
from models.usage import BankPayment, RechargeCard, StockedCard
from office.scenarios.balances import all_accounts, changes
from service_tasks.gateway import Account, Effect, Line, Refused, gateway
from tests.unit.service_tasks.conftest import AT

MINE, PAID, OTHER, GONE, ARREARS = (f"1390000000{number}" for number in range(1, 6))
CASE = "AJ-2026-000001"
ITEMS = [{"kind": "function_fee", "text": "彩铃", "amount": 5800}, {"kind": "call", "text": "话费", "amount": 3000}]
BILL = {"period": "2026-10", "items": ITEMS}
RECEIPTS = [
    {"number": "SJ-1", "kind": "charge", "amount": 8800},
    {"number": "SJ-2", "kind": "prepayment", "amount": 5000},
    {"number": "SJ-3", "kind": "deposit", "amount": 20000},
]
NUMBERS: tuple[dict[str, Any], ...] = (
    {"msisdn": MINE, "bill": BILL, "late_fee": 600},
    {"msisdn": PAID, "bill": {**BILL, "paid": True}, "prepayment": 5000, "deposit": 20000, "receipts": RECEIPTS},
    {"msisdn": OTHER},
    {"msisdn": GONE, "state": "cancelled", "reason": "request", "prepayment": 3000},
    {"msisdn": ARREARS, "state": "cancelled", "reason": "arrears", "bill": BILL},
)
CARDS = [
    {"serial": "K1", "state": "used", "charged_msisdn": GONE},
    {"serial": "K2", "state": "used", "charged_msisdn": ARREARS, "set_off": 3000},
    {"serial": "K3", "state": "used", "charged_msisdn": "13900000099"},
    {"serial": "N1", "stock": "光大专业厅"},
]
BANK = [
    {"reference": "YH-1", "msisdn": MINE, "amount": 10000},
    {"reference": "YH-2", "msisdn": OTHER, "amount": 8800, "posted": [{"msisdn": PAID}]},
    {"reference": "YH-4", "msisdn": PAID, "amount": 8800, "posted": [{"msisdn": PAID}]},
]
RING = [{"line": "bill-item:2026-10:1", "amount": 5800}]
CARD: dict[str, Any] = {"card_held": True, "holder_identified": False}


class Payment(NamedTuple):
    """A service call that gives something; `left`, fen, of it is over the counter, and `owner` owes it once it is taken back."""

    topic: str
    given: dict[str, Any]
    left: int = 0
    owner: str = ""


PAYMENTS = {
    "credit of what is owed": Payment(
        "refunds/credit", {"msisdn": MINE, "amount": 5800, "kind": "charge", "lines": RING}
    ),
    "credit of what is paid": Payment(
        "refunds/credit", {"msisdn": PAID, "amount": 5800, "kind": "charge", "lines": RING}
    ),
    "credit on another number": Payment(
        "refunds/other_number", {"msisdn": PAID, "amount": 5800, "kind": "charge", "lines": RING, "target": OTHER}
    ),
    "late fee given up": Payment("refunds/late_fee_waiver", {"msisdn": MINE, "amount": 600}),
    "prepayment to another number": Payment("prepayment/transfer", {"source": PAID, "target": OTHER, "amount": 5000}),
    "cash for charges": Payment(
        "refunds/cash",
        {"msisdn": PAID, "amount": 5800, "receipt_number": "SJ-1", "kind": "charge", "lines": RING},
        5800,
        PAID,
    ),
    "cash for charges, no lines": Payment(
        "refunds/cash", {"msisdn": PAID, "amount": 100, "receipt_number": "SJ-1", "kind": "charge"}, 100, PAID
    ),
    "cash of a prepayment": Payment(
        "refunds/cash", {"msisdn": PAID, "amount": 5000, "receipt_number": "SJ-2", "kind": "prepayment"}, 5000, PAID
    ),
    "deposit": Payment(
        "refunds/deposit", {"msisdn": PAID, "receipt_number": "SJ-3", "identity_checked": True}, 20000, PAID
    ),
    "own balance of a cancelled number": Payment(
        "refunds/cancelled_prepayment", {"msisdn": GONE, "method": "cash", "holder_identified": True}, 3000, GONE
    ),
    "card and balance": Payment(
        "refunds/cancelled_prepayment",
        {"msisdn": GONE, "serial": "K1", "method": "cash", "card_held": True, "holder_identified": True},
        8000,
        GONE,
    ),
    "card that arrears swallowed": Payment(
        "refunds/cancelled_prepayment", {"msisdn": ARREARS, "serial": "K2", "method": "cash", **CARD}, 5000, ARREARS
    ),
    "a new card for the old one": Payment(
        "refunds/cancelled_prepayment",
        {"msisdn": GONE, "serial": "K1", "method": "new_card", "new_serial": "N1", **CARD},
    ),
    "card moved": Payment("recharge/move", {"serial": "K1", "target": OTHER}),
    "card that arrears swallowed, moved": Payment("recharge/move", {"serial": "K2", "target": OTHER}),
    "card out of suspense": Payment("recharge/move", {"serial": "K3", "target": OTHER}),
    "bank payment posted": Payment("bank_payments/correct", {"msisdn": MINE, "reference": "YH-1"}),
    "bank payment twice": Payment("bank_payments/correct", {"msisdn": PAID, "reference": "YH-4"}),
}


# Paid in cash of a number that is gone: until it is handed back whoever has it is not paid again, of the card no more than of the balance.
STILL_OUT = ("own balance of a cancelled number", "card and balance", "card that arrears swallowed")


@pytest.fixture(autouse=True)
def world(desk: Any) -> None:
    """Numbers that owe and that have paid, cards on numbers and in suspense, payments at a bank that went wrong."""
    desk.given(*NUMBERS, cards=CARDS, bank_payments=BANK)
    double = Line(Account("cash"), Account("receivable", gateway().subscription(PAID).id), 8800)
    with transaction():
        gateway().post(Effect(key="double", at=AT), "payment", [double])
    desk.before = all_accounts()


def papers() -> dict[str, Any]:
    """What stands on papers beside the ledger."""
    session().expire_all()
    columns = {
        "receipts": select(Receipt.number, Receipt.refunded),
        "bills": select(Bill.id, Bill.state),
        "cards": select(RechargeCard.serial, RechargeCard.remaining, RechargeCard.state, RechargeCard.moved_to),
        "stock": select(StockedCard.serial, StockedCard.issued_by, StockedCard.entry_id),
        "bank": select(BankPayment.reference, BankPayment.corrected_at),
        "deposits": select(Subscription.msisdn, Subscription.deposits_closed_at),
        "claimed": select(DisputedLine.address, DisputedLine.claimed).where(DisputedLine.claimed > 0),
    }
    return {name: sorted(map(tuple, session().execute(query)), key=str) for name, query in columns.items()}


def last_entry() -> int:
    return session().scalar(select(func.max(JournalEntry.id))) or 0


def take_back(entry: int, key: str = "7:back") -> int:
    """The entry that takes an entry back."""
    with transaction():
        return gateway().reverse(entry, Effect(key=key, at=AT, case=CASE)).id


@pytest.mark.parametrize("name", PAYMENTS)
def test_everything_is_as_before_and_what_left_is_owed(desk: Any, name: str) -> None:
    """Accounts, receipts, bills, cards, proofs and lines; money over the counter becomes a debt of whose number it was, and it can all be given again, but for what such a debt falls first."""
    payment, before = PAYMENTS[name], papers()
    desk.run(payment.topic, **payment.given)
    movements, entry = desk.moved(), last_entry()
    assert movements
    back = take_back(entry)
    debts = {f"{payment.owner}.receivable": payment.left, "cash": -payment.left} if payment.left else {}
    assert desk.moved() == debts
    assert papers() == before
    assert gateway().owed_anew(back) == payment.left
    assert set(session().scalars(select(LineClaim.state))) <= {"reversed"}
    with pytest.raises(Refused) as twice:
        take_back(entry, "7:again")
    assert twice.value.reason == "entry_reversed"
    if name not in STILL_OUT:
        assert given_again(desk, payment) == movements


def given_again(desk: Any, payment: Payment) -> dict[str, int]:
    """What another case moves that gives the same, against the replacement where there is one."""
    stands, parameters = all_accounts(), dict(payment.given)
    if (receipt := gateway().receipt(parameters.get("receipt_number", ""))) is not None:
        parameters["receipt_number"] = receipt.current
    desk.run(payment.topic, call_key="8:1", case="AJ-2026-000002", **parameters)
    return changes(stands, all_accounts())


@pytest.mark.parametrize("name", STILL_OUT)
def test_cash_that_is_still_out_is_not_paid_twice(desk: Any, name: str) -> None:
    """What the customer did not hand back falls first: off the card what was paid of it, off the number's own balance the rest."""
    payment = PAYMENTS[name]
    desk.run(payment.topic, **payment.given)
    take_back(last_entry())
    with pytest.raises(BpmnError, match="nothing_left"):
        given_again(desk, payment)


@pytest.mark.parametrize("name", [name for name, payment in PAYMENTS.items() if payment.left])
def test_cash_that_is_handed_back_is_owed_by_nobody(desk: Any, name: str) -> None:
    """What came back over the counter is in the till again, and everything stands as before the payment."""
    payment, before = PAYMENTS[name], papers()
    desk.run(payment.topic, **payment.given)
    entry = last_entry()
    with transaction():
        back = gateway().reverse(entry, Effect(key="7:back", at=AT, case=CASE), handed_back=True)
    assert (desk.moved(), papers(), gateway().owed_anew(back.id)) == ({}, before, 0)


@pytest.mark.parametrize("name", ["prepayment to another number", "card moved", "credit on another number"])
def test_what_another_number_has_spent_it_owes(desk: Any, name: str) -> None:
    """Its account never falls below zero in silence: what is not there any more is a debt that its bill shows."""
    payment = PAYMENTS[name]
    desk.run(payment.topic, **payment.given)
    entry, target = last_entry(), gateway().subscription(OTHER).id
    balance = gateway().balances(target).prepayment
    if balance:
        with transaction():
            usage = Line(Account("prepayment", target), Account("revenue"), balance - 1)
            gateway().post(Effect(key="spent", at=AT), "usage", [usage])
    back = take_back(entry)
    assert gateway().owed_anew(back) == (balance - 1 if balance else 0)
    assert (gateway().balances(target).prepayment, gateway().balances(target).bill_due) == (0, max(balance - 1, 0))


def test_a_new_card_that_has_been_charged_is_not_taken_back(desk: Any) -> None:
    """Its money is on a number by then: refused, and nothing has moved."""
    payment = PAYMENTS["a new card for the old one"]
    desk.run(payment.topic, **payment.given)
    entry, card = last_entry(), session().get_one(RechargeCard, "N1")
    card.state, card.charged_msisdn = "used", OTHER
    session().flush()
    stands = all_accounts()
    with pytest.raises(Refused) as refusal, session().begin_nested():
        gateway().reverse(entry, Effect(key="7:back", at=AT, case=CASE))
    assert refusal.value.reason == "card_charged"
    assert changes(stands, all_accounts()) == {}


def test_what_staff_paid_of_their_own_comes_back_in_cash_only(desk: Any) -> None:
    """The case says what it gave, which is what was paid and not the three postings of it; nobody owes it to us, but what is handed back is as if it had not been."""
    before = papers()
    with transaction():
        entry = gateway().paid_by_staff(
            gateway().subscription(PAID).id,
            5800,
            "charge",
            Effect(key="7:1", at=AT, case=CASE),
            [gateway_part(row) for row in RING],
        )
    assert [(credit.amount, credit.cash) for credit in gateway().given(CASE)] == [(5800, 5800)]
    stands = all_accounts()
    with pytest.raises(Refused) as refusal:
        take_back(entry.id)
    assert refusal.value.reason == "cash_not_back"
    with transaction():
        back = gateway().reverse(entry.id, Effect(key="7:back", at=AT, case=CASE), handed_back=True)
    assert (gateway().owed_anew(back.id), changes(stands, all_accounts()), gateway().given(CASE)) == (0, {}, [])
    assert papers() == before


def gateway_part(row: dict[str, Any]) -> Any:
    from service_tasks.gateway import LinePart

    return LinePart(row["line"], row["amount"])
