"""Recharge cards: the record told only to who has the card, the money moved once."""

import hmac
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from models.base import session, transaction
from models.usage import RechargeCard
from service_tasks.entitlements import entitlement
from service_tasks.gateway import Effect, Standing, gateway

NUMBERS = (
    {"msisdn": "13900000001", "prepayment": 200},
    {"msisdn": "13900000002", "kind": "prepaid"},
    {"msisdn": "13900000003", "state": "cancelled", "reason": "arrears", "prepayment": 300},
    {"msisdn": "13900000004", "state": "suspended", "reason": "arrears"},
    {"msisdn": "13900000006", "state": "cancelled", "reason": "number_change"},
)
CARDS = [
    {"serial": "K-INVALID", "pin": "111111", "state": "used", "charged_msisdn": "13900000099"},
    {"serial": "K-CANCELLED", "pin": "222222", "state": "used", "charged_msisdn": "13900000003"},
    {"serial": "K-CHANGED", "pin": "222222", "state": "used", "charged_msisdn": "13900000006"},
    {"serial": "K-GOOD", "pin": "333333", "state": "used", "charged_msisdn": "13900000001"},
    {"serial": "K-SUSPENDED", "pin": "333333", "state": "used", "charged_msisdn": "13900000004"},
    {"serial": "K-NEW", "pin": "444444"},
]


@pytest.fixture(autouse=True)
def world(desk: Any) -> None:
    """Numbers in every state, and a card loaded onto each."""
    desk.given(*NUMBERS, cards=CARDS)


@pytest.mark.parametrize(
    "serial, pin, state, reason, balance",
    [
        ("K-INVALID", "111111", "invalid", None, 5000),
        ("K-CANCELLED", "222222", "cancelled", "arrears", 5300),
        ("K-CHANGED", "222222", "cancelled", "request", 5000),
        ("K-GOOD", "333333", "in_service", None, 5200),
        ("K-SUSPENDED", "333333", "in_service", None, 5000),
    ],
)
def test_the_record_says_where_the_charge_went(
    desk: Any, serial: str, pin: str, state: str, reason: str | None, balance: int
) -> None:
    """TS-004.4 decides by it: invalid, cancelled (and why), or in use."""
    answer = desk.run("recharge/query", serial=serial, pin=pin)
    assert (answer["number_state"], answer["cancel_reason"]) == (state, reason)
    assert (answer["amount"], answer["remaining"], answer["balance"]) == (5000, 5000, balance)
    assert answer["charged_at"] == "2026-11-22T09:00:00+08:00"


@pytest.mark.parametrize(
    "serial, pin, code",
    [
        ("K-NONE", "111111", "unknown_card"),
        ("K-INVALID", "111112", "wrong_pin"),
        ("K-NEW", "000000", "wrong_pin"),
        ("K-NEW", "444444", "card_unused"),
    ],
)
def test_a_card_that_proves_nothing_is_refused(desk: Any, serial: str, pin: str, code: str) -> None:
    """Without the right PIN not even whether the card was used is told."""
    assert desk.refused("recharge/query", serial=serial, pin=pin) == code


def test_the_pin_is_compared_in_constant_time(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An early exit of the comparison would give the PIN away digit by digit."""
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda first, second: compared.append((first, second)) or False)
    assert desk.refused("recharge/query", serial="K-GOOD", pin="333333") == "wrong_pin"
    assert len(compared) == 1


@pytest.mark.parametrize(
    "serial, source", [("K-INVALID", "recharge_suspense"), ("K-CANCELLED", "13900000003.prepayment")]
)
@pytest.mark.parametrize("target", ["13900000001", "13900000002"])
def test_the_amount_moves_once(desk: Any, serial: str, source: str, target: str) -> None:
    """From suspense or from the cancelled number, to a postpaid or a prepaid one."""
    answer = desk.twice("recharge/move", serial=serial, target=target)
    assert (answer["amount"], answer["target"]) == (5000, target)
    assert desk.moved() == {source: -5000, f"{target}.prepayment": 5000}
    assert session().scalars(select(RechargeCard).where(RechargeCard.serial == serial)).one().moved_to == target


@pytest.mark.parametrize(
    "serial, target, code",
    [
        ("K-CANCELLED", "13900000003", "same_number"),
        ("K-CANCELLED", "13900000098", "target_unknown"),
        ("K-CANCELLED", "13900000006", "target_cancelled"),
        ("K-CANCELLED", "13900000004", "target_suspended"),
        ("K-NEW", "13900000001", "nothing_left"),
    ],
)
def test_a_move_that_may_not_be_is_refused(desk: Any, serial: str, target: str, code: str) -> None:
    """Every refusal leaves the card and both numbers as they were."""
    assert desk.refused("recharge/move", serial=serial, target=target) == code


def test_a_card_is_moved_only_once(desk: Any) -> None:
    """A second call for the same card finds nothing left."""
    desk.run("recharge/move", call_key="7:1", serial="K-INVALID", target="13900000001")
    assert desk.refused("recharge/move", call_key="7:2", serial="K-INVALID", target="13900000002") == "nothing_left"


def test_what_was_paid_out_cannot_be_moved(desk: Any) -> None:
    """SUB.2 pays out the balance the card lay in; the card is then empty."""
    desk.run("refunds/cancelled_prepayment", call_key="7:1", msisdn="13900000003", method="cash", target=None)
    code = desk.refused("recharge/move", call_key="7:2", serial="K-CANCELLED", target="13900000001")
    assert code == "nothing_left"


@pytest.mark.parametrize(
    "state, reason, standing, due",
    [
        ("cancelled", "request", (5000, 8000), (5000, 3000, True)),
        ("cancelled", "request", (5000, 5000), (5000, 0, True)),
        ("cancelled", "request", (5000, 2000), (2000, 0, True)),
        ("cancelled", "request", (5000, 9000, 0, 3000), (5000, 1000, True)),
        ("cancelled", "request", (5000, 2000, 3000), (2000, 0, True)),
        ("cancelled", "arrears", (5000, 0, 5000), (5000, 0, True)),
        ("cancelled", "arrears", (5000, 1000, 2000), (3000, 0, True)),
        ("cancelled", "arrears", (5000, 0, 0), (0, 0, True)),
        ("cancelled", "arrears", (5000, 8000), (5000, 0, True)),
        ("invalid", None, (5000, 5000), (5000, 0, False)),
        ("in_service", None, (5000, 9000), (0, 0, False)),
    ],
)
def test_the_card_and_the_number_are_two_entitlements(
    state: str, reason: str | None, standing: tuple[int, ...], due: tuple[int, int, bool]
) -> None:
    """A card of 50 on a number with 30 of its own: with the holder's identity 80, without 50; what was talked away is gone, what was set off is not."""
    assert entitlement(state=state, reason=reason, standing=Standing(*standing)) == due


def test_a_card_that_cannot_be_shown_gives_no_cash() -> None:
    """Its number can be moved to, but nothing is paid out without it."""
    assert not entitlement(state="cancelled", reason="request", standing=Standing(50, 50), card_held=False).cash


def test_what_was_paid_and_taken_back_is_not_paid_twice(desk: Any, at: datetime) -> None:
    """Cash that is still out is owed, and falls before the balance that came back is due again; once it is handed back, all of it is."""
    number = {"msisdn": "13900000077", "holder_identified": True}
    desk.given({"msisdn": "13900000077", "state": "cancelled", "reason": "request", "prepayment": 5000})
    own = gateway().subscription("13900000077").id
    for handed_back, due in ((False, 0), (True, 5000)):
        case = f"AJ-2026-00000{due // 5000 + 1}"
        with transaction():
            gateway().refund_prepayment(own, Effect(key=f"{case}:1", at=at, case=case))
        (credit,) = gateway().given(case)
        with transaction():
            gateway().reverse(credit.id, Effect(key=f"{case}:2", at=at, case=case), handed_back=handed_back)
        if not handed_back:
            assert desk.run("recharge/due", **number)["owed"] == 5000
            assert desk.refused("recharge/due", again=True, **number) == "nothing_due"
            with transaction():
                gateway().take_payment(own, 5000, "bill", Effect(key=f"{case}:3", at=at, case=case))
        assert desk.run("recharge/due", **number)["amount"] == 5000
