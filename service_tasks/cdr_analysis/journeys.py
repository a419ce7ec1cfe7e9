"""Where a phone was, as its calls tell: stays in one location, visits there and back, and whether anybody travels like that.

What follows from it for the charges is judged in `border_roaming`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from math import asin, cos, radians, sin, sqrt
from operator import itemgetter
from typing import NamedTuple

from service_tasks.cdr_analysis.records import CallRecord

EARTH_KM = 6371.0088
CLOCKS_DIFFER = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What counts as frequent, periodic, travelled and near; each figure is argued in docs/explanation/readings.md.

    Frequent: `alternations` changes between the same two locations within `window_minutes`, counted from the first call to the last.
    Periodic: on `period_days` days in a row. Travelled: on the ground at `max_speed_kmh`, from `flight_from_km` on also at `flight_kmh` and
    `flight_minutes` beside; a visit takes `stay_minutes` there, and `crossing_minutes` each way where the networks differ. Near: a cell
    reaches `reach_km`, one of the list of border cells `listed_reach_km`.
    """

    window_minutes: int = 60
    alternations: int = 3
    max_speed_kmh: int = 350
    period_days: int = 3
    flight_kmh: int = 900
    flight_from_km: int = 300
    flight_minutes: int = 30
    crossing_minutes: int = 15
    stay_minutes: int = 15
    reach_km: int = 35
    listed_reach_km: int = 70


class Location(NamedTuple):
    """Where a call was made, as the bill sees it: at home, on another network, or elsewhere on the own one."""

    network: str
    place: str


HOME = Location("home", "")


class Stay(NamedTuple):
    """Calls in succession from one location."""

    location: Location
    calls: tuple[CallRecord, ...]


class Change(NamedTuple):
    """Two calls in succession from different locations."""

    first: CallRecord
    second: CallRecord
    origin: Location
    destination: Location

    @property
    def locations(self) -> frozenset[Location]:
        return frozenset((self.origin, self.destination))

    @property
    def gap(self) -> timedelta:
        return self.second.start - self.first.start


class Visit(NamedTuple):
    """A stay between two stays in one other location: out and back."""

    out: Change
    stay: Stay
    back: Change

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """The calls before, during and after it."""
        return (self.out.first, *self.stay.calls, self.back.second)


def locations(calls: Sequence[CallRecord]) -> list[Location]:
    """Return where each call was made.

    Shape: every call without a roaming charge on the usual network is at home, whatever its cell; another network is one location, for its
           cells hand over among themselves; roaming on the usual network is told apart by place.
    """
    usual = Counter(call.network for call in calls if not call.roaming).most_common(1)
    home = usual[0][0] if usual else None
    return [_location(call, home) for call in calls]


def _location(call: CallRecord, home: str | None) -> Location:
    if not call.roaming and call.network == home:
        return HOME
    if call.network and call.network != home:
        return Location(call.network, "")
    return Location(call.network, call.place or call.cell)


def stays(calls: Sequence[CallRecord], located: Sequence[Location]) -> list[Stay]:
    """Return the calls, in order of time, by where they were made."""
    grouped = groupby(zip(located, calls, strict=True), key=itemgetter(0))
    return [Stay(location, tuple(call for _, call in group)) for location, group in grouped]


def changes(course: Sequence[Stay]) -> list[Change]:
    """Return the changes from stay to stay."""
    return [Change(a.calls[-1], b.calls[0], a.location, b.location) for a, b in pairwise(course)]


def visits(course: Sequence[Stay]) -> list[Visit]:
    """Return the stays from which the phone came back to where it was before."""
    steps = changes(course)
    return [
        Visit(out, stay, back)
        for out, back, stay in zip(steps, steps[1:], course[1:], strict=False)
        if out.origin == back.destination
    ]


def travelled(visit: Visit, thresholds: Thresholds) -> bool:
    """Tell whether somebody may have gone there and come back: each way in its time, and all of it with the border and a stay."""
    legs = (travel_minutes(visit.out, thresholds), travel_minutes(visit.back, thresholds))
    if any(too_fast(leg, thresholds) for leg in (visit.out, visit.back)):
        return False
    crossing = thresholds.crossing_minutes if visit.out.first.network != visit.out.second.network else 0
    shortest = timedelta(minutes=sum(legs) + 2 * crossing + thresholds.stay_minutes)
    return visit.back.second.start - visit.out.first.start >= shortest


def too_fast(change: Change, thresholds: Thresholds) -> bool:
    """Tell whether nobody travels from cell to cell in the time between the calls, by train or by air; an unknown cell proves nothing."""
    return change.gap < timedelta(minutes=travel_minutes(change, thresholds))


def travel_minutes(change: Change, thresholds: Thresholds) -> float:
    """Return the least time from cell to cell in minutes; 0 where one of the cells is not known."""
    km = (distance_m(change.first, change.second) or 0) / 1000
    ground = km / thresholds.max_speed_kmh * 60
    if km < thresholds.flight_from_km:
        return ground
    return min(ground, km / thresholds.flight_kmh * 60 + thresholds.flight_minutes)


def out_of_reach(visit: Visit, thresholds: Thresholds) -> bool:
    """Tell whether no phone can be served by the cells of both sides from one spot: then somebody or something was really there."""
    apart = [
        metres
        for call in visit.stay.calls
        for end in (visit.out.first, visit.back.second)
        if (metres := distance_m(call, end)) is not None
    ]
    reach = thresholds.listed_reach_km if listed(visit) else thresholds.reach_km
    return bool(apart) and min(apart) > reach * 1000


def listed(visit: Visit) -> bool:
    """Tell whether one of its calls lies in a cell of the list of border cells."""
    return any(call.border for call in visit.calls)


def distance_m(first: CallRecord, second: CallRecord) -> int | None:
    """Return the great-circle distance between the cells of two calls in metres (haversine); None where one of them is not known."""
    if None in (first.latitude, first.longitude, second.latitude, second.longitude):
        return None
    lat_1, lon_1 = radians(first.latitude or 0), radians(first.longitude or 0)
    lat_2, lon_2 = radians(second.latitude or 0), radians(second.longitude or 0)
    half = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return round(2 * EARTH_KM * asin(sqrt(min(1.0, half))) * 1000)


def at_once(calls: Sequence[CallRecord], located: Sequence[Location]) -> set[int]:
    """Return the positions of calls that ran at the same time in two locations: two phones with one number; forwarded calls need no phone.

    Shape: `calls` in order of time; an overlap of CLOCKS_DIFFER may come from the clocks of two networks.
    """
    positions: set[int] = set()
    running: list[int] = []
    for position, call in enumerate(calls):
        if call.kind == "forwarded":
            continue
        running = [earlier for earlier in running if _end(calls[earlier]) - CLOCKS_DIFFER >= call.start]
        elsewhere = [earlier for earlier in running if located[earlier] != located[position]]
        if call.duration_s >= CLOCKS_DIFFER.seconds and elsewhere:
            positions.update((position, *elsewhere))
        running.append(position)
    return positions


def _end(call: CallRecord) -> datetime:
    return call.start + timedelta(seconds=call.duration_s)
