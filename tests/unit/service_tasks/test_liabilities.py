"""A liability is opened once per payment, named by somebody else, objected to and decided; what a clerk paid on the spot is settled."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.runtime import BpmnError
from models.base import session, transaction
from models.identity import User, UserRole
from models.liability import Liability

STAFF = {"cause": "staff", "error_kind": "wrong_order"}
BILL = {"period": "2026-10", "paid": True, "items": [{"kind": "function_fee", "text": "彩铃功能费", "amount": 2500}]}
RECEIPT = {"number": "SJ-1", "kind": "charge", "amount": 2500}
LINES = [{"line": "bill-item:2026-10:1", "amount": 2500, "component": "", "reason": ""}]


def test_a_payment_counts_once_and_payments_of_one_cause_add_up(desk: Any) -> None:
    """The same call again changes nothing; another payment of the case for the same cause is the same liability."""
    desk.run("liability/open", call_key="1:1", amount=2000, **STAFF)
    desk.run("liability/open", call_key="1:1", amount=2000, **STAFF)
    answer = desk.run("liability/open", call_key="1:2", amount=500, **STAFF)
    assert (answer["amount"], answer["state"], answer["bearer"]) == (2500, "to_name", None)
    assert len(session().scalars(select(Liability)).all()) == 1


@pytest.mark.parametrize(
    ("cause", "amount", "state", "bearer"),
    [
        ("equipment", 100, "stands", "company"),
        ("debit_program", 100, "stands", "company"),
        ("charge_right", 100, "none", None),
        (None, 100, "none", None),
        ("staff", 0, "none", None),
    ],
)
def test_only_our_own_fault_is_anybodys(
    desk: Any, cause: str | None, amount: int, state: str, bearer: str | None
) -> None:
    """What is given without our fault, and what moved no money, is borne by nobody inside."""
    answer = desk.run("liability/open", cause=cause, error_kind=None, amount=amount)
    assert (answer["state"], answer["bearer"]) == (state, bearer)


def test_a_waiver_for_our_fault_opens_one_in_its_own_commit(desk: Any) -> None:
    """Wherever money moves for our fault somebody bears it; called again it is the same."""
    desk.given({"msisdn": "13900000001", "late_fee": 900, "bill": BILL})
    about = {"msisdn": "13900000001", "approval": None}
    desk.twice("refunds/late_fee_waiver", call_key="1:1", amount=300, fault="keying_error", **about)
    desk.run("refunds/late_fee_waiver", call_key="1:2", amount=200, fault=None, **about)
    desk.run("refunds/late_fee_waiver", call_key="1:3", amount=100, fault="debit_program", **about)
    rows = session().scalars(select(Liability).order_by(Liability.id)).all()
    assert [(row.cause, row.amount, row.state) for row in rows] == [
        ("keying_error", 300, "to_name"),
        ("debit_program", 100, "stands"),
    ]


def test_a_credit_on_another_number_for_our_fault_opens_one_too(desk: Any) -> None:
    """Whichever number the money goes to, it is lost to the company; called again it is the same."""
    desk.given({"msisdn": "13900000001", "bill": BILL, "receipts": [RECEIPT]}, {"msisdn": "13900000002"})
    about = {"msisdn": "13900000001", "target": "13900000002", "kind": "charge", "lines": LINES}
    desk.twice("refunds/other_number", call_key="1:1", amount=1000, fault="system", **about)
    desk.run("refunds/other_number", call_key="1:2", amount=500, **about)
    rows = session().scalars(select(Liability)).all()
    assert [(row.cause, row.amount, row.bearer) for row in rows] == [("system", 1000, "company")]


@pytest.mark.parametrize(
    ("kind", "bearer", "name"), [("own", "person", "李某"), ("franchised", "agency", "拱北厅"), ("agency", "agency", "拱北厅")]
)  # fmt: skip
def test_an_own_hall_is_its_person_another_is_itself(desk: Any, kind: str, bearer: str, name: str) -> None:
    """CH2.10: a franchised hall or an agency bears what its people did."""
    number = desk.run("liability/open", amount=2000, **STAFF)["number"]
    answer = desk.run("liability/name", number=number, unit_kind=kind, unit="拱北厅", person="李某", employee="1007")
    assert (answer["bearer"], answer["name"], answer["state"]) == (bearer, name, "named")


def test_nobody_names_or_clears_themselves(desk: Any) -> None:
    """By name or by employee number, whoever works under it."""
    with transaction():
        session().add(User(name="cleo", display_name="王某", password_hash="x", employee_number="1007"))
    number = desk.run("liability/open", amount=2000, **STAFF)["number"]
    parameters = {"number": number, "unit_kind": "own", "unit": "拱北厅"}
    assert desk.refused("liability/name", person="李某", employee="1007", **parameters) == "names_oneself"
    assert desk.refused("liability/name", person="王某", employee=None, **parameters) == "names_oneself"
    for spelling in ("王 某", "　王某 ", "王\u200b某", "ＣＬＥＯ", "Cleo"):
        assert desk.refused("liability/name", person=spelling, employee=None, **parameters) == "names_oneself", spelling
    assert desk.refused("liability/name", person="李某", employee="１００7", **parameters) == "names_oneself"
    assert desk.refused("liability/name", person=None, employee=None, **parameters) == "nobody_named"
    with transaction():
        row = session().get_one(Liability, number)
        row.bearer, row.name, row.employee, row.state = "person", "王某", "1007", "objected"
    assert desk.refused("liability/decide", number=number, decision="company") == "decides_own_case"


def test_a_number_is_that_of_whoever_is_named(desk: Any) -> None:
    """A known number with another's name is refused; one's own log-in is one's own number; an unknown number is taken."""
    with transaction():
        session().add(User(name="cleo", display_name="王某", password_hash="x", employee_number="1007"))
        session().add(User(name="carl", display_name="李某", password_hash="x", employee_number="1008"))
        session().add(User(name="cora", display_name="赵某", password_hash="x"))
    number = desk.run("liability/open", amount=2000, **STAFF)["number"]
    parameters = {"number": number, "unit_kind": "own", "unit": "拱北厅"}
    assert desk.refused("liability/name", person="张某", employee="１００8", **parameters) == "number_of_another"
    assert desk.refused("liability/name", person="张某", employee="Cora", **parameters) == "number_of_another"
    assert desk.refused("liability/name", person="李某", employee="cleo", **parameters) == "names_oneself"
    for person, employee in (("李 某", "1008"), ("张某", "2001"), ("赵某", "cora"), ("张某", None)):
        assert desk.run("liability/name", person=person, employee=employee, **parameters)["state"] == "named"


@pytest.mark.parametrize(
    ("person", "role", "answered_by", "code"),
    [
        ("王某", "clerk", "person", None),
        ("李某", "supervisor", "supervisor", None),
        ("李某", "clerk", "person", "not_the_person"),
        ("李某", "supervisor", "person", "not_the_person"),
        ("李某", "clerk", "supervisor", "not_a_supervisor"),
    ],
)
def test_nobody_answers_in_the_place_of_whoever_was_named(
    desk: Any, person: str, role: str, answered_by: str, code: str | None
) -> None:
    """The person under their own log-in, or a supervisor who writes down what they said."""
    number = desk.run("liability/open", amount=2000, **STAFF)["number"]
    desk.run("liability/name", number=number, unit_kind="own", unit="拱北厅", person=person, employee=None)
    with transaction():
        session().add(User(name="cleo", display_name="王某", password_hash="x"))
        session().flush()
        session().add(UserRole(user="cleo", role=role))
    statement = {"number": number, "objects": True, "objection": "不是我", "answered_by": answered_by}
    if code is None:
        assert desk.run("liability/answer", **statement)["state"] == "objected"
    else:
        assert desk.refused("liability/answer", **statement) == code


@pytest.mark.parametrize(("employee", "fits"), [("YG0042", True), ("yg 0042", True), ("carl", True), (None, True), ("xx-9", False), ("YG42", False)])  # fmt: skip
def test_a_number_is_written_as_the_office_writes_its_own(desk: Any, employee: str | None, fits: bool) -> None:
    """Another shape is refused with the one that is expected; a log-in and no number at all are taken."""
    with transaction():
        session().add(User(name="cleo", display_name="王某", password_hash="x", employee_number="YG0001"))
        session().add(User(name="carl", display_name="李某", password_hash="x"))
    parameters = {"number": desk.run("liability/open", amount=2000, **STAFF)["number"], "unit_kind": "own"}
    if fits:
        assert desk.run("liability/name", person="李某", employee=employee, **parameters)["state"] == "named"
        return
    with pytest.raises(BpmnError) as error:
        desk.run("liability/name", person="李某", employee=employee, **parameters)
    assert (error.value.code, error.value.values["shapes"]) == ("number_unfit", "YG0000")


@pytest.mark.parametrize(
    ("decision", "state", "bearer"), [("upheld", "stands", "person"), ("another", "to_name", None), ("company", "stands", "company")]
)  # fmt: skip
def test_an_objection_is_decided(desk: Any, decision: str, state: str, bearer: str | None) -> None:
    """It stands, goes to somebody else, or is the company's."""
    number = desk.run("liability/open", amount=2000, **STAFF)["number"]
    desk.run("liability/name", number=number, unit_kind="own", unit="拱北厅", person="李某", employee=None)
    answer = desk.run("liability/answer", number=number, objects=True, objection="不是我办的")
    assert answer["state"] == "objected"
    answer = desk.run("liability/decide", number=number, decision=decision)
    assert (answer["state"], answer["bearer"]) == (state, bearer)


def test_what_a_clerk_paid_on_the_spot_is_given_back(desk: Any) -> None:
    """It moves nothing of ours in the end, and neither a receipt nor the next bill gives it once more."""
    desk.given({"msisdn": "13900000001", "bill": BILL, "receipts": [RECEIPT]})
    about = {"msisdn": "13900000001", "kind": "charge", "lines": LINES}
    assert desk.refused("liability/paid_on_spot", amount=2600, most=2500, **about) == "exceeds_disputed"
    desk.run("liability/paid_on_spot", call_key="1:1", amount=2500, most=2500, **about)
    assert desk.moved() == {}
    cash = {**about, "amount": 2500, "disputed_amount": 2500, "receipt_number": "SJ-1", "approval": None}
    assert desk.refused("refunds/cash", call_key="1:2", **cash) in ("exceeds_disputed", "exceeds_receipt")
    credit = {**about, "amount": 2500, "disputed_amount": 2500, "approval": None}
    assert desk.refused("refunds/credit", call_key="1:3", **credit) == "exceeds_disputed"


SPOT = {"msisdn": "13900000001", "kind": "charge", "lines": LINES, "amount": 2500}


def test_nobody_pays_on_the_spot_what_was_not_paid(desk: Any) -> None:
    """What is still owed comes off the bill: cash for it would be given beside that. A prepayment stands where it is."""
    desk.given({"msisdn": "13900000001", "bill": {**BILL, "paid": False}})
    assert desk.refused("liability/paid_on_spot", **SPOT) == "not_paid_yet"
    assert desk.refused("liability/paid_on_spot", **{**SPOT, "kind": "prepayment"}) == "prepayment_stands"
    assert desk.moved() == {}


@pytest.mark.parametrize(
    ("people", "refusal"),
    [
        ({"paid_by": "张三"}, "not_of_staff"),
        ({"paid_by": "赵某"}, "not_of_staff"),
        ({"paid_by": "1008", "approved_by": ["sue"]}, "payer_approved"),
        ({"paid_by": "李 某", "payee": "agent", "payee_name": "王五"}, "payee_unproved"),
        ({"paid_by": "carl", "approved_by": ["cora"], "payee": "holder"}, None),
        ({"paid_by": "1008", "payee": "agent", "payee_name": "王五", "payee_document": "委托书 3 号"}, None),
    ],
)
def test_who_pays_and_who_receives_are_known(desk: Any, people: dict[str, Any], refusal: str | None) -> None:
    """Somebody of the staff pays, told apart from namesakes, and has not approved it under any log-in; the holder receives it, or somebody with papers."""
    with transaction():
        session().add(User(name="carl", display_name="李某", password_hash="x", employee_number="1008"))
        session().add(User(name="sue", display_name="李某", password_hash="x", employee_number="1008"))
        for name, number in (("cora", "1009"), ("cy", "1010")):
            session().add(User(name=name, display_name="赵某", password_hash="x", employee_number=number))
    desk.given({"msisdn": "13900000001", "bill": BILL, "receipts": [RECEIPT]})
    if refusal:
        assert desk.refused("liability/paid_on_spot", **SPOT, **people) == refusal
    else:
        desk.run("liability/paid_on_spot", call_key="1:1", **SPOT, **people)
    paid_by = {"paid_by": people["paid_by"], **STAFF}
    liability = desk.run("liability/open", call_key="1:2", amount=2500, **paid_by)
    assert liability["name"] == ("李某" if refusal != "not_of_staff" else people["paid_by"])


def test_a_receipt_found_after_the_money_went_to_another_number_pays_nothing(desk: Any) -> None:
    """What went out without it is spent on it."""
    other_number = {"msisdn": "13900000002", "bill": BILL}
    desk.given({"msisdn": "13900000001", "bill": BILL, "receipts": [RECEIPT]}, other_number)
    about = {"msisdn": "13900000001", "kind": "charge", "amount": 2500, "disputed_amount": 2500}
    desk.run("refunds/other_number", call_key="1:1", target="13900000002", lines=LINES, approval=None, **about)
    assert desk.moved()["13900000002.receivable"] == -2500
    for lines in (LINES, []):
        parameters = {**about, "receipt_number": "SJ-1", "lines": lines, "approval": None}
        code = desk.refused("refunds/cash", call_key="1:2", **parameters)
        assert code in ("exceeds_disputed", "exceeds_receipt", "receipt_used")


def test_a_cancelled_number_has_no_next_bill(desk: Any) -> None:
    """A credit would wait there for ever."""
    desk.given({"msisdn": "13900000001", "state": "cancelled", "reason": "request", "bill": BILL})
    about = {"msisdn": "13900000001", "kind": "charge", "amount": 2500, "disputed_amount": 2500, "lines": LINES}
    assert desk.refused("refunds/credit", approval=None, **about) == "exceeds_bill"
