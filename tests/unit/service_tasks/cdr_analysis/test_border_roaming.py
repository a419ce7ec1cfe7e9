"""Border roaming at first sight: what establishes it, what does not, and which charges count."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_tasks.cdr_analysis.border_roaming import Thresholds, analyse, distance_m
from service_tasks.cdr_analysis.records import CallRecord

MORNING = datetime(2026, 11, 2, 1, tzinfo=UTC)
USUAL = Thresholds()
PLACES = {
    "home": ("ZH-1", "珠海拱北", "中国移动", 22.215, 113.549, 0),
    "other_home": ("ZH-2", "珠海香洲", "中国移动", 22.271, 113.543, 0),
    "macau": ("MO-1", "澳门关闸", "澳门电讯", 22.212, 113.549, 80),
    "hongkong": ("HK-1", "香港大屿山", "香港移动", 22.28, 113.94, 150),
    "guangzhou": ("GZ-1", "广州天河", "中国移动", 23.13, 113.33, 60),
    "beijing": ("BJ-1", "北京朝阳", "中国移动", 39.92, 116.44, 60),
    "unknown": ("?", "", "澳门电讯", None, None, 80),
}


def call(where: str, minutes: float, **changed: Any) -> CallRecord:
    """A call so many minutes after the first morning, with a basic charge of 40 fen and the roaming charge of the place."""
    cell, place, network, latitude, longitude, roaming = PLACES[where]
    record = CallRecord(
        start=MORNING + timedelta(minutes=minutes),
        duration_s=60,
        cell=cell,
        place=place,
        network=network,
        latitude=latitude,
        longitude=longitude,
        basic=40,
        roaming=roaming,
    )
    return record._replace(**changed)


def course(*places: str, every: float = 15) -> list[CallRecord]:
    """Calls in these places, one every so many minutes."""
    return [call(place, number * every) for number, place in enumerate(places)]


def test_frequent_alternation_establishes_it() -> None:
    """TS-005.3: three changes between two locations within the hour, with every pair shown."""
    verdict = analyse(course("home", "macau", "home", "macau"), USUAL)
    assert (verdict.established, verdict.reasons) == (True, ("frequent_alternation",))
    assert [pair.minutes for pair in verdict.pairs] == [15, 15, 15]
    assert {pair.reason for pair in verdict.pairs} == {"frequent_alternation"}


def test_only_roaming_charges_of_the_wrong_network_count_each_once() -> None:
    """A call stands in two pairs, but is paid back once; basic charges stay the customer's."""
    verdict = analyse(course("home", "macau", "home", "macau"), USUAL)
    assert [pair.charge for pair in verdict.pairs] == [80, 0, 80]
    assert verdict.amount == 160


@pytest.mark.parametrize("every, established", [(20, True), (20.02, False)])
def test_the_window_is_counted_from_first_to_last_call(every: float, established: bool) -> None:
    """Three changes in exactly sixty minutes are within the hour."""
    verdict = analyse(course("home", "macau", "home", "macau", every=every), USUAL)
    assert verdict.established is established


def test_two_changes_are_a_visit() -> None:
    """Across and back, slowly enough to have walked: not established."""
    verdict = analyse(course("home", "macau", "home"), USUAL)
    assert (verdict.established, verdict.reasons, verdict.pairs, verdict.amount) == (False, ("plausible",), (), 0)


def test_a_journey_through_several_places_is_not_alternation() -> None:
    """Changes count between the same two locations only."""
    verdict = analyse(course("home", "guangzhou", "macau", "hongkong", every=90), Thresholds(window_minutes=400))
    assert verdict.reasons == ("plausible",)


def test_home_cells_are_one_location() -> None:
    """Two towers in town hand over all day; that is no roaming."""
    verdict = analyse(course("home", "other_home", "home", "other_home", every=5), USUAL)
    assert (verdict.established, verdict.reasons) == (False, ("one_location",))


def test_one_location_abroad_is_one_location() -> None:
    """A week in one place is a journey, however dear."""
    assert analyse(course("macau", "macau", "macau"), USUAL).reasons == ("one_location",)


def test_no_calls_establish_nothing() -> None:
    """An empty list says so instead of saying plausible."""
    assert analyse([], USUAL).reasons == ("no_calls",)


def test_nobody_travels_faster_than_the_limit() -> None:
    """Zhuhai to Lantau, 41 km, in five minutes is not a journey; in fifteen it is within 200 km/h."""
    fast = analyse([call("home", 0), call("hongkong", 5)], USUAL)
    assert (fast.established, fast.reasons, fast.amount) == (True, ("implausible_travel",), 150)
    assert fast.pairs[0].distance_m == pytest.approx(40_880, rel=0.02)
    assert analyse([call("home", 0), call("hongkong", 15)], USUAL).reasons == ("plausible",)


def test_calls_at_the_same_moment_from_two_places_are_implausible() -> None:
    """No time at all is too little for any distance."""
    assert analyse([call("home", 0), call("macau", 0)], USUAL).reasons == ("implausible_travel",)


def test_the_speed_limit_is_a_parameter() -> None:
    """A clerk who knows the customer flew raises it."""
    flight = [call("home", 0), call("beijing", 180)]
    assert analyse(flight, USUAL).reasons == ("implausible_travel",)
    assert analyse(flight, Thresholds(max_speed_kmh=900)).reasons == ("plausible",)


def test_unknown_cells_prove_no_speed() -> None:
    """Without a position there is no distance; alternation still counts."""
    assert analyse([call("home", 0), call("unknown", 0.1)], USUAL).reasons == ("plausible",)
    verdict = analyse(course("home", "unknown", "home", "unknown"), USUAL)
    assert verdict.established
    assert verdict.pairs[0].distance_m is None


def back_and_forth(*days: int) -> list[CallRecord]:
    """Home in the morning, Macau at noon, on these days."""
    return [record for day in days for record in (call("home", day * 1440), call("macau", day * 1440 + 240))]


@pytest.mark.parametrize(
    "days, established", [((0, 1, 2), True), ((0, 1), False), ((0, 2, 4), False), ((0, 1, 3), False)]
)
def test_days_in_a_row_are_periodic(days: tuple[int, ...], established: bool) -> None:
    """TS-005.2: back and forth every day is no series of journeys; now and then is."""
    verdict = analyse(back_and_forth(*days), USUAL)
    assert verdict.established is established
    assert verdict.reasons == (("periodic",) if established else ("plausible",))


def test_days_are_shanghai_days() -> None:
    """A call before eight in the morning belongs to the day the customer lived in."""
    calls = [record._replace(start=record.start - timedelta(hours=3)) for record in back_and_forth(0, 1, 2)]
    assert analyse(calls, USUAL).reasons == ("periodic",)


def test_away_from_home_the_location_used_more_is_the_right_one() -> None:
    """A customer who really is in Guangzhou owes its roaming charges, not those of the border network caught in between."""
    verdict = analyse(
        course("guangzhou", "guangzhou", "macau", "guangzhou", "macau", every=10), Thresholds(max_speed_kmh=9999)
    )
    assert verdict.reasons == ("frequent_alternation",)
    assert verdict.amount == 160


def test_distance_is_the_great_circle() -> None:
    """Zhuhai to Beijing is just under two thousand kilometres."""
    assert distance_m(call("home", 0), call("beijing", 0)) == pytest.approx(1_988_000, rel=0.01)
    assert distance_m(call("home", 0), call("home", 9)) == 0


@given(
    st.lists(st.tuples(st.sampled_from(sorted(PLACES)), st.integers(1, 600)), max_size=25),
    st.integers(1, 5),
    st.integers(1, 240),
)
def test_the_amount_is_the_sum_of_its_pairs_and_never_more_than_the_roaming_charges(
    steps: list[tuple[str, int]], alternations: int, window: int
) -> None:
    """Whatever the list looks like, nothing is counted twice, and no pair joins calls of one location."""
    minutes, calls = 0, []
    for place, gap in steps:
        minutes += gap
        calls.append(call(place, minutes))
    verdict = analyse(calls, Thresholds(alternations=alternations, window_minutes=window))
    assert verdict.amount == (sum(pair.charge for pair in verdict.pairs) if steps else None)
    assert 0 <= (verdict.amount or 0) <= sum(record.roaming for record in calls)
    assert verdict.established is (bool(verdict.pairs) if steps else None)
    assert all(pair.first.cell != pair.second.cell for pair in verdict.pairs)
