"""Border roaming at first sight: what establishes it, what does not, and which charges count.

The courses in JOURNEYS and CAUGHT were decided before they were run.
"""

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
    "macau_inner": ("MO-2", "澳门氹仔", "澳门电讯", 22.16, 113.56, 80),
    "tanzhou": ("ZS-1", "中山坦洲", "中国移动", 22.26, 113.47, 60),
    "wuhan": ("WH-1", "武汉江汉", "中国移动", 30.6, 114.27, 60),
    "unknown": ("?", "", "澳门电讯", None, None, 80),
}


def call(spot: str, minutes: float, **changed: Any) -> CallRecord:
    """A call so many minutes after the first morning, with a basic charge of 40 fen and the roaming charge of the place."""
    cell, place, network, latitude, longitude, roaming = PLACES[spot]
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


def at(day: int, clock: str, spot: str, **changed: Any) -> CallRecord:
    """A call on a day of the month at an hour of Shanghai."""
    hour, minute = map(int, clock.split(":"))
    return call(spot, (day - 2) * 1440 + (hour - 9) * 60 + minute, **changed)


def days(days: tuple[int, ...], *calls: tuple[str, str]) -> list[CallRecord]:
    """The same calls on each of these days."""
    return [at(day, clock, spot) for day in days for clock, spot in calls]


def test_two_changes_are_a_visit() -> None:
    """Across and back once in cells that no list marks: a first sight needs more."""
    verdict = analyse(course("home", "macau", "home"), USUAL)
    assert (verdict.established, verdict.reasons, verdict.pairs, verdict.amount) == (False, ("once_only",), (), 0)


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


def test_a_change_nobody_travels_is_no_alternation() -> None:
    """Zhuhai to Lantau, 41 km, in five minutes: speed alone establishes nothing, but it is told."""
    fast = analyse([call("home", 0), call("hongkong", 5)], USUAL)
    assert (fast.established, fast.reasons, fast.amount) == (False, ("too_fast_once",), 0)
    assert analyse([call("home", 0), call("hongkong", 15)], USUAL).reasons == ("plausible",)


def test_calls_at_the_same_time_in_two_places_are_set_aside() -> None:
    """Two phones with one number are another matter: neither evidence of a border, nor paid back as such."""
    verdict = analyse([call("home", 0), call("macau", 0)], USUAL)
    assert (verdict.established, verdict.reasons) == (False, ("same_time",))
    combined = analyse([*course("home", "macau", "home", "macau", every=5), call("beijing", 15.2)], USUAL)
    assert (combined.established, combined.reasons, combined.amount) == (False, ("once_only", "same_time"), 0)
    assert [excluded.reason for excluded in combined.left] == ["same_time", "same_time", "travelled"]


def test_what_another_phone_cost_stands_apart() -> None:
    """All that the call away from home cost comes back as a clone's, and in no sum of border roaming; without one there is nothing of the kind."""
    away = call("macau", 0)._replace(id=2, basic=40, information=70)
    verdict = analyse([call("home", 0), away], USUAL)
    assert [(line.call, line.component, line.reason) for line in verdict.cloned] == [
        (2, "basic", "same_time"),
        (2, "roaming", "same_time"),
    ]
    assert (verdict.amount, verdict.lines) == (0, ())
    assert analyse(course("home", "macau", "home", "macau"), USUAL).cloned == ()


def test_clocks_of_two_networks_may_differ() -> None:
    """A call that ends some seconds after the next began, by another network's clock, is one phone; a forwarded call needs none."""
    verdict = analyse(course("home", "macau", "home", "macau", every=0.75), USUAL)
    assert verdict.reasons == ("frequent_alternation",)
    forwarded = [*course("home", "macau", "home", "macau"), call("home", 45.5, kind="forwarded")]
    assert "same_time" not in analyse(forwarded, USUAL).reasons


def test_the_speed_limit_is_a_parameter() -> None:
    """Whoever has no trains nor planes says so."""
    slow = Thresholds(max_speed_kmh=50, flight_from_km=9999)
    flights = course("home", "beijing", "home", "beijing", every=180)
    assert analyse(flights, USUAL).reasons == ("plausible",)
    assert analyse(flights, slow).reasons == ("far_from_border",)
    assert analyse([call("home", 0), call("guangzhou", 60)], slow).reasons == ("too_fast_once",)


def test_unknown_cells_prove_no_speed() -> None:
    """Without a position there is no distance; alternation still counts."""
    assert analyse([call("home", 0), call("unknown", 2)], USUAL).reasons == ("plausible",)
    verdict = analyse(course("home", "unknown", "home", "unknown"), USUAL)
    assert verdict.established
    assert verdict.pairs[0].distance_m is None
    assert verdict.cells == {"unknown": 2, "far": 0}


FLIPS = (("09:00", "home"), ("09:06", "macau"), ("09:12", "home"))


@pytest.mark.parametrize(
    "day_numbers, reasons", [((2, 3, 4), ("periodic", "implausible_travel")), ((2, 4, 6), ("implausible_travel",))]
)
def test_days_in_a_row_are_periodic(day_numbers: tuple[int, ...], reasons: tuple[str, ...]) -> None:
    """TS-005.3: back and forth within minutes, day by day; with days between it is still nobody's journey, but no period."""
    assert analyse(days(day_numbers, *FLIPS), USUAL).reasons == reasons


def test_days_are_shanghai_days() -> None:
    """A call before eight in the morning belongs to the day the customer lived in."""
    calls = [record._replace(start=record.start - timedelta(hours=3)) for record in days((2, 3, 4), *FLIPS)]
    assert "periodic" in analyse(calls, USUAL).reasons


def test_away_from_home_the_location_used_more_is_the_right_one() -> None:
    """A customer who really is in Tanzhou owes its roaming charges, not those of the border network caught in between."""
    verdict = analyse(course("tanzhou", "tanzhou", "macau", "tanzhou", "macau", every=10), USUAL)
    assert verdict.reasons == ("frequent_alternation",)
    assert verdict.amount == 160


def test_distance_is_the_great_circle() -> None:
    """Zhuhai to Beijing is just under two thousand kilometres."""
    assert distance_m(call("home", 0), call("beijing", 0)) == pytest.approx(1_988_000, rel=0.01)
    assert distance_m(call("home", 0), call("home", 9)) == 0


WORK = (("08:00", "home"), ("11:00", "macau"), ("15:00", "macau"), ("20:00", "home"))
AWAY = [
    at(day, clock, "wuhan") for day, clock in ((2, "12:30"), (2, "13:00"), (2, "19:00"), (2, "23:00"), (3, "08:00"))
]
JOURNEYS = {
    "one journey of 930 km over three days": [
        at(2, "08:00", "home"),
        *AWAY,
        at(3, "20:00", "wuhan"),
        at(4, "12:00", "home"),
    ],
    "a fast train on, another city, home two days later": [
        at(2, "08:00", "guangzhou", roaming=0),
        at(2, "09:00", "home", roaming=60, place="赣州", cell="GA-1", latitude=25.83, longitude=114.93),
        at(2, "11:00", "wuhan"),
        at(4, "11:00", "guangzhou", roaming=0),
    ],
    "four working days across the border": days((2, 3, 4, 5), *WORK),
    "lives across, works at home": days(
        (2, 3, 4, 5), ("07:00", "macau"), ("09:00", "home"), ("17:00", "home"), ("20:00", "macau")
    ),
    "by train to Guangzhou every day": days(
        (2, 3, 4, 5), ("08:00", "home"), ("09:30", "guangzhou"), ("17:00", "guangzhou"), ("18:30", "home")
    ),
    "a ferry to Hong Kong and back": days(
        (2,), ("08:00", "home"), ("09:30", "hongkong"), ("16:00", "hongkong"), ("17:40", "home")
    ),
    "to Beijing and back by air in a day, twice": days(
        (2, 4), ("06:00", "home"), ("09:30", "beijing"), ("20:00", "beijing"), ("23:40", "home")
    ),
    "an errand of an hour across": days((2,), ("10:00", "home"), ("10:20", "macau"), ("11:00", "home")),
    "errands of an hour, three days in a row": days(
        (2, 3, 4), ("10:00", "home"), ("10:20", "macau"), ("11:00", "home")
    ),
    "calls at the barrier on the way out, a day there": days(
        (2,), ("09:00", "home"), ("09:02", "macau"), ("17:00", "macau"), ("17:03", "home")
    ),
    "through Macau to Hong Kong": [at(2, "08:00", "home"), at(2, "08:40", "macau"), at(2, "10:30", "hongkong")],
    "there and never back": [at(2, "08:00", "home"), at(2, "08:05", "macau"), at(2, "08:10", "macau_inner")],
    "flips between Guangzhou and Macau, which no phone reaches at once": [
        at(2, "08:00", "home"),
        *(
            at(2, f"09:{minute:02d}", spot)
            for minute, spot in ((0, "guangzhou"), (5, "macau"), (10, "guangzhou"), (15, "macau"))
        ),
    ],
}


@pytest.mark.parametrize("name", JOURNEYS)
def test_what_a_traveller_does_is_not_established(name: str) -> None:
    """TS-005.2: changes that are plausible by train, by air, on foot, or are no going back and forth, cost what the bill says."""
    verdict = analyse(JOURNEYS[name], USUAL)
    assert (verdict.established, verdict.amount, verdict.lines) == (False, 0, ())


def test_who_crosses_daily_is_told_apart() -> None:
    """A period alone establishes nothing where the hours on each side are plausible."""
    assert analyse(JOURNEYS["four working days across the border"], USUAL).reasons == ("daily_crossing",)


ROAM = {"roaming": 200}
BOTH = {"roaming": 200, "long_distance": 150, "kind": "terminating"}


def flips(places: str, every: float = 5, start: float = 0, **charged: Any) -> list[CallRecord]:
    """H for home, M for across, N for another cell there; what is charged, is charged across."""
    names = {"H": "home", "M": "macau", "N": "macau_inner", "K": "hongkong"}
    return [
        call(names[place], start + number * every, **({} if place == "H" else charged))
        for number, place in enumerate(places)
    ]


CAUGHT: dict[str, tuple[list[CallRecord], int]] = {
    "every call on the wrong network, not only those beside a change": (flips("HMMMHMH", **ROAM), 800),
    "roaming and long-distance leg of received calls": (flips("HMHMH", **BOTH), 700),
    "the basic charge stays": (flips("HMHM", basic=90, roaming=200), 400),
    "a leg alone, no roaming charge": (flips("HMHM", roaming=0, long_distance=150), 300),
    "two cells of the other network are one network": (flips("HMHNH", **ROAM), 400),
    "four times a day, hours apart": (
        [record for hour in (0, 2, 5, 8) for record in flips("HMH", start=hour * 60, **ROAM)],
        800,
    ),
    "a real day over there is not given back": ([*days((4,), *WORK), *flips("HMHM", start=5 * 1440, **ROAM)], 400),
    "nor the week before it": (
        [*(at(day, "12:00", "macau") for day in range(2, 8)), *flips("HMHM", start=9000, **ROAM)],
        400,
    ),
    "from cell to cell over there and home again": (flips("HMNHMNH", **ROAM), 800),
    "nor the week before it, up to the last hour": (
        [
            *(at(day, "12:00", "macau") for day in range(2, 8)),
            at(8, "14:05", "macau"),
            *flips("HMHM", start=9000, **ROAM),
        ],
        400,
    ),
    "nor an errand that ended shortly before": (
        [
            *days((2,), ("08:10", "home"), ("08:25", "macau"), ("08:50", "macau"), ("09:00", "home")),
            *flips("HMHMH", start=45, **ROAM),
        ],
        400,
    ),
    "shortly after the last change, same network": (flips("HMHMM", **ROAM), 600),
    "an hour and more after it, perhaps really there": ([*flips("HMHM", **ROAM), call("macau", 300, **ROAM)], 400),
    "two neighbours' networks, listed": (
        [*flips("HMHM", **ROAM), *flips("HKHK", start=1440, border=True, **ROAM)],
        800,
    ),
    "a longer call does not change it": ([record._replace(duration_s=200) for record in flips("HMHMH", **ROAM)], 400),
    "out in the evening, home by midnight": (flips("HMHMHM", every=9, start=15 * 60 - 30, **ROAM), 600),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_what_nobody_travels_is_given_back(name: str) -> None:
    """TS-005.5: roaming and long-distance component of every call on the wrong network while it went on, and no other."""
    calls, amount = CAUGHT[name]
    verdict = analyse(calls, USUAL)
    assert (verdict.established, verdict.amount) == (True, amount)


def test_every_line_names_its_call_and_its_reason() -> None:
    """Later steps pick the lines: which record, which component, how much, why."""
    calls = [record._replace(id=number) for number, record in enumerate(flips("HMHMM", **BOTH), start=1)]
    verdict = analyse(calls, USUAL)
    assert verdict.lines == (
        (2, "roaming", 200, "caught"),
        (2, "long_distance", 150, "caught"),
        (4, "roaming", 200, "alternating"),
        (4, "long_distance", 150, "alternating"),
        (5, "roaming", 200, "same_window"),
        (5, "long_distance", 150, "same_window"),
    )


def listed(calls: list[CallRecord]) -> list[CallRecord]:
    """The same calls in cells that attachment 1 marks."""
    return [record._replace(border=True) for record in calls]


def test_listed_border_cells_weigh() -> None:
    """Attachment 1: once is enough in a listed cell, the verdict says so and counts the calls there."""
    once = flips("HMH", **ROAM)
    assert analyse(once, USUAL).reasons == ("once_only",)
    verdict = analyse(listed(once), USUAL)
    assert (verdict.established, verdict.reasons) == (True, ("implausible_travel", "border_cells"))
    assert (verdict.amount, verdict.cells) == (200, {"listed": 1, "far": 0})
    assert analyse(listed(JOURNEYS["an errand of an hour across"]), USUAL).reasons == ("plausible",)


def test_cells_far_from_the_border_weigh_against() -> None:
    """A phone in Zhuhai is never served by Beijing: whatever that is, no border network caught it; a listed cell reaches further."""
    far = [call(place, number * 5) for number, place in enumerate(("home", "beijing", "home", "beijing", "home"))]
    verdict = analyse(far, USUAL)
    assert (verdict.established, verdict.reasons) == (False, ("far_from_border",))
    assert {excluded.reason for excluded in verdict.left} == {"far_from_border"}
    lantau = [call(place, number * 5) for number, place in enumerate(("home", "hongkong", "home", "hongkong"))]
    assert analyse(lantau, Thresholds(reach_km=35, listed_reach_km=70)).reasons == ("far_from_border",)
    assert "border_cells" in analyse(listed(lantau), USUAL).reasons


STEPS = st.lists(st.tuples(st.sampled_from(sorted(PLACES)), st.integers(1, 600)), max_size=25)


def walked(steps: list[tuple[str, int]]) -> list[CallRecord]:
    """A call in each place, so many minutes after the one before; every other one with a long-distance leg."""
    minutes, calls = 0, []
    for number, (place, gap) in enumerate(steps):
        minutes += gap
        calls.append(call(place, minutes, id=number, long_distance=30 * (number % 2)))
    return calls


@given(STEPS, st.integers(1, 5), st.integers(1, 240))
def test_the_amount_is_the_sum_of_its_lines_and_of_its_pairs_and_each_call_is_counted_once(
    steps: list[tuple[str, int]], alternations: int, window: int
) -> None:
    """Whatever the list looks like, nothing is counted twice, no pair joins calls of one location, and what is not established is nothing."""
    calls = walked(steps)
    verdict = analyse(calls, Thresholds(alternations=alternations, window_minutes=window))
    assert verdict.amount == (sum(pair.charge for pair in verdict.pairs) if steps else None)
    assert (verdict.amount or 0) == sum(line.amount for line in verdict.lines)
    assert 0 <= (verdict.amount or 0) <= sum(record.roaming + record.long_distance for record in calls)
    assert len({(line.call, line.component) for line in verdict.lines}) == len(verdict.lines)
    assert verdict.established is (bool(verdict.pairs) if steps else None)
    assert verdict.established or not verdict.lines
    assert all(pair.first.cell != pair.second.cell for pair in verdict.pairs)


@given(STEPS)
def test_every_charged_call_away_is_either_picked_or_left_with_a_reason(steps: list[tuple[str, int]]) -> None:
    """No call on another network vanishes between what is given back and what stays."""
    calls = walked(steps)
    verdict = analyse(calls, USUAL)
    calls_picked = {line.call for line in verdict.lines}
    calls_left = {call_left.call.id for call_left in verdict.left}
    away = {record.id for record in calls if record.roaming}
    assert not calls_picked & calls_left
    assert away <= calls_picked | calls_left


@given(STEPS, st.integers(-40, 40))
def test_the_verdict_does_not_depend_on_the_date(steps: list[tuple[str, int]], weeks: int) -> None:
    """The same calls some weeks earlier are the same dispute."""
    calls = walked(steps)
    shifted = [record._replace(start=record.start + timedelta(weeks=weeks)) for record in calls]
    assert analyse(shifted, USUAL).lines == analyse(calls, USUAL).lines


@given(
    st.permutations(["home", "macau", "hongkong", "guangzhou", "beijing", "wuhan"]),
    st.lists(st.integers(2, 500), min_size=6, max_size=6),
)
def test_who_never_comes_back_is_travelling(places: list[str], gaps: list[int]) -> None:
    """A journey without a return is no alternation, however fast."""
    assert not analyse(walked(list(zip(places, gaps, strict=True))), USUAL).established
