"""Ultra-short long-distance calls."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service_tasks.cdr_analysis.records import CallRecord
from service_tasks.cdr_analysis.ultra_short import find


def call(**changed: Any) -> CallRecord:
    """A long-distance call of two seconds with every component."""
    usual = {
        "duration_s": 2,
        "basic": 40,
        "long_distance": 70,
        "ip": 30,
        "forwarding": 20,
        "roaming": 60,
        "information": 9,
    }
    return CallRecord(start=datetime(2026, 11, 2, tzinfo=UTC), **{**usual, **changed})


@pytest.mark.parametrize("seconds, found", [(0, True), (2, True), (3, True), (4, False)])
def test_three_seconds_are_included(seconds: int, found: bool) -> None:
    """TS-007.3 says three seconds or less, three included."""
    assert bool(find([call(duration_s=seconds)])) is found


def test_four_components_are_credited_and_no_others() -> None:
    """Long-distance, IP, basic and forwarding; roaming and information charges are not of this process."""
    (short,) = find([call()])
    assert short.amount == 70 + 30 + 40 + 20


def test_a_short_local_call_is_not_found() -> None:
    """Two seconds in town are charged as agreed."""
    assert find([call(long_distance=0, ip=0)]) == []


def test_an_ip_call_is_a_long_distance_call() -> None:
    """Over 17951 the IP charge stands in place of the long-distance charge."""
    (short,) = find([call(long_distance=0)])
    assert short.amount == 90


def test_the_limit_is_a_parameter() -> None:
    """Another rule one day is another figure."""
    assert len(find([call(duration_s=6)], limit_s=6)) == 1
