"""What a case disputes told apart: which lines were paid, which are owed, and what is refused where it was picked."""

from __future__ import annotations

from typing import Any

import pytest

from engine.handlers import BpmnError
from models.base import transaction
from service_tasks.gateway import Effect, LinePart, gateway
from tests.unit.service_tasks.conftest import AT

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


def apart(desk: Any, *lines: dict[str, Any], **given: Any) -> Any:
    """What lines/apart answers."""
    return desk.run("lines/apart", msisdn=MSISDN, lines=list(lines), among="information_fees", **given)


def test_a_bill_paid_in_part_divides_its_lines(desk: Any) -> None:
    """TS-006.4, line by line: of 20.00 on a bill of 30.00 of which 12.00 was paid, 18.00 is owed still."""
    desk.given(NUMBER, cdrs=FEES)
    answer = apart(desk, fee(1, 1500), fee(2, 500))
    assert (answer["amount"], answer["paid_amount"], answer["unpaid_amount"]) == (2000, 200, 1800)
    assert [(one["line"], one["amount"]) for one in answer["unpaid"]] == [
        ("information-fee:1", 1500),
        ("information-fee:2", 300),
    ]


def test_a_second_complaint_hears_which_case_has_the_fee(desk: Any) -> None:
    """The same fee, complained of again: refused at its field with the case that has it, and nothing reserved."""
    desk.given(NUMBER, cdrs=FEES)
    with transaction():
        subscription = gateway().subscription(MSISDN)
        gateway().reserve(subscription.id, [LinePart("information-fee:1", 1500)], Effect(key="b", at=AT, case="AJ-B"))
    with pytest.raises(BpmnError) as told:
        apart(desk, fee(1, 1500))
    assert (told.value.code, told.value.values["case"]) == ("line_taken", "AJ-B")


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
