"""Cards on cancelled numbers: what goes to whom, in which way, and once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.base import session, transaction
from models.billing import Bill
from models.customer import Subscription
from models.identity import HouseholdNumber, User
from models.lines import DisputedLine, LineClaim
from models.usage import RechargeCard, StockedCard
from service_tasks.gateway import Account, Effect, Line, LinePart, gateway

AT = datetime(2026, 12, 1, 1, tzinfo=UTC)
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


def due(desk: Any, msisdn: str, **parameters: Any) -> tuple[int, int, int]:
    answer = desk.run("recharge/due", msisdn=msisdn, **parameters)
    return answer["of_card"], answer["of_number"], answer["amount"]


@pytest.mark.parametrize("identified, amount", [(True, 8000), (False, 5000)])
def test_the_holder_gets_both_and_the_bearer_the_card(desk: Any, identified: bool, amount: int) -> None:
    """A card of 50 on a number with 30 of its own, cancelled by appointment: with identity 80, without 50."""
    parameters = {**HELD, "holder_identified": identified}
    assert due(desk, OWN, serial="K1", card_held=True, holder_identified=identified) == (5000, 3000, amount)
    assert desk.twice("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **parameters)["amount"] == amount
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
    answer = desk.run("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **HELD)
    assert (answer["form"]["customer"], answer["form"]["id_number"]) == ("", "")


@pytest.mark.parametrize("way", ["cash", "move"])
def test_arrears_that_swallowed_a_strangers_card_are_owed_again(desk: Any, way: str) -> None:
    """Of 50 arrears took 30: the bearer gets 50, and 30 stand open again on the bill that they had paid."""
    bill = select(Bill.state).where(Bill.period == "2026-10")
    if way == "cash":
        answer = desk.twice("refunds/cancelled_prepayment", msisdn=ARREARS, serial="K2", **HELD)
        assert desk.moved() == {f"{ARREARS}.prepayment": -2000, f"{ARREARS}.receivable": 3000, "cash": -5000}
    else:
        answer = desk.twice("recharge/move", serial="K2", target="13900000001")
        changes = {f"{ARREARS}.prepayment": -2000, f"{ARREARS}.receivable": 3000, "13900000001.prepayment": 5000}
        assert desk.moved() == changes
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
    usage = Line(Account("prepayment", talked), Account("revenue"), 3000)
    gateway().post(Effect(key="talked", at=at), "usage", [usage])
    assert desk.run("recharge/move", serial="K12", target="13900000001")["amount"] == 2000
    assert desk.refused("recharge/move", call_key="7:2", serial="K12", target="13900000001") == "nothing_left"


@pytest.mark.parametrize("method", ["cash", "new_card"])
def test_without_the_card_nothing_is_handed_out(desk: Any, method: str) -> None:
    """Serial number and PIN alone can be moved to another number, and that is all."""
    parameters = {**HELD, "card_held": False, "method": method, "new_serial": "N1"}
    assert desk.refused("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **parameters) == "no_cash"


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


@pytest.mark.parametrize(
    "identified, handed_back, again",
    [(True, False, (0, 0, 0)), (False, False, (0, 3000, 0)), (True, True, (5000, 3000, 8000))],
)
def test_cash_of_a_card_that_is_still_out_is_not_paid_again(
    desk: Any, identified: bool, handed_back: bool, again: tuple[int, int, int]
) -> None:
    """A payment was taken back and the cash not handed back: its bearer has the card's part already, and another card on the number keeps its own."""
    desk.run("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **{**HELD, "holder_identified": identified})
    effect = Effect(key="7:reversed:1", at=AT, case="AJ-2026-000001")
    (payment,) = gateway().given("AJ-2026-000001")
    gateway().reverse(payment.id, effect, handed_back=handed_back)
    rights = due(desk, OWN, serial="K1", card_held=True, holder_identified=identified)
    assert rights == again
    assert due(desk, ARREARS, serial="K2", card_held=True)[0] == 5000


def test_a_new_card_of_the_same_value_is_issued_once(desk: Any) -> None:
    """Who issued it, when, to which number and in which case stands with its serial number."""
    parameters = {**HELD, "method": "new_card"}
    call = {"msisdn": OWN, "serial": "K1", **parameters}
    assert desk.refused("refunds/cancelled_prepayment", **call, new_serial="N9") == "card_not_in_stock"
    assert desk.refused("refunds/cancelled_prepayment", **call, new_serial="K3") == "card_not_in_stock"
    assert desk.refused("refunds/cancelled_prepayment", **call, new_serial="N8") == "card_value_differs"
    answer = desk.twice("refunds/cancelled_prepayment", **call, new_serial="N1")
    assert (answer["amount"], answer["new_serial"], answer["form"]["method"]) == (5000, "N1", "new_card")
    assert desk.moved() == {f"{OWN}.prepayment": -5000, "recharge_suspense": 5000}
    issued = session().scalars(select(StockedCard).where(StockedCard.serial == "N1")).one()
    assert (issued.issued_by, issued.issued_to, issued.case_number) == ("cleo", OWN, "AJ-2026-000001")
    assert None not in (issued.issued_at, issued.entry_id)
    again = {"msisdn": ARREARS, "serial": "K2", **parameters, "new_serial": "N1"}
    assert desk.refused("refunds/cancelled_prepayment", call_key="7:2", **again) == "card_issued"


PICKED = [{"line": "balance:prepayment", "amount": 3000}]
DUE = {"msisdn": OWN, "serial": "K1", "card_held": True, "holder_identified": True}


def test_the_numbers_own_balance_is_a_line_beside_the_card(desk: Any) -> None:
    """What is due to the holder is named, reserved beside the card, bound, and given once."""
    desk.run("recharge/reserve", call_key="6:1", serial="K1")
    assert desk.run("recharge/due", **DUE)["lines"] == [LinePart("balance:prepayment", 3000)._asdict()]
    assert desk.run("recharge/reserve_due", call_key="6:2", **DUE, lines=PICKED) == {"amount": 8000, "of_number": 3000}
    assert claimed() == {"balance:prepayment": "reserved", "card:K1": "reserved"}
    parameters = {**HELD, "holder_identified": True, "lines": PICKED}
    assert desk.twice("refunds/cancelled_prepayment", msisdn=OWN, serial="K1", **parameters)["amount"] == 8000
    assert claimed() == {"balance:prepayment": "refunded", "card:K1": "refunded"}
    assert due(desk, OWN, holder_identified=True) == (0, 0, 0)


def test_a_balance_in_another_case_is_not_had_twice(desk: Any) -> None:
    """Two halls: the second is told which case has it, at the reservation and at the payment of a process that reserves nothing."""
    desk.run("recharge/reserve_due", msisdn=OWN, holder_identified=True, lines=PICKED)
    other_case = {"call_key": "8:1", "case": "AJ-2026-000002", "msisdn": OWN}
    assert desk.refused("recharge/reserve_due", **other_case, holder_identified=True, lines=PICKED) == "line_taken"
    parameters = {**HELD, "holder_identified": True}
    assert desk.refused("refunds/cancelled_prepayment", **other_case, **parameters) == "nothing_left"
    gateway().release("AJ-2026-000001")
    assert desk.run("refunds/cancelled_prepayment", **other_case, **parameters)["amount"] == 3000


def test_less_of_the_balance_is_paid_than_there_is(desk: Any) -> None:
    """A part has its reason; what is left can be had later, and no more than it."""
    part = [{"line": "balance:prepayment", "amount": 1000}]
    parameters = {"msisdn": OWN, "holder_identified": True}
    assert desk.refused("recharge/reserve_due", **parameters, lines=part) == "part_without_reason"
    desk.run("recharge/reserve_due", **parameters, lines=[{**part[0], "reason": "其余下次"}])
    answer = desk.run("refunds/cancelled_prepayment", **parameters, method="cash", card_held=True, lines=part)
    assert (answer["amount"], due(desk, OWN, holder_identified=True)) == (1000, (0, 2000, 2000))
    assert desk.run("recharge/reserve_due", call_key="8:1", **parameters, lines=[{**part[0], "amount": 2000}])


@pytest.mark.parametrize(
    "parameters, code",
    [
        ({"msisdn": OWN, "lines": PICKED}, "line_unfit"),
        ({"msisdn": OWN, "holder_identified": True, "lines": [{**PICKED[0], "amount": 3001}]}, "line_taken"),
        ({"msisdn": OWN, "holder_identified": True, "lines": []}, "nothing_picked"),
        ({"msisdn": ARREARS, "holder_identified": True, "lines": PICKED}, "line_unknown"),
        ({"msisdn": "13900000001", "holder_identified": True, "lines": PICKED}, "not_cancelled"),
    ],
)
def test_the_balance_is_only_its_holders(desk: Any, parameters: dict[str, Any], code: str) -> None:
    """Who is not identified, of a number cancelled for arrears or in use, reserves nothing of it; nobody more than there is."""
    assert desk.refused("recharge/reserve_due", **parameters) == code


def test_no_other_way_gives_the_balance(desk: Any) -> None:
    """A refund that is no withdrawal cannot have the line reserved, whatever it says it repays."""
    for kind in (None, "prepayment", "charge"):
        assert desk.refused("lines/reserve", msisdn=OWN, lines=PICKED, kind=kind) == "line_unfit"


def test_a_card_in_another_case_is_not_the_holders_balance(desk: Any) -> None:
    """A card charged while the number was in use lies in its balance; when its bearer complains first, it is the bearer's."""
    with transaction():
        card = session().get(RechargeCard, "K1")
        number = session().scalars(select(Subscription).where(Subscription.msisdn == OWN)).one()
        card.charged_at = number.state_since - timedelta(days=1)
    assert due(desk, OWN, holder_identified=True) == (0, 8000, 8000)
    desk.run("recharge/reserve", serial="K1", call_key="9:1", case="AJ-2026-000009")
    assert due(desk, OWN, holder_identified=True) == (0, 3000, 3000)
    desk.run("refunds/cancelled_prepayment", msisdn=OWN, **{**HELD, "holder_identified": True})
    assert desk.run("recharge/due", msisdn=OWN, serial="K1", card_held=True)["of_card"] == 5000


def claimed() -> dict[str, str]:
    """What stands of each line."""
    query = select(DisputedLine.address, LineClaim.state).join(LineClaim, LineClaim.line_id == DisputedLine.id)
    return dict(session().execute(query).all())
