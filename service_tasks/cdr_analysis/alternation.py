"""Going back and forth as nobody travels: which visits and runs of changes show it, which do not, and which side is the wrong one.

What a phone did stands in `journeys`, what follows for the charges in `border_roaming`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from service_tasks.cdr_analysis import journeys
from service_tasks.cdr_analysis.journeys import HOME, Change, Location, Stay, Thresholds, Visit
from service_tasks.cdr_analysis.records import CallRecord
from service_tasks.zone import ZONE

Run = tuple[Change, ...]


class Course(NamedTuple):
    """The calls of one phone with what they show.

    Shape: `caught` are visits to the wrong network that nobody travels; `runs` the changes between two locations that lie within the window,
           with a visit nobody travels among them; `far` the visits between cells that no phone reaches from one spot; `real` the travelled
           ones. `wrong` is, of two locations, the one where the phone does not belong.
    """

    calls: Sequence[CallRecord]
    located: Sequence[Location]
    stays: Sequence[Stay]
    changes: Sequence[Change]
    wrong: dict[frozenset[Location], Location]
    caught: Sequence[Visit]
    runs: Sequence[Run]
    far: Sequence[Visit]
    real: Sequence[Visit]


def read(calls: Sequence[CallRecord], thresholds: Thresholds) -> Course:
    """Return what the calls, in order of time, show."""
    located = journeys.locations(calls)
    stays = journeys.stays(calls, located)
    changes = journeys.changes(stays)
    wrong = _wrong(changes, located)
    real, odd = _parted(journeys.visits(stays), lambda visit: journeys.travelled(visit, thresholds))
    far, near = _parted(odd, lambda visit: journeys.out_of_reach(visit, thresholds))
    caught_visits = [visit for visit in near if wrong[visit.out.locations] == visit.stay.location]
    return Course(calls, located, stays, changes, wrong, caught_visits, _runs(changes, near, thresholds), far, real)


def frequent(changes: Sequence[Change], thresholds: Thresholds) -> list[Run]:
    """Return every run of as many changes between the same two locations as are wanted within the window; runs may overlap."""
    window, count = timedelta(minutes=thresholds.window_minutes), max(1, thresholds.alternations)
    runs = [tuple(same[at : at + count]) for same in _by_locations(changes) for at in range(len(same) - count + 1)]
    return [run for run in runs if run[-1].second.start - run[0].first.start <= window]


def days_in_a_row(visits: Iterable[Visit], least: int) -> set[date]:
    """Return the days (Shanghai) with a visit that belong to a row of `least` days or more, two at least; each two locations by themselves."""
    by_locations: defaultdict[frozenset[Location], set[date]] = defaultdict(set)
    for visit in visits:
        by_locations[visit.out.locations].add(visit_day(visit))
    rows = [row for days in by_locations.values() for row in _rows(sorted(days))]
    return {day for row in rows if len(row) >= max(2, least) for day in row}


def visit_day(visit: Visit) -> date:
    """Return the day (Shanghai) on which the phone was there first."""
    return visit.stay.calls[0].start.astimezone(ZONE).date()


def _wrong(changes: Iterable[Change], located: Sequence[Location]) -> dict[frozenset[Location], Location]:
    """Return the location that is not home; away from home the one used less, of two used equally the one used later."""
    count_by_location = Counter(located)
    rank = {location: (-count, at) for at, (location, count) in enumerate(count_by_location.items())}
    pairs = {change.locations for change in changes}
    return {pair: max((location for location in pair if location != HOME), key=rank.__getitem__) for pair in pairs}


def _runs(changes: Sequence[Change], near: Iterable[Visit], thresholds: Thresholds) -> list[Run]:
    returns = {visit.out: visit.back for visit in near}
    return [run for run in frequent(changes, thresholds) if any(returns.get(change) in run for change in run)]


def _by_locations(changes: Iterable[Change]) -> Iterable[list[Change]]:
    grouped: defaultdict[frozenset[Location], list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.locations].append(change)
    return grouped.values()


def _parted(visits: Iterable[Visit], test: Callable[[Visit], bool]) -> tuple[list[Visit], list[Visit]]:
    yes: list[Visit] = []
    no: list[Visit] = []
    for visit in visits:
        (yes if test(visit) else no).append(visit)
    return yes, no


def _rows(days: Sequence[date]) -> list[list[date]]:
    """Return days split where one is missing between them."""
    rows = [[day] for day in days[:1]]
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            rows[-1].append(day)
        else:
            rows.append([day])
    return rows
