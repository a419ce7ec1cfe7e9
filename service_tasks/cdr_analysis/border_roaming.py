"""Border roaming at first sight (TS-005.2, TS-005.3): did the phone really travel, or was it caught by a neighbour's network?

The manual gives no figures for "frequent" and "short time"; they are the thresholds below. What is found here is a first sight: a person
confirms it against the border cells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from service_tasks.cdr_analysis.records import CallRecord
from service_tasks.schemas import ZONE

EARTH_KM = 6371.0088
REASONS = ("implausible_travel", "frequent_alternation", "periodic")


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Frequent: `alternations` changes between the same two locations within `window_minutes`, counted from the first call to the last.
    Periodic: changes between them on `period_days` days in a row. Implausible: faster than `max_speed_kmh` from cell to cell.
    """

    window_minutes: int = 60
    alternations: int = 3
    max_speed_kmh: int = 200
    period_days: int = 3


class Location(NamedTuple):
    """Where a call was made, as the bill sees it: at home, or on a network in a place."""

    network: str
    place: str


HOME = Location("home", "")


class Change(NamedTuple):
    """Two calls in succession from different locations."""

    first: CallRecord
    second: CallRecord
    origin: Location
    destination: Location

    @property
    def locations(self) -> frozenset[Location]:
        return frozenset((self.origin, self.destination))


class Pair(NamedTuple):
    """An offending change. `charge` is what it adds to the amount (fen): roaming components not counted in an earlier pair.

    `minutes` lie between the starts of the two calls, where their cells were noted; `distance_m` is None where a cell is not known.
    """

    first: CallRecord
    second: CallRecord
    minutes: int
    distance_m: int | None
    charge: int
    reason: str


class Verdict(NamedTuple):
    """`reasons` are those of REASONS that hold, or why it is not established: no_calls (nothing to judge by: `established` and `amount` are None),
    one_location, plausible.
    """

    established: bool | None
    reasons: tuple[str, ...]
    pairs: tuple[Pair, ...]
    amount: int | None


def analyse(calls: Sequence[CallRecord], thresholds: Thresholds) -> Verdict:
    """Whether border roaming is established at first sight, by which pairs of calls, and what it cost.

    Shape:  `calls` in order of time.
    Units:  fen; only the roaming components of calls on the wrong network count, each once.
    Source: TS-005.2, TS-005.3, TS-005.5.
    """
    if not calls:
        return Verdict(None, ("no_calls",), (), None)
    located = locations(calls)
    changes = [Change(*both, *where) for both, where in zip(pairwise(calls), pairwise(located), strict=True)]
    changes = [change for change in changes if change.origin != change.destination]
    if not changes:
        return Verdict(False, ("one_location",), (), 0)
    found = {
        "implausible_travel": {change for change in changes if implausible(change, thresholds)},
        "frequent_alternation": frequent(changes, thresholds),
        "periodic": periodic(changes, thresholds),
    }
    reasons = tuple(reason for reason in REASONS if found[reason])
    pairs = _pairs(changes, found, Counter(located))
    return Verdict(bool(reasons), reasons or ("plausible",), pairs, sum(pair.charge for pair in pairs))


def locations(calls: Sequence[CallRecord]) -> list[Location]:
    """Where each call was made; every call without a roaming charge on the usual network is at home, whatever its cell."""
    usual = Counter(call.network for call in calls if not call.roaming).most_common(1)
    home = usual[0][0] if usual else None
    return [
        HOME if not call.roaming and call.network == home else Location(call.network, call.place or call.cell)
        for call in calls
    ]


def implausible(change: Change, thresholds: Thresholds) -> bool:
    """Whether nobody travels from cell to cell in the time between the calls."""
    metres = distance_m(change.first, change.second)
    return metres is not None and metres / 1000 > thresholds.max_speed_kmh * (_gap(change) / timedelta(hours=1))


def frequent(changes: Sequence[Change], thresholds: Thresholds) -> set[Change]:
    """The changes that lie in a window with enough of them between the same two locations."""
    window, wanted = timedelta(minutes=thresholds.window_minutes), max(1, thresholds.alternations)
    found: set[Change] = set()
    for same in _by_locations(changes):
        for start in range(len(same) - wanted + 1):
            run = same[start : start + wanted]
            if run[-1].second.start - run[0].first.start <= window:
                found.update(run)
    return found


def periodic(changes: Sequence[Change], thresholds: Thresholds) -> set[Change]:
    """The changes of days in a row on which the phone went between the same two locations."""
    found: set[Change] = set()
    for same in _by_locations(changes):
        by_day: defaultdict[date, list[Change]] = defaultdict(list)
        for change in same:
            by_day[change.second.start.astimezone(ZONE).date()].append(change)
        for run in _runs(sorted(by_day)):
            if len(run) >= max(2, thresholds.period_days):
                found.update(change for day in run for change in by_day[day])
    return found


def distance_m(first: CallRecord, second: CallRecord) -> int | None:
    """Great-circle distance between the cells of two calls in metres (haversine); None where one of them is not known."""
    if None in (first.latitude, first.longitude, second.latitude, second.longitude):
        return None
    lat_1, lon_1 = radians(first.latitude or 0), radians(first.longitude or 0)
    lat_2, lon_2 = radians(second.latitude or 0), radians(second.longitude or 0)
    half = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return round(2 * EARTH_KM * asin(sqrt(min(1.0, half))) * 1000)


def _gap(change: Change) -> timedelta:
    return change.second.start - change.first.start


def _by_locations(changes: Iterable[Change]) -> Iterable[list[Change]]:
    grouped: defaultdict[frozenset[Location], list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.locations].append(change)
    return grouped.values()


def _runs(days: Sequence[date]) -> list[list[date]]:
    """Days split where one is missing between them."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _pairs(changes: Sequence[Change], found: dict[str, set[Change]], used: Counter[Location]) -> tuple[Pair, ...]:
    counted: set[CallRecord] = set()
    pairs = []
    for change in changes:
        reason = next((reason for reason in REASONS if change in found[reason]), None)
        if reason is None:
            continue
        wrong = {call for call in _on_wrong_network(change, used) if call not in counted}
        counted |= wrong
        minutes = int(_gap(change) / timedelta(minutes=1))
        metres = distance_m(change.first, change.second)
        charge = sum(call.roaming for call in wrong)
        pairs.append(Pair(change.first, change.second, minutes, metres, charge, reason))
    return tuple(pairs)


def _on_wrong_network(change: Change, used: Counter[Location]) -> list[CallRecord]:
    """The call that was not made where the phone belongs: at home, or, away from home, at the location it was used at more."""
    if HOME in change.locations:
        return [change.first if change.destination == HOME else change.second]
    return [change.first if used[change.origin] < used[change.destination] else change.second]
