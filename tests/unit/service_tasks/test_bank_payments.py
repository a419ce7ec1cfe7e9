"""Payments at a bank: not posted, posted to another number, posted twice; found from the records and put right once."""

from typing import Any

import pytest
from sqlalchemy import select

from models.base import session
from models.billing import Bill, Receipt
from service_tasks.gateway import gateway

MINE, OTHER, THIRD = "13900000001", "13900000002", "13900000003"
BILL = {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 8800}]}
PAID = {**BILL, "paid": True}
NUMBERS = (
    {"msisdn": MINE, "bill": BILL},
    {"msisdn": OTHER, "bill": PAID, "receipts": [{"number": "SJ-1", "kind": "charge", "amount": 8800}]},
    {"msisdn": THIRD, "bill": BILL},
)
PAYMENTS = [
    {"reference": "YH-1", "msisdn": MINE, "amount": 10000},
    {"reference": "YH-2", "msisdn": MINE, "amount": 8800, "posted": [{"msisdn": THIRD}]},
    {"reference": "YH-3", "msisdn": MINE, "amount": 5000, "posted": [{"msisdn": OTHER, "account": "prepayment"}]},
    {"reference": "YH-4", "msisdn": OTHER, "amount": 8800, "posted": [{"msisdn": OTHER}]},
]


@pytest.fixture(autouse=True)
def world(desk: Any) -> None:
    """A number that owes 88, one that paid at the counter and by debit, one that was paid for by mistake."""
    desk.given(*NUMBERS, bank_payments=PAYMENTS)


@pytest.mark.parametrize(
    "msisdn, reference, finding, amount",
    [
        (MINE, "YH-1", "not_posted", 10000),
        (MINE, "YH-2", "elsewhere", 8800),
        (MINE, "YH-3", "elsewhere", 5000),
        (OTHER, "YH-4", "twice", 8800),
    ],
)
def test_the_records_say_what_became_of_a_payment(
    desk: Any, msisdn: str, reference: str, finding: str, amount: int
) -> None:
    """Nobody types what went wrong, or how much."""
    answer = desk.twice("bank_payments/find", msisdn=msisdn, reference=reference)
    assert (answer["finding"], answer["amount"]) == (finding, amount)


@pytest.mark.parametrize(("msisdn", "reference"), [(OTHER, "YH-1"), (MINE, "YH-9"), ("13900000099", "YH-1")])
def test_a_proof_of_another_number_proves_nothing(desk: Any, msisdn: str, reference: str) -> None:
    """The proof has a number of its own and names the number that was paid for."""
    assert desk.refused("bank_payments/find", msisdn=msisdn, reference=reference) == "proof_unknown"


def test_what_was_not_posted_pays_the_bill_and_the_rest_is_prepayment(desk: Any) -> None:
    """100 paid, 88 owed: the bill is paid, 12 are prepaid, once."""
    desk.twice("bank_payments/correct", msisdn=MINE, reference="YH-1")
    assert desk.moved() == {f"{MINE}.receivable": -8800, f"{MINE}.prepayment": 1200, "cash": 10000}
    assert desk.refused("bank_payments/correct", call_key="7:2", msisdn=MINE, reference="YH-1") == "nothing_left"


def test_what_went_to_another_number_is_taken_from_it(desk: Any) -> None:
    """The bill that it paid there is owed again, and the right one is paid."""
    desk.twice("bank_payments/correct", msisdn=MINE, reference="YH-2")
    assert desk.moved() == {f"{THIRD}.receivable": 8800, f"{MINE}.receivable": -8800}
    states = dict(session().execute(select(Bill.subscription_id, Bill.state)).all())
    own, third = gateway().subscription(MINE).id, gateway().subscription(THIRD).id
    assert (states[own], states[third]) == ("paid", "open")


def test_what_another_number_has_spent_it_owes(desk: Any) -> None:
    """Of 50 in a stranger's prepayment 20 were used: 30 leave it, 20 are owed there."""
    transfer = {"source": OTHER, "target": THIRD, "amount": 2000}
    desk.run("prepayment/transfer", call_key="1:1", **transfer)
    before = desk.moved()
    desk.twice("bank_payments/correct", msisdn=MINE, reference="YH-3")
    after = desk.moved()
    assert after[f"{OTHER}.receivable"] - before.get(f"{OTHER}.receivable", 0) == 2000
    assert after[f"{MINE}.receivable"] == -5000


def test_paid_at_the_counter_and_by_debit(desk: Any) -> None:
    """88 that came twice become prepayment."""
    desk.twice("bank_payments/correct", msisdn=OTHER, reference="YH-4")
    assert desk.moved() == {f"{OTHER}.receivable": 8800, f"{OTHER}.prepayment": 8800}


def test_what_came_twice_goes_back_in_cash_against_the_counters_receipt(desk: Any) -> None:
    """Only with the receipt, which is spent by it."""
    parameters = {"msisdn": OTHER, "reference": "YH-4", "method": "cash"}
    assert desk.refused("bank_payments/correct", **parameters) == "receipt_unknown"
    assert desk.refused("bank_payments/correct", **parameters, receipt_number="SJ-9") == "receipt_unknown"
    desk.twice("bank_payments/correct", **parameters, receipt_number="SJ-1")
    assert desk.moved() == {f"{OTHER}.receivable": 8800, "cash": -8800}
    assert session().get_one(Receipt, "SJ-1").refunded == 8800


def test_a_payment_is_in_one_case_at_a_time(desk: Any) -> None:
    """The second hall is told which case has it; when that one ends, another may."""
    desk.run("bank_payments/find", msisdn=MINE, reference="YH-1")
    other_case = {"call_key": "8:1", "case": "AJ-2026-000002", "msisdn": MINE, "reference": "YH-1"}
    assert desk.refused("bank_payments/find", **other_case) == "line_taken"
    assert desk.refused("bank_payments/correct", **other_case) == "nothing_left"
    gateway().release("AJ-2026-000001")
    assert desk.run("bank_payments/find", **other_case)["amount"] == 10000
