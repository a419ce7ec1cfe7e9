"""Money given back or given up: once, on paper, and never more than there is."""

from datetime import datetime
from typing import Any

import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from engine.runtime import BpmnError
from models.base import session, transaction
from models.billing import CreditNote, LateFeeWaiver, Refund
from models.usage import Cdr
from service_tasks.gateway import Effect, gateway

BILL = {"period": "2026-10", "items": [{"kind": "function_fee", "text": "彩铃", "amount": 8000}]}
CALLS_BILLED = [{"kind": "call", "text": "通话费", "amount": 80}]
RECEIPTS = [
    {"number": "SJ-1", "kind": "prepayment", "amount": 20000},
    {"number": "SJ-2", "kind": "charge", "amount": 5000},
    {"number": "SJ-3", "kind": "charge", "amount": 3000, "refunded": 3000},
    {"number": "SJ-4", "kind": "late_fee", "amount": 600},
    {"number": "CK-1", "kind": "deposit", "amount": 20000},
]
NUMBERS = (
    {
        "msisdn": "13900000001",
        "customer": {"name": "陈某", "id_number": "440400"},
        "prepayment": 10000,
        "deposit": 20000,
        "late_fee": 600,
        "bill": BILL,
        "receipts": RECEIPTS,
    },
    {"msisdn": "13900000002", "receipts": [{"number": "SJ-9", "kind": "charge", "amount": 5000}]},
    {"msisdn": "13900000003", "state": "cancelled", "reason": "request", "prepayment": 4200},
    {"msisdn": "13900000004", "state": "suspended", "reason": "arrears"},
    {"msisdn": "13900000005", "kind": "prepaid"},
    {"msisdn": "13900000006", "state": "cancelled", "reason": "arrears"},
)
CASH: dict[str, Any] = {
    "msisdn": "13900000001",
    "amount": 3000,
    "disputed_amount": 50000,
    "receipt_number": "SJ-2",
    "kind": "charge",
}
CREDIT: dict[str, Any] = {"msisdn": "13900000001", "amount": 3000, "disputed_amount": 9000, "kind": "charge"}
WITHDRAWAL: dict[str, Any] = {"msisdn": "13900000003", "method": "transfer", "target": "13900000001"}


@pytest.fixture(autouse=True)
def world(desk: Any) -> None:
    """Numbers in every state, with papers."""
    desk.given(*NUMBERS)


@pytest.mark.parametrize(
    "kind, receipt, changes",
    [
        ("charge", "SJ-2", {"adjustment": 500, "cash": -500}),
        ("late_fee", "SJ-4", {"adjustment": 500, "cash": -500}),
        ("prepayment", "SJ-1", {"13900000001.prepayment": -500, "cash": -500}),
    ],
)
def test_cash_is_paid_once(desk: Any, kind: str, receipt: str, changes: dict[str, int]) -> None:
    """A prepayment leaves the number first; whatever is paid, is paid once, on one sheet."""
    answer = desk.twice("refunds/cash", **{**CASH, "kind": kind, "receipt_number": receipt, "amount": 500})
    refund = session().scalars(select(Refund)).one()
    assert (answer["refund_number"], answer["amount"]) == (refund.number, 500)
    assert desk.moved() == changes


def test_the_sheet_goes_with_the_refund(desk: Any) -> None:
    """TS-002.5: the sheet carries the refund's own number, the holder and the clerk."""
    form = desk.run("refunds/cash", **CASH)["form"]
    assert form == session().scalars(select(Refund)).one().form
    assert form["number"].startswith("TF-2026-")
    assert (form["customer"], form["id_number"], form["clerk"]) == ("陈某", "440400", "cleo")
    assert (form["case_number"], form["filled_on"], form["period"]) == ("AJ-2026-000001", "2026-11-23", "2026-10")


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"receipt_number": "SJ-77"}, "receipt_unknown"),
        ({"receipt_number": "SJ-9"}, "receipt_unknown"),
        ({"kind": "late_fee"}, "receipt_unknown"),
        ({"msisdn": "13900000099"}, "receipt_unknown"),
        ({"receipt_number": "SJ-3"}, "receipt_used"),
        ({"receipt_number": "sj-3"}, "receipt_used"),
        ({"amount": 5001}, "exceeds_receipt"),
        ({"amount": 3000, "disputed_amount": 2999}, "exceeds_disputed"),
        ({"amount": 60000}, "exceeds_disputed"),
        ({"receipt_number": "SJ-1", "kind": "prepayment", "amount": 10001}, "insufficient_prepayment"),
    ],
)
def test_cash_that_may_not_be_paid_is_refused(desk: Any, changed: dict[str, Any], code: str) -> None:
    """Another number's receipt, a receipt of another kind, one already used: nothing is paid, and the code says why."""
    assert desk.refused("refunds/cash", **{**CASH, **changed}) == code


@pytest.mark.parametrize("prepaid", [True, False])
def test_calls_that_were_deducted_come_back_on_the_receipt_of_the_prepayment(desk: Any, prepaid: bool) -> None:
    """A prepaid customer has no other receipt; one who pays by bill cannot use that of a prepayment for calls."""
    msisdn, kind = "13900000007", "prepaid" if prepaid else "gotone"
    receipt = {"number": "SJ-7", "kind": "prepayment", "amount": 5000}
    bill = {} if prepaid else {"bill": {"period": "2026-10", "paid": True, "items": CALLS_BILLED}}
    call = {"msisdn": msisdn, "start": "2026-10-09T09:00:00", "basic": 80}
    desk.given({"msisdn": msisdn, "kind": kind, "prepayment": 5000, "receipts": [receipt], **bill}, cdrs=[call])
    number = session().scalars(select(Cdr.id).where(Cdr.served_msisdn == msisdn)).one()
    refund = {**CASH, "msisdn": msisdn, "receipt_number": "SJ-7", "amount": 80, "disputed_amount": 80}
    refund["lines"] = [{"line": f"call:{number}", "amount": 80}]
    if not prepaid:
        assert desk.refused("refunds/cash", **refund) == "receipt_unknown"
        return
    desk.twice("refunds/cash", **refund)
    assert desk.moved() == {"adjustment": 80, "cash": -80}


def test_a_receipt_gives_back_no_more_than_its_amount(desk: Any) -> None:
    """Two refunds against one receipt and its replacement end where the receipt ends."""
    replaced = {"receipt_number": desk.run("refunds/cash", call_key="7:1", **CASH)["replacement"]}
    assert desk.refused("refunds/cash", call_key="7:2", **{**CASH, **replaced}) == "exceeds_receipt"
    desk.run("refunds/cash", call_key="7:3", **{**CASH, **replaced, "amount": 2000})
    assert desk.refused("refunds/cash", call_key="7:4", **{**CASH, **replaced, "amount": 1}) == "receipt_used"


@pytest.mark.parametrize("amount", [0, -1, 1.5])
def test_amounts_are_whole_and_positive(desk: Any, amount: Any) -> None:
    """Nothing is paid for a wrong sign or half a fen."""
    with pytest.raises(ValidationError):
        desk.run("refunds/cash", **{**CASH, "amount": amount})
    assert desk.moved() == {}


@pytest.mark.parametrize("kind, account, amount", [("charge", "receivable", 3000), ("late_fee", "late_fee", 600)])
def test_a_credit_is_posted_once(desk: Any, kind: str, account: str, amount: int) -> None:
    """TS-002.11: less is owed, and the credit note has the sheet."""
    answer = desk.twice("refunds/credit", **{**CREDIT, "kind": kind, "amount": amount})
    note = session().scalars(select(CreditNote)).one()
    assert (answer["credit_note"], answer["amount"], answer["form"]) == (note.number, amount, note.form)
    assert (note.form["method"], note.form["disputed_amount"]) == ("credit", 9000)
    assert desk.moved() == {"adjustment": amount, f"13900000001.{account}": -amount}


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"amount": 9001}, "exceeds_disputed"),
        ({"amount": 8001}, "exceeds_bill"),
        ({"amount": 601, "kind": "late_fee"}, "exceeds_bill"),
        ({"msisdn": "13900000099"}, "exceeds_bill"),
    ],
)
def test_a_credit_beyond_dispute_or_bill_is_refused(desk: Any, changed: dict[str, Any], code: str) -> None:
    """A credit never makes a debt into a payout."""
    assert desk.refused("refunds/credit", **{**CREDIT, **changed}) == code


def test_a_late_fee_is_waived_once(desk: Any) -> None:
    """TS-008.5: the waiver has a number and a sheet of its own."""
    answer = desk.twice("refunds/late_fee_waiver", msisdn="13900000001", amount=600)
    waiver = session().scalars(select(LateFeeWaiver)).one()
    assert (answer["waiver_number"], answer["form"]["sheet"]) == (waiver.number, "late_fee_waiver")
    assert desk.moved() == {"adjustment": 600, "13900000001.late_fee": -600}


@pytest.mark.parametrize("msisdn, amount", [("13900000001", 601), ("13900000002", 1), ("13900000099", 1)])
def test_more_than_the_late_fee_is_not_waived(desk: Any, msisdn: str, amount: int) -> None:
    """Only what was drawn can be given up."""
    assert desk.refused("refunds/late_fee_waiver", msisdn=msisdn, amount=amount) == "exceeds_late_fee"


DEPOSIT: dict[str, Any] = {"msisdn": "13900000001", "receipt_number": "CK-1", "identity_checked": True}


def test_a_deposit_is_paid_back_once_and_closed(desk: Any) -> None:
    """SUB.4: the whole deposit goes back, and there is none any more."""
    answer = desk.twice("refunds/deposit", call_key="7:1", **DEPOSIT)
    assert answer["amount"] == answer["form"]["amount"] == 20000
    assert desk.moved() == {"13900000001.deposit": -20000, "cash": -20000}
    assert desk.refused("refunds/deposit", call_key="7:2", **DEPOSIT) == "no_deposit"


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"receipt_number": "CK-9"}, "receipt_unknown"),
        ({"receipt_number": "SJ-9"}, "receipt_unknown"),
        ({"msisdn": "13900000099"}, "receipt_unknown"),
        ({"receipt_number": "SJ-2"}, "no_deposit"),
    ],
)
def test_a_deposit_without_its_receipt_is_refused(desk: Any, changed: dict[str, Any], code: str) -> None:
    """A receipt of a charge proves no deposit."""
    assert desk.refused("refunds/deposit", **{**DEPOSIT, **changed}) == code


def test_a_receipt_pays_back_its_own_deposit_only(desk: Any) -> None:
    """Two deposits, two receipts: one pays what it stands for, and the number is closed for deposits with the last."""
    papers = [
        {"number": "CK-2", "kind": "deposit", "amount": 10000},
        {"number": "CK-3", "kind": "deposit", "amount": 5000},
    ]
    desk.given({"msisdn": "13900000041", "deposit": 15000, "receipts": papers})
    parameters = {"msisdn": "13900000041", "identity_checked": True}
    assert desk.run("refunds/deposit", call_key="7:1", **parameters, receipt_number="CK-2")["amount"] == 10000
    assert not gateway().subscription("13900000041").deposits_closed
    assert desk.refused("refunds/deposit", call_key="7:2", **parameters, receipt_number="CK-2") == "no_deposit"
    assert desk.run("refunds/deposit", call_key="7:3", **parameters, receipt_number="CK-3")["amount"] == 5000
    assert gateway().subscription("13900000041").deposits_closed


def test_a_deposit_is_in_one_case_at_a_time(desk: Any) -> None:
    """Whoever comes second is told which case has it, before and after it was paid."""
    parameters = {"msisdn": "13900000001", "receipt_number": "CK-1"}
    assert desk.twice("refunds/reserve_deposit", call_key="7:1", **parameters)["amount"] == 20000
    other_case = {"call_key": "8:1", "case": "AJ-2026-000002"}
    assert desk.refused("refunds/reserve_deposit", **other_case, **parameters) == "line_taken"
    assert desk.refused("refunds/deposit", **other_case, **parameters, identity_checked=True) == "no_deposit"
    desk.run("refunds/deposit", call_key="7:2", **parameters, identity_checked=True)
    gateway().release("AJ-2026-000001")
    assert desk.refused("refunds/reserve_deposit", **other_case, **parameters) == "line_taken"
    assert (
        desk.refused("refunds/reserve_deposit", **other_case, msisdn="13900000001", receipt_number="SJ-2")
        == "no_deposit"
    )


def test_a_deposit_is_not_paid_to_an_unchecked_person(desk: Any) -> None:
    """The diagram asks first; if it does not, the step stops instead of paying."""
    with pytest.raises(ValidationError):
        desk.run("refunds/deposit", **{**DEPOSIT, "identity_checked": False})
    assert desk.moved() == {}


def test_the_rest_on_a_cancelled_number_is_paid_out_once(desk: Any) -> None:
    """SUB.2 in cash."""
    answer = desk.twice("refunds/cancelled_prepayment", msisdn="13900000003", method="cash", target=None)
    assert answer["amount"] == answer["form"]["amount"] == 4200
    assert desk.moved() == {"13900000003.prepayment": -4200, "cash": -4200}


@pytest.mark.parametrize("target", ["13900000001", "13900000004"])
def test_the_rest_on_a_cancelled_number_moves_once(desk: Any, target: str) -> None:
    """SUB.2 to another GoTone number; paying into a suspended one is how it is restored."""
    answer = desk.twice("refunds/cancelled_prepayment", **{**WITHDRAWAL, "target": target})
    assert answer["form"]["target"] == target
    assert desk.moved() == {"13900000003.prepayment": -4200, f"{target}.prepayment": 4200}


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"msisdn": "13900000001"}, "not_cancelled"),
        ({"msisdn": "13900000099"}, "not_cancelled"),
        ({"target": "13900000003"}, "same_number"),
        ({"target": "13900000099"}, "target_unknown"),
        ({"target": None}, "target_unknown"),
        ({"target": "13900000006"}, "target_cancelled"),
        ({"target": "13900000005"}, "target_not_gotone"),
        ({"msisdn": "13900000006"}, "nothing_left"),
    ],
)
def test_a_withdrawal_that_may_not_be_is_refused(desk: Any, changed: dict[str, Any], code: str) -> None:
    """Every refusal leaves the balance on the cancelled number."""
    assert desk.refused("refunds/cancelled_prepayment", **{**WITHDRAWAL, **changed}) == code


def test_a_line_that_another_case_has_is_refused_and_stops_nothing(desk: Any) -> None:
    """A process that pays lines without reserving them is told that they cannot be had, as a refusal its diagram knows."""
    bill = {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 5000}]}
    desk.given({"msisdn": "13900000031", "bill": bill})
    parameters = {"msisdn": "13900000031", "amount": 5000, "kind": "charge"}
    lines = [{"line": "bill-item:2026-10:1", "amount": 5000}]
    answer = desk.twice("refunds/credit", **parameters, lines=lines)
    assert (answer["amount"], answer["fallen"], answer["into"]) == (5000, 5000, "receivable")
    assert desk.refused("refunds/credit", call_key="8:1", **parameters, lines=lines) == "exceeds_disputed"
    code = desk.refused("charge_hold/place", call_key="8:2", msisdn="13900000031", amount=1, lines=lines)
    assert code == "exceeds_disputed"
    other_lines = [{"line": "payment:SJ-999", "amount": 5000}]
    assert desk.refused("refunds/credit", call_key="8:3", **parameters, lines=other_lines) == "exceeds_disputed"


PAID_AND_OWED = {
    "msisdn": "13900000021",
    "state": "cancelled",
    "reason": "request",
    "bills": [
        {"period": "2026-09", "paid": True, "items": [{"kind": "function_fee", "text": "彩铃", "amount": 10000}]},
        {"period": "2026-10", "items": [{"kind": "function_fee", "text": "彩铃", "amount": 40000}]},
    ],
}


@pytest.mark.parametrize(("amount", "most"), [(50000, 40000), (40001, 40000), (40000, None), (100, None)])
def test_what_is_said_to_be_possible_is(desk: Any, amount: int, most: int | None) -> None:
    """A number without a next bill is credited with what it owes of the lines, in whatever order they were ticked; the figure named is taken."""
    desk.given(PAID_AND_OWED)
    ticked = [{"line": "bill-item:2026-09:1", "amount": 10000}, {"line": "bill-item:2026-10:1", "amount": 40000}]
    credit = {"msisdn": "13900000021", "amount": amount, "disputed_amount": 50000, "kind": "charge", "lines": ticked}
    if most is None:
        assert desk.run("refunds/credit", **credit)["fallen"] == amount
        return
    with pytest.raises(BpmnError) as refusal:
        desk.run("refunds/credit", **credit)
    assert (refusal.value.code, refusal.value.values["balance"]) == ("exceeds_bill", most)


def test_after_a_reversal_what_is_owed_falls_before_anything_is_cash(desk: Any, at: datetime) -> None:
    """The customer keeps the first cash: a new case on the same line takes that debt away; the next cash is for what the bill was paid beside."""
    items = [
        {"kind": "call", "text": "通话费", "amount": 5000},
        {"kind": "function_fee", "text": "彩铃", "amount": 3000},
    ]
    receipt = {"number": "SJ-11", "kind": "charge", "amount": 8000}
    bill = {"period": "2026-10", "items": items, "paid": True}
    desk.given({"msisdn": "13900000011", "bill": bill, "receipts": [receipt]})
    line = [{"line": "bill-item:2026-10:1", "amount": 5000}]
    cash = {"msisdn": "13900000011", "receipt_number": "SJ-11", "kind": "charge"}
    cash["receipt_number"] = desk.run("refunds/cash", call_key="7:1", amount=5000, lines=line, **cash)["replacement"]
    with transaction():
        (payment,) = gateway().given("AJ-2026-000001")
        gateway().reverse(payment.id, Effect(key="7:reversed:1", at=at, case="AJ-2026-000001"))
    assert gateway().balances(gateway().subscription("13900000011").id).bill_due == 5000
    again = {**cash, "amount": 5000, "lines": line, "case": "AJ-2026-000002"}
    assert desk.refused("refunds/cash", call_key="8:1", **again) == "exceeds_receipt"
    credit = {"msisdn": "13900000011", "kind": "charge", "amount": 5000, "lines": line, "case": "AJ-2026-000002"}
    assert desk.run("refunds/credit", call_key="8:2", **credit)["fallen"] == 5000
    assert gateway().balances(gateway().subscription("13900000011").id).bill_due == 0
    rest = [{"line": "bill-item:2026-10:2", "amount": 3000}]
    last = desk.run("refunds/cash", call_key="9:1", amount=3000, lines=rest, case="AJ-2026-000003", **cash)
    assert (last["amount"], last["fallen"]) == (3000, 0)


def test_what_is_all_unpaid_goes_to_no_other_number(desk: Any) -> None:
    """Another number was approved and none of it would reach it: that is refused, and nothing falls of the own bill either."""
    due = gateway().balances(gateway().subscription("13900000001").id).bill_due
    lines = [{"line": "bill-item:2026-10:1", "amount": 3000, "reason": "一部分"}]
    transfer = {"msisdn": "13900000001", "target": "13900000002", "amount": 3000, "kind": "charge", "lines": lines}
    with pytest.raises(BpmnError) as refusal:
        desk.run("refunds/other_number", **transfer)
    assert refusal.value.code == "nothing_to_move"
    assert gateway().balances(gateway().subscription("13900000001").id).bill_due == due
