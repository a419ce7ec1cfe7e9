"""What a case disputes told apart: which lines were paid, which are owed, and what is refused where it was picked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import language
from engine.language import feel
from engine.language.calendar import Calendar
from engine.runtime import BpmnError
from models.base import session, transaction
from models.lines import DisputedLine, LineClaim, LineRejection
from service_tasks import lines
from service_tasks.gateway import Effect, LinePart, gateway
from tests.unit.service_tasks.conftest import AT

PROCESSES = Path(__file__).parents[3] / "processes"
MSISDN = "13900000001"
ITEMS = [
    {"kind": "monthly_fee", "text": "月租费", "amount": 1000},
    {"kind": "monternet", "text": "信息费", "amount": 2000, "service_provider": "新浪"},
]
NUMBER = {"msisdn": MSISDN, "bill": {"period": "2026-10", "paid": 1200, "items": ITEMS}}
FEE = {
    "msisdn": MSISDN,
    "start": "2026-10-10T09:00:00",
    "kind": "monternet",
    "service_provider": "新浪",
    "billed": "2026-10",
}
FEES = [{**FEE, "information": 1500}, {**FEE, "start": "2026-10-11T09:00:00", "information": 500}]


def fee(number: int, amount: int, reason: str = "") -> dict[str, Any]:
    """An information fee as a form has it."""
    return {"line": f"information-fee:{number}", "amount": amount, "reason": reason}


def test_lines_that_were_asked_for_and_refused_are_kept_with_their_case(desk: Any) -> None:
    """TS-001.3 asks before anything is reserved: what was refused is free, names case and day, and what another case has says more."""
    desk.given(NUMBER)
    own = gateway().subscription(MSISDN).id
    with transaction():
        gateway().reserve(own, [LinePart("bill-item:2026-10:2", 2000)], Effect(key="5:1", at=AT, case="AJ-5"))
    rows = [{"line": f"bill-item:2026-10:{item}", "amount": 1000, "reason": "半月"} for item in (1, 2)]
    assert desk.run("lines/reject", call_key="7:1", msisdn=MSISDN, lines=rows) == {"count": 1, "lines": []}
    assert desk.run("lines/reject", call_key="7:2", msisdn=MSISDN, lines=None) == {"count": 0, "lines": []}
    rejections = session().execute(select(DisputedLine.address, LineRejection.amount).join(LineRejection)).all()
    assert rejections == [("bill-item:2026-10:1", 1000)]
    assert session().scalars(select(LineClaim.case_number)).all() == ["AJ-5"]


def test_lines_get_what_is_granted_in_their_order() -> None:
    """The line at which the amount ends has the approver's reason on both sides; what is untouched keeps its own."""
    parts = [
        LinePart("bill-item:1:1", 1000),
        LinePart("bill-item:1:2", 1000, reason="半月"),
        LinePart("bill-item:1:3", 500),
    ]
    shares, rest = lines.cut(parts, 1400, "只认四元")
    assert shares == [parts[0], LinePart("bill-item:1:2", 400, reason="只认四元")]
    assert rest == [LinePart("bill-item:1:2", 600, reason="只认四元"), parts[2]]


def test_what_is_not_granted_of_a_line_stands_beside_it(desk: Any) -> None:
    """TS-001.3 grants 15.00 of 20.00: what the case is given of the line later takes away from what was refused, nothing else does."""
    desk.given(NUMBER)
    parts = [{"line": f"bill-item:2026-10:{item}", "amount": 1000, "reason": "半月"} for item in (1, 2)]
    answer = desk.run("lines/reject", call_key="7:1", msisdn=MSISDN, lines=parts, granted=1500, reason="只认一半")
    assert [(row["line"], row["amount"]) for row in answer["lines"]] == [
        ("bill-item:2026-10:1", 1000),
        ("bill-item:2026-10:2", 500),
    ]
    rows = session().execute(select(DisputedLine.address, LineRejection.amount).join(LineRejection)).all()
    assert rows == [("bill-item:2026-10:2", 500)]
    assert session().scalars(select(LineClaim.amount)).all() == []


def apart(desk: Any, *lines: dict[str, Any], **parameters: Any) -> Any:
    """What lines/apart answers."""
    return desk.run("lines/apart", msisdn=MSISDN, lines=list(lines), among="information_fees", **parameters)


def test_a_bill_paid_in_part_divides_its_lines(desk: Any) -> None:
    """TS-006.4, line by line: of 20.00 on a bill of 30.00 of which 12.00 was paid, 18.00 is owed still."""
    desk.given(NUMBER, cdrs=FEES)
    answer = apart(desk, fee(1, 1500), fee(2, 500))
    assert (answer["amount"], answer["paid_amount"], answer["unpaid_amount"]) == (2000, 200, 1800)
    assert [(row["line"], row["amount"]) for row in answer["unpaid"]] == [
        ("information-fee:1", 1500),
        ("information-fee:2", 300),
    ]


def test_a_second_complaint_hears_which_case_has_the_fee(desk: Any) -> None:
    """The same fee, complained of again: refused at its field with the case that has it, and nothing reserved."""
    desk.given(NUMBER, cdrs=FEES)
    with transaction():
        subscription = gateway().subscription(MSISDN)
        gateway().reserve(subscription.id, [LinePart("information-fee:1", 1500)], Effect(key="b", at=AT, case="AJ-B"))
    with pytest.raises(BpmnError) as refusal:
        apart(desk, fee(1, 1500))
    assert (refusal.value.code, refusal.value.values["case"]) == ("line_taken", "AJ-B")


@pytest.mark.parametrize(
    "line, code",
    [
        ({"line": "bill-item:2026-10:1", "amount": 1000}, "not_information_fee"),
        (fee(9, 100), "not_information_fee"),
        (fee(3, 100), "not_billed"),
        (fee(1, 28000), "line_taken"),
        (fee(1, 1000), "part_without_reason"),
    ],
)
def test_what_is_no_information_fee_or_more_than_one_is_refused(desk: Any, line: dict[str, Any], code: str) -> None:
    """A monthly fee, a record of nobody, a fee on no bill yet, 280.00 for 15.00, and a part without its reason."""
    unbilled = {**FEE, "start": "2026-11-11T09:00:00", "information": 100, "billed": None}
    desk.given(NUMBER, cdrs=[*FEES, unbilled])
    assert desk.refused("lines/apart", msisdn=MSISDN, lines=[line], among="information_fees") == code


def test_nothing_picked_is_nothing_to_give(desk: Any) -> None:
    """A register without a line on file can be filled in; it moves nothing."""
    desk.given(NUMBER, cdrs=FEES)
    assert apart(desk)["amount"] == 0


def reserve(desk: Any, **parameters: Any) -> Any:
    """What lines/reserve answers where an amount was typed."""
    return desk.run("lines/reserve", msisdn=MSISDN, lines=[], **parameters)


@pytest.mark.parametrize("kind", [{}, {"item": "call_charge"}, {"item": "information_fee"}, {"kind": "charge"}])
def test_no_amount_is_typed_beside_lines_that_can_be_ticked(desk: Any, kind: dict[str, str]) -> None:
    """Whatever is said to be repaid, one fen without lines is refused while the bill has something of that money left."""
    desk.given(NUMBER, cdrs=FEES)
    assert desk.refused("lines/reserve", msisdn=MSISDN, lines=[], typed=1, **kind) == "lines_to_tick"


def test_a_line_in_another_complaint_is_not_given_again_as_an_amount(desk: Any) -> None:
    """The bill's last line is in another case: nothing can be ticked, so what is typed is held against what the bill has left, nothing."""
    desk.given({"msisdn": MSISDN, "bill": {"period": "2026-10", "items": ITEMS[:1]}})
    with transaction():
        subscription = gateway().subscription(MSISDN)
        gateway().reserve(subscription.id, [LinePart("bill-item:2026-10:1", 1000)], Effect(key="b", at=AT, case="AJ-B"))
    with pytest.raises(BpmnError) as refusal:
        reserve(desk, typed=1000, item="monthly_fee")
    assert (refusal.value.code, refusal.value.values["balance"]) == ("exceeds_charged", 0)


def test_no_amount_counts_where_nothing_stands_for_it(desk: Any) -> None:
    """A number without a bill, late fee, prepayment or deposit has no fen to give, whatever is said to be repaid; of one not known nothing is asked."""
    desk.given({"msisdn": "13900000002"})
    items = {
        "monthly_fee": "exceeds_charged",
        "late_fee": "exceeds_late_fee",
        "prepayment": "insufficient_prepayment",
        "recharge_card": "insufficient_prepayment",
        "deposit": "exceeds_deposit",
    }
    for item, code in items.items():
        assert desk.refused("lines/reserve", msisdn="13900000002", typed=1, item=item) == code
    assert desk.refused("lines/reserve", msisdn="13900000002", typed=1) == "exceeds_charged"
    assert desk.run("lines/reserve", msisdn="13900000009", typed=500, item="monthly_fee")["count"] == 0


def test_an_amount_without_lines_is_within_what_stands_there(desk: Any) -> None:
    """A prepayment of 80.00 without a receipt gives 80.00 and not a fen more."""
    desk.given({"msisdn": "13900000002", "prepayment": 8000})
    most = {"msisdn": "13900000002", "item": "prepayment"}
    assert desk.run("lines/reserve", typed=8000, **most)["count"] == 0
    assert desk.refused("lines/reserve", typed=8001, **most) == "insufficient_prepayment"


def test_what_an_older_diagram_hands_over_is_taken_as_before(desk: Any) -> None:
    """Open cases go on: a version that says nothing of what was typed, and a reward, ask for no lines."""
    desk.given(NUMBER)
    assert reserve(desk, item="monthly_fee")["amount"] is None
    assert reserve(desk, item="complaint_reward", typed=1200)["amount"] is None
    ticked = {"lines": [{"line": "bill-item:2026-10:1", "amount": 1000}], "typed": 500000}
    assert desk.run("lines/reserve", msisdn=MSISDN, item="monthly_fee", **ticked)["amount"] == 1000


@pytest.mark.parametrize(("handed_back", "on_file"), [(False, ["SJ-1"]), (True, [])])
def test_a_receipt_that_the_office_holds_is_not_asked_for_again(
    desk: Any, handed_back: bool, on_file: list[str]
) -> None:
    """What was taken back for cash in one case is known to the next, also while the cash is owed; who hands the cash back gets the receipt back with it."""
    bill = {"period": "2026-10", "paid": True, "items": ITEMS[:1]}
    desk.given({"msisdn": MSISDN, "bill": bill, "receipts": [{"number": "SJ-1", "kind": "charge", "amount": 1000}]})
    assert reserve(desk)["receipts_in_hand"] == []
    payment = {
        "lines": [{"line": "bill-item:2026-10:1", "amount": 1000}],
        "kind": "charge",
        "amount": 1000,
    }
    desk.run("refunds/cash", call_key="8:1", msisdn=MSISDN, receipt_number="SJ-1", disputed_amount=1000, **payment)
    assert reserve(desk)["receipts_in_hand"] == ["SJ-1"]
    with transaction():
        (entry,) = gateway().given("AJ-2026-000001")
        gateway().reverse(entry.id, Effect(key="back", at=AT, case="AJ-2026-000001"), handed_back=handed_back)
    assert reserve(desk)["receipts_in_hand"] == on_file


@pytest.mark.parametrize(("in_hand", "asks"), [(["SJ-1"], False), (["SJ-2"], True), ([], True)])
def test_the_form_asks_for_a_receipt_that_the_customer_has(in_hand: list[str], asks: bool) -> None:
    """The tick stands there for every other receipt than those in the office's hands, and a sentence in its place for these."""
    form = language.Form.parse((PROCESSES / "forms" / "ts002_cash.form").read_bytes())
    scope = feel.Scope(at=AT, calendar=Calendar(frozenset(), frozenset()))
    visible = form.visible({"reserved": {"receipts_in_hand": in_hand}}, {"receipt_number": "SJ-1"}, scope)
    assert ("receipt_taken_back" in [field.key for field in visible]) is asks
    assert any("不用再向客户收" in field.text for field in visible) is not asks


@pytest.mark.parametrize(("paid_fen", "paid_amount"), [(0, 0), (1200, 0), (2500, 500), (3000, 1000)])
def test_what_may_be_given_in_cash_is_what_is_paid(desk: Any, paid_fen: int, paid_amount: int) -> None:
    """Of a line of 10.00 on a bill of 30.00, whatever analysis or clerk picked it: what is still owed on the bill falls first."""
    items = [{"kind": "call", "text": "通话费", "amount": 1000}, ITEMS[1]]
    desk.given({"msisdn": MSISDN, "bill": {"period": "2026-10", "paid": paid_fen, "items": items}})
    line = {"line": "bill-item:2026-10:1", "amount": 1000, "reason": "查实"}
    debt = max(0, 1000 - paid_amount)
    for topic in ("lines/reserve", "lines/confirm"):
        answer = desk.run(topic, call_key=topic, msisdn=MSISDN, lines=[line])
        assert (answer["paid_amount"], answer["paid"]) == (paid_amount, debt == 0), topic
    assert desk.run("lines/reserve", call_key="7:9", msisdn=MSISDN, lines=[])["paid_amount"] is None
