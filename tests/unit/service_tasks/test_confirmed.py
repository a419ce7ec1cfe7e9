"""What a clerk confirms of an analysis: taking away is free, adding takes a reason and rests on judgement, and nobody else has it then."""

from typing import Any

import pytest

from engine.runtime import BpmnError
from service_tasks.confirmed import beyond
from service_tasks.gateway import LinePart

NUMBER = {
    "msisdn": "13900000001",
    "bill": {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 5000}]},
}
CALLED = {
    "msisdn": "13900000001",
    "start": "2026-10-09T09:00:00",
    "duration_s": 2,
    "long_distance": 70,
    "basic": 40,
    "roaming": 80,
}
PROVED = [{"call": 1, "component": "long_distance", "amount": 70}, {"call": 1, "component": "basic", "amount": 40}]
LONG: dict[str, Any] = {"line": "call:1", "component": "long_distance", "amount": 70}
BASIC: dict[str, Any] = {"line": "call:1", "component": "basic", "amount": 40}
ROAMING: dict[str, Any] = {"line": "call:1", "component": "roaming", "amount": 80}


@pytest.fixture
def one_call(desk: Any) -> Any:
    """A number with one short call."""
    desk.given(NUMBER, cdrs=[CALLED])
    return desk


def confirm(desk: Any, *lines: dict[str, Any], **changed: Any) -> Any:
    """The answer to these lines."""
    return desk.run("lines/confirm", **{"msisdn": "13900000001", "lines": list(lines), "proved": PROVED, **changed})


def test_what_the_analysis_picked_is_proved(one_call: Any) -> None:
    """All of it, and less, stands on the records; what an analysis says beside a line is no matter."""
    proved = [{**row, "start": "2026-10-09T09:00:00+08:00", "reason": "ultra_short_call"} for row in PROVED]
    answer = confirm(one_call, LONG, BASIC, proved=proved)
    assert answer == {
        "amount": 110,
        "count": 2,
        "added": 0,
        "basis": "proved_credit",
        "paid": False,
        "paid_amount": 0,
        "owed": 110,
    }
    assert confirm(one_call, LONG, call_key="7:2")["basis"] == "proved_credit"


def test_what_is_added_needs_a_reason_and_is_judged(one_call: Any) -> None:
    """A component that was not picked, or more than was, is the clerk's own word."""
    assert refused(one_call, LONG, ROAMING) == "added_without_reason"
    answer = confirm(one_call, LONG, {**ROAMING, "reason": "人在本地"})
    assert (answer["amount"], answer["added"], answer["basis"]) == (150, 80, "judged_credit")


def test_nothing_and_what_is_another_s_are_refused(one_call: Any) -> None:
    """No empty dispute, and no line that does not stand in the papers."""
    assert refused(one_call) == "nothing_picked"
    assert refused(one_call, {**LONG, "line": "call:9", "reason": "客户说"}) == "line_unknown"
    assert refused(one_call, LONG, msisdn="13900000009") == "line_unknown"


def refused(desk: Any, *lines: dict[str, Any], **changed: Any) -> str:
    """The code these lines are refused with."""
    with pytest.raises(BpmnError) as refusal:
        confirm(desk, *lines, **changed)
    return refusal.value.code


def test_a_whole_call_is_proved_as_far_as_its_components_are() -> None:
    """Who ticks the call instead of its components adds the rest of it; an information fee is a line of its own."""
    proved = [*PROVED, {"call": 2, "component": "information", "amount": 300}]
    whole = LinePart("call:1", 190)
    assert beyond([whole, LinePart("information-fee:2", 300)], proved) == [(whole, 80)]
    assert beyond([LinePart("call:1", 110)], proved) == []
