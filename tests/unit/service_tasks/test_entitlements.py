"""Cards on cancelled numbers: what goes to whom, in which way, and once."""

from typing import Any

import pytest
from sqlalchemy import select

from models.base import session, transaction
from models.billing import Bill
from models.identity import HouseholdNumber, User
from models.usage import RechargeCard, StockedCard
from service_tasks.gateway import Account, Effect, Line, gateway

OWN, ARREARS = "13900000002", "13900000003"
BILL = {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 3000}]}
NUMBERS = (
    {"msisdn": "13900000001"},
    {"msisdn": OWN, "state": "cancelled", "reason": "request", "prepayment": 3000, "customer": {"name": "陈某"}},
    {"msisdn": ARREARS, "state": "cancelled", "reason": "arrears", "bill": BILL},
)
CARDS = [
    {"serial": "K1", "state": "used", "charged_msisdn": OWN},
    {"serial": "K2", "state": "used", "charged_msisdn": ARREARS, "set_off": 3000},
    {"serial": "K3", "state": "used", "charged_msisdn": "13900000099"},
    {"serial": "N1", "stock": "光大专业厅"},
    {"serial": "N2", "stock": "光大专业厅"},
    {"serial": "N8", "stock": "光大专业厅", "face_value": 8000},
]
HELD = {"method": "cash", "card_held": True, "holder_identified": False}


@pytest.fixture(autouse=True)
def world(desk: Any) -> None:
    """A number cancelled by appointment and one for arrears, a card of 50 charged to each, one to a number nobody had."""
    desk.given(*NUMBERS, cards=CARDS)


def due(desk: Any, msisdn: str, **given: Any) -> tuple[int, int, int]:
    answer = desk.run("recharge/due", msisdn=msisdn, **given)
    return answer["of_card"], answer["of_number"], answer["amount"]


@pytest.mark.parametrize("identified, amount", [(True, 8000), (False, 5000)])
def test_the_holder_gets_both_and_the_bearer_the_card(desk: Any, identified: bool, amount: int) -> None:
    """A card of 50 on a number with 30 of its own, cancelled by appointment: with identity 80, without 50."""
    asked = {**HELD, "holder_identified": identified}
    assert due(desk, OWN, serial="K1", card_held=True, holder_identified=identified) == (5000, 3000, amount)
    assert desk.twice("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **asked)["amount"] == amount
    assert desk.moved() == {f"{OWN}.prepayment": -amount, "cash": -amount}
    assert (
        desk.refused("refunds/cancelled_prepayment", call_key="7:2", msisdn=OWN, serial="K1", **HELD) == "nothing_left"
    )


def test_a_holder_without_the_card_gets_what_is_the_numbers_own(desk: Any) -> None:
    """What a stranger charged after the number was cancelled stays for whoever bears that card."""
    assert due(desk, OWN, holder_identified=True) == (0, 3000, 3000)
    desk.run("refunds/cancelled_prepayment", msisdn=OWN, **{**HELD, "holder_identified": True})
    assert desk.moved() == {f"{OWN}.prepayment": -3000, "cash": -3000}
    assert due(desk, OWN, serial="K1", card_held=True) == (5000, 0, 5000)


def test_the_sheet_of_a_bearer_does_not_say_whose_number_it_was(desk: Any) -> None:
    """Who is not identified learns no name."""
    paid = desk.run("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **HELD)
    assert (paid["form"]["customer"], paid["form"]["id_number"]) == ("", "")


@pytest.mark.parametrize("way", ["cash", "move"])
def test_arrears_that_swallowed_a_strangers_card_are_owed_again(desk: Any, way: str) -> None:
    """Of 50 arrears took 30: the bearer gets 50, and 30 stand open again on the bill that they had paid."""
    bill = select(Bill.state).where(Bill.period == "2026-10")
    if way == "cash":
        answer = desk.twice("refunds/cancelled_prepayment", msisdn=ARREARS, serial="K2", **HELD)
        assert desk.moved() == {f"{ARREARS}.prepayment": -2000, f"{ARREARS}.receivable": 3000, "cash": -5000}
    else:
        answer = desk.twice("recharge/move", serial="K2", target="13900000001")
        moved = {f"{ARREARS}.prepayment": -2000, f"{ARREARS}.receivable": 3000, "13900000001.prepayment": 5000}
        assert desk.moved() == moved
    assert (answer["amount"], answer["reopened"]) == (5000, 3000)
    assert session().scalar(bill) == "open"
    assert gateway().balances(gateway().subscription(ARREARS).id).bill_due == 3000


def test_an_identified_holder_gets_nothing_of_a_number_cancelled_for_arrears(desk: Any) -> None:
    """Only the card's money comes back, whoever shows which identity card."""
    assert due(desk, ARREARS, serial="K2", card_held=True, holder_identified=True) == (5000, 0, 5000)
    assert due(desk, ARREARS, holder_identified=True) == (0, 0, 0)


def test_what_was_talked_away_is_gone(desk: Any) -> None:
    """Of 50 that lay in a number 20 are left: 20 move, and nothing after them."""
    desk.given(
        {"msisdn": "13900000012", "state": "cancelled", "reason": "request"},
        {"msisdn": "13900000013", "state": "cancelled", "reason": "request"},
        cards=[{"serial": "K12", "state": "used", "charged_msisdn": "13900000012"}],
    )
    talked = gateway().subscription("13900000012").id
    at = session().scalars(select(RechargeCard.charged_at)).first()
    used = Line(Account("prepayment", talked), Account("revenue"), 3000)
    gateway().post(Effect(key="talked", at=at), "usage", [used])
    assert desk.run("recharge/move", serial="K12", target="13900000001")["amount"] == 2000
    assert desk.refused("recharge/move", call_key="7:2", serial="K12", target="13900000001") == "nothing_left"


@pytest.mark.parametrize("method", ["cash", "new_card"])
def test_without_the_card_nothing_is_handed_out(desk: Any, method: str) -> None:
    """Serial number and PIN alone can be moved to another number, and that is all."""
    asked = {**HELD, "card_held": False, "method": method, "new_serial": "N1"}
    assert desk.refused("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **asked) == "no_cash"


def test_a_number_in_use_gives_nothing(desk: Any) -> None:
    """The number is the record's, and it must be cancelled."""
    assert desk.refused("recharge/due", msisdn="13900000001") == "not_cancelled"


@pytest.mark.parametrize("serial", ["K1", "K3"])
def test_a_card_is_in_one_case_at_a_time(desk: Any, serial: str) -> None:
    """Whether it lies in a number or in suspense; when the case ends, another may have it."""
    assert desk.run("recharge/reserve", serial=serial)["amount"] == 5000
    assert desk.run("recharge/reserve", call_key="7:2", serial=serial)["amount"] == 5000
    assert desk.refused("recharge/reserve", call_key="8:1", case="AJ-2026-000002", serial=serial) == "line_taken"
    gateway().release("AJ-2026-000001")
    assert desk.run("recharge/reserve", call_key="8:2", case="AJ-2026-000002", serial=serial)["amount"] == 5000
    assert desk.refused("recharge/move", call_key="7:3", serial=serial, target="13900000001") == "nothing_left"
    desk.run("recharge/move", call_key="8:3", case="AJ-2026-000002", serial=serial, target="13900000001")
    gateway().release("AJ-2026-000002")
    assert desk.refused("recharge/reserve", call_key="9:1", case="AJ-2026-000003", serial=serial) == "line_taken"


def test_nobody_takes_in_a_card_of_their_own_household(desk: Any) -> None:
    """The complaint may be about another number than the one that the card was charged to."""
    with transaction():
        session().add(User(name="cleo", display_name="Cleo", employee_number="E1", password_hash="x"))
        session().add(HouseholdNumber(employee_number="E1", msisdn=OWN))
    assert desk.refused("recharge/reserve", serial="K1") == "own_household"


def test_a_new_card_of_the_same_value_is_issued_once(desk: Any) -> None:
    """Who issued it, when, to which number and in which case stands with its serial number."""
    asked = {**HELD, "method": "new_card"}
    call = {"msisdn": OWN, "serial": "K1", **asked}
    assert desk.refused("refunds/cancelled_prepayment", **call, new_serial="N9") == "card_not_in_stock"
    assert desk.refused("refunds/cancelled_prepayment", **call, new_serial="K3") == "card_not_in_stock"
    assert desk.refused("refunds/cancelled_prepayment", **call, new_serial="N8") == "card_value_differs"
    paid = desk.twice("refunds/cancelled_prepayment", **call, new_serial="N1")
    assert (paid["amount"], paid["new_serial"], paid["form"]["method"]) == (5000, "N1", "new_card")
    assert desk.moved() == {f"{OWN}.prepayment": -5000, "recharge_suspense": 5000}
    issued = session().scalars(select(StockedCard).where(StockedCard.serial == "N1")).one()
    assert (issued.issued_by, issued.issued_to, issued.case_number) == ("cleo", OWN, "AJ-2026-000001")
    assert None not in (issued.issued_at, issued.entry_id)
    again = {"msisdn": ARREARS, "serial": "K2", **asked, "new_serial": "N1"}
    assert desk.refused("refunds/cancelled_prepayment", call_key="7:2", **again) == "card_issued"
