"""Payments at the counter: once, with a receipt for each kind, and nothing for the bill while a direct debit is out."""

from typing import Any

import pytest
from sqlalchemy import select

from models.base import session, transaction
from models.billing import Bill, Receipt
from models.lines import BillPayment
from office.derived import totals
from service_tasks.gateway import Effect, gateway
from service_tasks.gateway.listing import papers
from service_tasks.gateway.reversals import given
from tests.unit.service_tasks.conftest import AT

MINE = "13900000001"
BILLS = [
    {"period": "2026-09", "items": [{"kind": "call", "text": "通话费", "amount": 3000}]},
    {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 5800}]},
]
DATA = {"bank": "工商银行", "account": "6222000000000000001", "holder": "甲"}
MANDATE = {"agreed": DATA, "keyed": DATA, "debit_under_way": True}


def take(desk: Any, amount: int, into: str = "bill", **more: Any) -> Any:
    """What the counter says."""
    return desk.twice("payments/take", msisdn=MINE, amount=amount, into=into, **more)


def test_what_is_owed_is_paid_oldest_first_and_the_rest_is_prepaid(desk: Any) -> None:
    """88 owed and 2 of late fee, 100 given: both bills are paid, the late fee too, and 10 stand as prepayment; three receipts say so."""
    desk.given({"msisdn": MINE, "late_fee": 200, "bills": BILLS})
    answer = take(desk, 10000)
    assert desk.moved() == {
        f"{MINE}.receivable": -8800,
        f"{MINE}.late_fee": -200,
        f"{MINE}.prepayment": 1000,
        "cash": 10000,
    }
    assert [(receipt["kind"], receipt["amount"]) for receipt in answer["receipts"]] == [
        ("charge", 8800),
        ("late_fee", 200),
        ("prepayment", 1000),
    ]
    assert set(session().scalars(select(Bill.state))) == {"paid"}
    payments = session().execute(select(BillPayment.receipt_number, BillPayment.amount).order_by(BillPayment.id)).all()
    assert [tuple(row) for row in payments] == [
        (answer["receipts"][0]["receipt"], 3000),
        (answer["receipts"][0]["receipt"], 5800),
    ]


def test_part_of_what_is_owed_pays_the_oldest_bill(desk: Any) -> None:
    """Less than is owed is taken as well; the receipt stands for what it paid."""
    desk.given({"msisdn": MINE, "late_fee": 200, "bills": BILLS})
    answer = take(desk, 4000)
    assert (answer["into_receivable"], answer["into_late_fee"], answer["into_prepayment"]) == (4000, 0, 0)
    assert desk.moved() == {f"{MINE}.receivable": -4000, "cash": 4000}


def test_nothing_is_taken_for_the_bill_while_a_debit_is_out(desk: Any) -> None:
    """It may be paid by the debit in the same hour; what the customer leaves is prepaid, with a receipt of its own kind."""
    desk.given({"msisdn": MINE, "bill": BILLS[1], "mandate": MANDATE})
    assert desk.refused("payments/take", msisdn=MINE, amount=5800, into="bill") == "debit_under_way"
    assert take(desk, 5800, "prepayment")["receipts"][0]["kind"] == "prepayment"
    assert desk.moved() == {f"{MINE}.prepayment": 5800, "cash": 5800}


def test_after_its_result_the_counter_takes_the_bill(desk: Any) -> None:
    """The debit came back without money."""
    desk.given({"msisdn": MINE, "bill": BILLS[1], "mandate": MANDATE})
    desk.run("direct_debit/record_result", call_key="7:9", msisdn=MINE, result="failed")
    assert take(desk, 5800)["into_receivable"] == 5800


def test_what_was_prepaid_beside_a_debit_comes_back_in_cash_with_its_receipt(desk: Any) -> None:
    """Debit and payment both succeed, 88: 88 of prepayment, or cash with the counter's receipt, once."""
    desk.given({"msisdn": MINE, "bill": BILLS[1], "mandate": MANDATE})
    number = take(desk, 5800, "prepayment")["receipts"][0]["receipt"]
    parameters = {
        "msisdn": MINE,
        "amount": 5800,
        "disputed_amount": 5800,
        "receipt_number": number,
        "kind": "prepayment",
    }
    desk.run("refunds/cash", call_key="7:2", **parameters)
    assert desk.moved() == {}
    assert desk.refused("refunds/cash", call_key="7:3", **parameters) == "receipt_used"


@pytest.mark.parametrize(("amount", "code"), [(8801, "number_cancelled"), (8800, None)])
def test_a_cancelled_number_pays_what_it_owes_and_no_more(desk: Any, amount: int, code: str | None) -> None:
    """Nothing can be prepaid on it."""
    desk.given({"msisdn": MINE, "state": "cancelled", "reason": "arrears", "bills": BILLS})
    if code:
        assert desk.refused("payments/take", msisdn=MINE, amount=amount, into="bill") == code
    else:
        assert take(desk, amount)["into_receivable"] == amount


def test_a_number_nobody_has_pays_nothing(desk: Any) -> None:
    """There is no account it could reach."""
    assert desk.refused("payments/take", msisdn="13900000099", amount=1, into="bill") == "number_unknown"


def test_what_is_on_hold_is_not_paid_at_the_counter(desk: Any) -> None:
    """The rest can be paid meanwhile; more than that is prepaid."""
    desk.given({"msisdn": MINE, "bill": BILLS[1]})
    desk.run("charge_hold/place", call_key="7:9", msisdn=MINE, amount=800)
    answer = take(desk, 5800)
    assert (answer["into_receivable"], answer["into_prepayment"]) == (5000, 800)


def test_money_that_was_taken_is_nothing_that_the_case_gave(desk: Any) -> None:
    """A case in which the customer paid may still be withdrawn; the record and the ledger agree."""
    desk.given({"msisdn": MINE, "bill": BILLS[1]})
    take(desk, 5800)
    assert given("AJ-2026-000001") == []
    assert gateway().receipts(gateway().subscription(MINE).id)[0].amount == 5800
    assert session().scalars(select(Receipt.refunded)).all() == [0]
    assert [finding.what for finding in totals.verify_lines()] == []


def test_what_a_payment_settles_is_shown_before_it_is_taken(desk: Any) -> None:
    """Bills, the oldest first, then the late fee, and up to where a payment reaches; paying as much settles just that."""
    desk.given({"msisdn": MINE, "late_fee": 200, "bills": BILLS, "prepayment": 700})
    debts = desk.run("payments/owed", msisdn=MINE)
    assert [(row["owed_for"], row["period"], row["amount"], row["up_to"]) for row in debts["rows"]] == [
        ("bill", "2026-09", 3000, 3000),
        ("bill", "2026-10", 5800, 8800),
        ("late_fee", None, 200, 9000),
    ]
    assert (debts["total"], debts["prepayment"], debts["debit_under_way"]) == (9000, 700, False)
    take(desk, debts["rows"][1]["up_to"])
    assert [row["owed_for"] for row in desk.run("payments/owed", msisdn=MINE, call_key="7:9")["rows"]] == ["late_fee"]


def test_a_credit_that_waits_lowers_what_is_shown(desk: Any) -> None:
    """A bill is paid with what stands on the number already: only the rest is to be paid; a number that nobody knows owes nothing."""
    desk.given({"msisdn": MINE, "bills": BILLS})
    desk.run("refunds/credit", msisdn=MINE, amount=1000, kind="charge", call_key="7:8")
    assert desk.run("payments/owed", msisdn=MINE)["total"] == 7800
    assert desk.run("payments/owed", msisdn="13900000099") == {
        "rows": [],
        "total": 0,
        "prepayment": 0,
        "held": 0,
        "late_fee_held": 0,
        "debit_under_way": False,
        "cancelled": False,
    }


def test_cash_brought_back_to_the_counter_is_no_charge_of_its_own(desk: Any) -> None:
    """Cash was taken back and is owed: what is paid for that stands on no second line, only the bill's own can be disputed again."""
    receipt = {"number": "SJ-1", "kind": "charge", "amount": 5800}
    desk.given({"msisdn": MINE, "bill": {**BILLS[1], "paid": True}, "receipts": [receipt]})
    lines = [{"line": "bill-item:2026-10:1", "amount": 5800}]
    desk.run("refunds/cash", msisdn=MINE, amount=5800, receipt_number="SJ-1", kind="charge", lines=lines)
    (cash,) = given("AJ-2026-000001")
    with transaction():
        gateway().reverse(cash.id, Effect(key="back", at=AT, case="AJ-2026-000001"))
    number = gateway().subscription(MINE).id
    assert gateway().balances(number).bill_due == 5800
    desk.run("payments/take", call_key="9:1", msisdn=MINE, amount=5800, into="bill")
    pickable = {line.line: line.left for line in papers(number).each()}
    assert pickable == {"bill-item:2026-10:1": 5800}
