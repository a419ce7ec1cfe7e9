"""Moving prepayment between numbers."""

from typing import Any

import pytest

NUMBERS = (
    {"msisdn": "13900000001", "prepayment": 10000},
    {"msisdn": "13900000002", "prepayment": 1000},
    {"msisdn": "13900000003", "state": "cancelled", "reason": "request"},
    {"msisdn": "13900000004", "state": "suspended", "reason": "arrears"},
    {"msisdn": "13900000005", "kind": "prepaid"},
)
ASKED: dict[str, Any] = {
    "source": "13900000001",
    "target": "13900000002",
    "amount": 5000,
    "disputed_amount": 20000,
}


def test_a_transfer_moves_the_same_amount_once(desk: Any) -> None:
    """TS-002.9 and 10 are one entry: what leaves one number arrives at the other, however often the call is made."""
    desk.given(*NUMBERS)
    answer = desk.twice("prepayment/transfer", **ASKED)
    assert (answer["amount"], answer["source_balance"], answer["target_balance"]) == (5000, 5000, 6000)
    assert desk.moved() == {"13900000001.prepayment": -5000, "13900000002.prepayment": 5000}


def test_another_call_is_another_transfer(desk: Any) -> None:
    """The key tells a repeated call from a second wish."""
    desk.given(*NUMBERS)
    first = desk.run("prepayment/transfer", call_key="7:1", **ASKED)
    second = desk.run("prepayment/transfer", call_key="7:2", **ASKED)
    assert first["entry"] != second["entry"]
    assert desk.moved()["13900000001.prepayment"] == -10000


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"target": "13900000001"}, "same_number"),
        ({"target": "13900000099"}, "target_unknown"),
        ({"target": "一三九"}, "target_unknown"),
        ({"target": "13900000003"}, "target_cancelled"),
        ({"target": "13900000004"}, "target_suspended"),
        ({"target": "13900000005"}, "target_not_gotone"),
        ({"amount": 10001}, "insufficient_prepayment"),
        ({"amount": 20001}, "exceeds_disputed"),
        ({"amount": 1, "disputed_amount": 0}, "exceeds_disputed"),
        ({"source": "13900000099"}, "insufficient_prepayment"),
    ],
)
def test_a_transfer_that_may_not_be_is_refused(desk: Any, changed: dict[str, Any], code: str) -> None:
    """Every refusal leaves both balances as they were, and says why."""
    desk.given(*NUMBERS)
    assert desk.refused("prepayment/transfer", **{**ASKED, **changed}) == code


def test_without_a_disputed_amount_the_prepayment_is_the_limit(desk: Any) -> None:
    """Intake may leave the disputed amount open."""
    desk.given(*NUMBERS)
    open_amount = {**ASKED, "disputed_amount": None}
    assert desk.refused("prepayment/transfer", **{**open_amount, "amount": 10001}) == "insufficient_prepayment"
    assert desk.run("prepayment/transfer", **{**open_amount, "amount": 10000})["source_balance"] == 0
