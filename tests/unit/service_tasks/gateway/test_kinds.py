"""What is ticked is of the charge that was chosen beside it, so that the page says one thing and the rule is asked about what it is."""

from typing import Any

import pytest

MSISDN = "13900000001"
KINDS = ("function_fee", "monthly_fee", "call", "roaming", "monternet", "other")
CALL = {"msisdn": MSISDN, "start": "2026-10-09T09:00:00", "duration_s": 60, "billed": "2026-10"}
CALLS = [
    {**CALL, "basic": 40, "long_distance": 70},
    {**CALL, "start": "2026-10-09T10:00:00", "basic": 40, "long_distance": 70, "roaming": 80},
    {**CALL, "start": "2026-10-09T11:00:00", "kind": "monternet", "service_provider": "新浪", "information": 500},
]
NUMBER = {
    "msisdn": MSISDN,
    "bill": {"period": "2026-10", "items": [{"kind": kind, "text": kind, "amount": 3000} for kind in KINDS]},
}


def ticked(line: str) -> dict[str, Any]:
    """A line, or a component of it, as a form has it, of a bill item the whole of it."""
    address, _, component = line.partition("/")
    amounts = {"call:1": 110, "call:2": 190, "information-fee:3": 500}
    amount = {"roaming": 80, "long_distance": 70, "basic": 40}.get(component) or amounts.get(address, 3000)
    return {"line": address, "component": component, "amount": amount}


@pytest.mark.parametrize(
    ("item", "fitting"),
    [
        ("function_fee", {"bill-item:2026-10:1"}),
        ("monthly_fee", {"bill-item:2026-10:2"}),
        ("call_charge", {"bill-item:2026-10:3", "call:1", "call:2", "call:2/long_distance", "call:2/basic"}),
        ("roaming_charge", {"bill-item:2026-10:4", "call:2", "call:2/roaming", "call:2/long_distance"}),
        ("border_roaming", {"bill-item:2026-10:4", "call:2", "call:2/roaming", "call:2/long_distance"}),
        (
            "copied_phone",
            {
                *("bill-item:2026-10:3", "bill-item:2026-10:4", "call:1", "call:2"),
                *("call:2/roaming", "call:2/long_distance", "call:2/basic"),
            },
        ),
        ("information_fee", {"bill-item:2026-10:5", "information-fee:3"}),
        ("other_charge", {"bill-item:2026-10:6"}),
        ("late_fee", set()),
    ],
)
def test_only_lines_of_the_charge_that_was_chosen_are_taken(desk: Any, item: str, fitting: set[str]) -> None:
    """A monthly fee is no roaming charge and an ordinary call no border roaming; what made a call a roamed one is a charge of either kind."""
    desk.given(NUMBER, cdrs=CALLS)
    lines = [f"bill-item:2026-10:{number}" for number in range(1, 7)]
    lines += ["call:1", "call:2", "call:2/roaming", "call:2/long_distance", "call:2/basic", "information-fee:3"]
    for at, line in enumerate(lines):
        tick = {"call_key": f"7:{at}", "msisdn": MSISDN, "item": item, "lines": [ticked(line)]}
        if line in fitting:
            assert desk.run("lines/reserve", **tick)["count"] == 1, line
        else:
            assert desk.refused("lines/reserve", **tick) == "line_unfit", line


def test_what_is_added_to_calls_is_of_calls(desk: Any) -> None:
    """TS-005 and TS-007: with a reason a clerk adds calls and what a bill charges for them, never another fee."""
    desk.given(NUMBER, cdrs=CALLS)
    for at, line in enumerate(("bill-item:2026-10:3", "bill-item:2026-10:4", "call:1", "call:2/roaming")):
        row = {**ticked(line), "reason": "清单为证"}
        assert desk.run("lines/confirm", call_key=f"7:{at}", msisdn=MSISDN, lines=[row])["count"] == 1, line
    for number in (1, 2, 5, 6):
        row = {**ticked(f"bill-item:2026-10:{number}"), "reason": "客户说"}
        assert desk.refused("lines/confirm", call_key="8:1", msisdn=MSISDN, lines=[row]) == "line_unfit"
