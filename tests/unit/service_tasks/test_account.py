"""What stands on a number."""

from typing import Any

BILL = {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 5000}]}


def test_a_look_up_shows_state_and_balances(desk: Any) -> None:
    """What is on hold is not asked of the customer again."""
    desk.given(
        {"msisdn": "13900000001", "prepayment": 300, "deposit": 20000, "late_fee": 120, "held": 1200, "bill": BILL}
    )
    assert desk.run("account/look_up", msisdn="13900000001") == {
        "status": "in_service",
        "reason": None,
        "kind": "gotone",
        "prepayment": 300,
        "bill_due": 3800,
        "late_fee": 120,
        "deposit": 20000,
        "held": 1200,
        "last_bill_period": "2026-10",
    }


def test_a_number_without_a_bill_has_no_last_period(desk: Any) -> None:
    """A cancelled number says why, and nothing is made up about its bills."""
    desk.given({"msisdn": "13900000001", "state": "cancelled", "reason": "arrears"})
    answer = desk.run("account/look_up", msisdn="13900000001")
    assert (answer["status"], answer["reason"], answer["last_bill_period"]) == ("cancelled", "arrears", None)


def test_an_unknown_number_is_refused(desk: Any) -> None:
    """A slip of the pen must not look like an account with nothing on it."""
    desk.given()
    assert desk.refused("account/look_up", msisdn="13900000009") == "subscription_unknown"
