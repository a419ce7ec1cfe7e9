"""What other cases have of a call: told beside what is found, and in no sum, so that nothing given before is proposed again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.base import transaction
from service_tasks.gateway import Effect, LinePart, gateway

MSISDN = "13900000001"
AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
SHORT = {"msisdn": MSISDN, "duration_s": 2, "basic": 40, "long_distance": 70}
CALLS = [{**SHORT, "start": f"2026-11-0{day}T09:00:00"} for day in (2, 3, 4)]
BILL: dict[str, Any] = {"period": "2026-11", "items": [{"kind": "call", "text": "通话费", "amount": 330}]}
CELLS = [
    {"code": "ZH-1", "place": "珠海拱北", "latitude": 22.215, "longitude": 113.549},
    {"code": "MO-1", "place": "澳门关闸", "latitude": 22.212, "longitude": 113.549, "network": "澳门电讯"},
]
ALTERNATING = [
    {"msisdn": MSISDN, "start": f"2026-11-02T09:{minute}:00", "duration_s": 60, "cell": cell, "basic": 40}
    | ({"roaming": 200} if cell == "MO-1" else {})
    for minute, cell in (("00", "ZH-1"), ("05", "MO-1"), ("10", "ZH-1"), ("15", "MO-1"), ("20", "ZH-1"))
]


def part(call: int, component: str, amount: int) -> LinePart:
    """A component of a call."""
    return LinePart(f"call:{call}", amount, component)


def credited(*lines: LinePart, case: str = "AJ-1") -> None:
    """An earlier case has been credited with these lines."""
    with transaction():
        number = gateway().subscription(MSISDN).id
        effect = Effect(key=f"{case}:credit", at=AT, case=case)
        gateway().credit(number, sum(line.amount for line in lines), "charge", effect, lines=lines)


def reserved(*lines: LinePart, case: str) -> None:
    """A case has these lines in reserve."""
    with transaction():
        effect = Effect(key=f"{case}:reserve", at=AT, case=case)
        gateway().reserve(gateway().subscription(MSISDN).id, lines, effect)


def short_calls(desk: Any) -> Any:
    """What the analysis of short calls says."""
    return desk.run("cdr_analysis/ultra_short", msisdn=MSISDN, case="AJ-9")


def test_a_call_credited_before_is_told_and_not_proposed_again(desk: Any) -> None:
    """Of three short calls one came back last week: two are proposed, the third says in which case."""
    desk.given({"msisdn": MSISDN, "bill": BILL}, cdrs=CALLS)
    credited(part(2, "long_distance", 70), part(2, "basic", 40))
    answer = short_calls(desk)
    assert (answer["found"], answer["amount"], answer["given_amount"]) == (True, 220, 110)
    assert {line["call"] for line in answer["lines"]} == {1, 3}
    assert [call["amount"] for call in answer["calls"]] == [110, 0, 110]
    assert [(row["component"], row["amount"], row["case"], row["state"]) for row in answer["given"]] == [
        ("long_distance", 70, "AJ-1", "credited"),
        ("basic", 40, "AJ-1", "credited"),
    ]
    assert answer["reasons"] == ["given_before"]


def test_where_everything_was_given_nothing_is_found_to_credit(desk: Any) -> None:
    """The same list brought a second time finds no money, and says where it went."""
    desk.given({"msisdn": MSISDN, "bill": BILL}, cdrs=CALLS[:1])
    credited(part(1, "long_distance", 70), part(1, "basic", 40))
    answer = short_calls(desk)
    assert (answer["found"], answer["amount"], answer["lines"]) == (False, 0, [])
    assert (answer["given_amount"], len(answer["calls"])) == (110, 1)


def test_a_part_given_before_leaves_the_rest(desk: Any) -> None:
    """Thirty fen of the seventy came back: forty are left of that component."""
    desk.given({"msisdn": MSISDN, "bill": BILL}, cdrs=CALLS[:1])
    credited(LinePart("call:1", 30, "long_distance", "一半"))
    answer = short_calls(desk)
    assert [(line["component"], line["amount"]) for line in answer["lines"]] == [("long_distance", 40), ("basic", 40)]
    assert (answer["amount"], answer["given_amount"]) == (80, 30)


@pytest.mark.parametrize("case, amount, states", [("AJ-2", 0, ["reserved", "reserved"]), ("AJ-9", 110, [])])
def test_what_another_case_has_in_reserve_is_taken_and_ones_own_is_not(
    desk: Any, case: str, amount: int, states: list[str]
) -> None:
    """Analysed once more in its own case, what that case picked is still to be had; another's is not."""
    desk.given({"msisdn": MSISDN, "bill": BILL}, cdrs=CALLS[:1])
    reserved(part(1, "long_distance", 70), part(1, "basic", 40), case=case)
    answer = short_calls(desk)
    assert (answer["amount"], [row["state"] for row in answer["given"]]) == (amount, states)


def test_the_bill_s_item_given_before_leaves_nothing_of_its_calls(desk: Any) -> None:
    """The item that held all calls was credited but for 50 fen: no more than that is proposed of its calls."""
    desk.given({"msisdn": MSISDN, "bill": BILL}, cdrs=CALLS)
    with transaction():
        effect = Effect(key="AJ-3:credit", at=AT, case="AJ-3")
        item = LinePart("bill-item:2026-11:1", 280, "", "多收")
        gateway().credit(gateway().subscription(MSISDN).id, 280, "charge", effect, lines=[item])
    answer = short_calls(desk)
    assert (answer["amount"], answer["given_amount"]) == (50, 280)
    assert {row["case"] for row in answer["given"]} == {"AJ-3"}


def test_border_roaming_stays_established_and_proposes_what_is_left(desk: Any) -> None:
    """The network was the wrong one whoever was paid for it; the sum, and what each pair counts, is without the call re-priced before."""
    items = [*BILL["items"], {"kind": "roaming", "text": "漫游费", "amount": 400}]
    desk.given({"msisdn": MSISDN, "bill": {**BILL, "items": items}}, cells=CELLS, cdrs=ALTERNATING)
    whole = roaming(desk)
    assert (whole["amount"], whole["given"]) == (400, [])
    credited(part(2, "roaming", 200))
    answer = roaming(desk)
    assert (answer["established"], answer["amount"], answer["given_amount"]) == (True, 200, 200)
    assert [line["call"] for line in answer["lines"]] == [4]
    assert sum(pair["charge"] for pair in answer["pairs"]) == 200
    assert answer["reasons"] == [*whole["reasons"], "given_before"]


def roaming(desk: Any) -> Any:
    """What the analysis of border roaming says."""
    return desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, since="2026-11-01", until="2026-11-05", case="AJ-9")


def test_an_orphan_charge_given_before_is_in_no_sum(desk: Any) -> None:
    """Two charges after the suspension, one of them given back: eight yuan are left to give."""
    number = {"msisdn": MSISDN, "state": "suspended", "reason": "arrears", "state_since": "2026-11-05"}
    bill = {"period": "2026-11", "items": [{"kind": "monternet", "text": "信息费", "amount": 1600}]}
    suspended = {"at": "2026-11-05T09:00:00", "from": "in_service", "to": "suspended", "reason": "arrears"}
    fee = {"msisdn": MSISDN, "kind": "monternet", "information": 800, "service_provider": "搜狐"}
    charges = [{**fee, "start": f"2026-11-{day}T09:00:00"} for day in ("10", "11")]
    desk.given({**number, "bill": bill, "history": [suspended]}, cdrs=charges)
    credited(LinePart("information-fee:1", 800))
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert (answer["orphan"], answer["amount"], answer["unpaid_amount"]) == (True, 800, 800)
    assert [row["line"] for row in answer["picked"]] == ["information-fee:2"]
    assert [(row["component"], row["case"]) for row in answer["given"]] == [("information", "AJ-1")]
