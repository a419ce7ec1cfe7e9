"""Border roaming at first sight (TS-005.2, TS-005.3): did the phone really travel, or was it caught by a neighbour's network?

The manual gives no figures for "frequent" and "short time"; they are `Thresholds`. What is found here is a first sight: a person confirms
it. How people travel stands in `journeys`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from service_tasks.cdr_analysis import alternation, journeys
from service_tasks.cdr_analysis.alternation import Course
from service_tasks.cdr_analysis.journeys import HOME, Change, Location, Thresholds, Visit, distance_m
from service_tasks.cdr_analysis.records import CallRecord, Line, lines

__all__ = ["COMPONENTS", "REASONS", "Left", "Pair", "Thresholds", "Verdict", "analyse", "distance_m"]

COMPONENTS = ("roaming", "long_distance")
OF_A_CLONE = ("basic", "long_distance", "ip", "forwarding", "roaming")
REASONS = ("frequent_alternation", "periodic", "implausible_travel")
SEVERAL = 2
Span = tuple[datetime, datetime]


class Pair(NamedTuple):
    """Two calls between which the phone changed network as no traveller does.

    Units: `minutes` between the starts of the calls, where their cells were noted; `distance_m` None where a cell is not known; `charge` in
           fen, what the lines picked with this pair come to, each call once.
    """

    first: CallRecord
    second: CallRecord
    minutes: int
    distance_m: int | None
    charge: int
    reason: str


class Left(NamedTuple):
    """A call on another network that is not picked, and why: same_time, far_from_border, travelled."""

    call: CallRecord
    reason: str


class Verdict(NamedTuple):
    """What the calls show.

    Shape: `reasons` are those of REASONS that hold, then border_cells where a call lies in a listed cell; or why it is not established:
           no_calls (nothing to judge by: `established` and `amount` are None), one_location, plausible, daily_crossing, once_only, too_fast_once, far_from_border. same_time may stand beside either.
           `lines` are what was charged because of the wrong network; `cells` counts the calls there: listed, near, far, unknown. `cloned` are all that
           calls away from home cost while the phone was used elsewhere: of another phone with the same number, in no other sum.
    Units: fen.
    """

    established: bool | None
    reasons: tuple[str, ...]
    pairs: tuple[Pair, ...]
    amount: int | None
    lines: tuple[Line, ...] = ()
    left: tuple[Left, ...] = ()
    cells: dict[str, int] | None = None
    cloned: tuple[Line, ...] = ()


def analyse(calls: Sequence[CallRecord], thresholds: Thresholds) -> Verdict:
    """Tell whether border roaming is established at first sight, and which charges come from it.

    Shape:  `calls` in order of time. Established by going back and forth as nobody travels: often within a short time, more than once, or
            once in a listed border cell. A single journey, however fast, does not establish it, nor do visits in plausible hours day by day.
    Units:  fen; roaming and long-distance component of every call on the wrong network while it went on. The basic charge stays.
    Source: TS-005.2, TS-005.3, TS-005.5, reading.
    """
    if not calls:
        return Verdict(None, ("no_calls",), (), None)
    located = journeys.locations(calls)
    twice = journeys.at_once(calls, located)
    away = [calls[at] for at in sorted(twice) if located[at] != HOME]
    clone_lines = tuple(line for call in away for line in lines(call, OF_A_CLONE, "same_time"))
    course = alternation.read([call for at, call in enumerate(calls) if at not in twice], thresholds)
    aside = tuple(Left(calls[at], "same_time") for at in sorted(twice))
    beside = ("same_time",) if aside else ()
    if not (holding := _holding(course, thresholds)):
        reasons = (*_why_not(course, thresholds, aside), *beside)
        return Verdict(False, reasons, (), 0, left=(*aside, *_left(course, {})), cloned=clone_lines)
    picks = _picked(course, thresholds)
    roaming_lines = tuple(line for call, reason in picks.items() for line in lines(call, COMPONENTS, reason))
    border = ("border_cells",) if any(call.border for call in picks) else ()
    return Verdict(
        True,
        (*(reason for reason in REASONS if holding[reason]), *border, *beside),
        _pairs(course, holding, [(call.start, line) for call in picks for line in lines(call, COMPONENTS, "")]),
        sum(line.amount for line in roaming_lines),
        roaming_lines,
        (*aside, *_left(course, picks)),
        _cells(course, picks),
        clone_lines,
    )


def less(verdict: Verdict, remaining: Sequence[Line], calls: Sequence[CallRecord]) -> Verdict:
    """Return the verdict with no more of its lines than these: what they come to in all, and with each pair."""
    starts = {call.id: call.start for call in calls}
    charges = _charges([pair.second.start for pair in verdict.pairs], [(starts[line.call], line) for line in remaining])
    pairs = tuple(pair._replace(charge=charge) for pair, charge in zip(verdict.pairs, charges, strict=True))
    return verdict._replace(lines=tuple(remaining), amount=sum(line.amount for line in remaining), pairs=pairs)


def _holding(course: Course, thresholds: Thresholds) -> dict[str, set[Change]]:
    """Return the changes that show each of REASONS; empty when they do not establish it."""
    caught_visits = course.caught
    often = {change for run in course.runs for change in run}
    several = len(caught_visits) >= SEVERAL or any(journeys.listed(visit) for visit in caught_visits)
    if not often and not several:
        return {}
    days = alternation.days_in_a_row(caught_visits, thresholds.period_days)
    return {
        "frequent_alternation": often,
        "periodic": _changes(visit for visit in caught_visits if alternation.visit_day(visit) in days),
        "implausible_travel": _changes(caught_visits) if several else set(),
    }


def _why_not(course: Course, thresholds: Thresholds, aside: Sequence[Left]) -> tuple[str, ...]:
    """Return why it is not established; several reasons may stand side by side."""
    explained = _changes((*course.far, *course.caught))
    real = [visit for visit in course.real if course.wrong[visit.out.locations] == visit.stay.location]
    fast = (journeys.too_fast(change, thresholds) for change in course.changes if change not in explained)
    holds_by_reason = {
        "far_from_border": bool(course.far),
        "once_only": bool(course.caught),
        "too_fast_once": any(fast),
        "daily_crossing": bool(alternation.days_in_a_row(real, thresholds.period_days)),
    }
    if reasons := tuple(reason for reason, holds in holds_by_reason.items() if holds):
        return reasons
    if aside:
        return ()
    return ("plausible",) if course.changes else ("one_location",)


def _picked(course: Course, thresholds: Thresholds) -> dict[CallRecord, str]:
    """Return the calls on the wrong network, in order of time, each with what picks it: caught, alternating, or same_window beside those.

    Beside them only a short stay is picked; one that was travelled, out of reach or longer than the window was really there.
    """
    window = timedelta(minutes=thresholds.window_minutes)
    runs = _spans(course, course.runs)
    near = _spans(course, [*course.runs, *((visit.out, visit.back) for visit in course.caught)], beside=window)
    caught_calls = {call for visit in course.caught for call in visit.stay.calls}
    there = {call for visit in (*course.real, *course.far) for call in visit.stay.calls}
    picks: dict[CallRecord, str] = {}
    for stay in course.stays:
        long = stay.calls[-1].start - stay.calls[0].start > window
        for call in stay.calls:
            if call in caught_calls:
                picks[call] = "caught"
            elif _within(runs.get(stay.location, []), call.start):
                picks[call] = "alternating"
            elif not long and call not in there and _within(near.get(stay.location, []), call.start):
                picks[call] = "same_window"
    return picks


def _spans(
    course: Course, runs: Iterable[Sequence[Change]], beside: timedelta = timedelta(0)
) -> dict[Location, list[Span]]:
    """Return when each wrong location was used as nobody travels, from first to last call and so much beside, in order and without overlaps."""
    by_location: defaultdict[Location, list[Span]] = defaultdict(list)
    ordered = sorted(runs, key=lambda changes: changes[0].first.start)
    for changes in ordered:
        spans = by_location[course.wrong[changes[0].locations]]
        start, end = changes[0].first.start - beside, changes[-1].second.start + beside
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return by_location


def _within(spans: Sequence[Span], at: datetime) -> bool:
    position = bisect_right(spans, at, key=lambda span: span[0])
    return position > 0 and at <= spans[position - 1][1]


def _pairs(
    course: Course, holding: dict[str, set[Change]], timed_lines: Iterable[tuple[datetime, Line]]
) -> tuple[Pair, ...]:
    """Return the changes that show it, each with what was picked from it on until the next."""
    showing = [change for change in course.changes if any(change in changes for changes in holding.values())]
    charges = _charges([change.second.start for change in showing], timed_lines)
    return tuple(
        Pair(
            change.first,
            change.second,
            int(change.gap / timedelta(minutes=1)),
            distance_m(change.first, change.second),
            charge,
            next(reason for reason in REASONS if change in holding[reason]),
        )
        for change, charge in zip(showing, charges, strict=True)
    )


def _charges(begins: Sequence[datetime], timed_lines: Iterable[tuple[datetime, Line]]) -> list[int]:
    """Add up lines, each with when its call was, from one begin on until the next; what comes before the first counts there."""
    charges = [0] * len(begins)
    for start, line in timed_lines:
        charges[max(0, bisect_right(begins, start) - 1)] += line.amount
    return charges


def _left(course: Course, picks: Container[CallRecord]) -> tuple[Left, ...]:
    """Return the calls away from home that cost roaming or long distance and are not picked."""
    far = {call for visit in course.far for call in visit.stay.calls}
    away = (call for call, location in zip(course.calls, course.located, strict=True) if location != HOME)
    charged = (call for call in away if call not in picks and any(getattr(call, name) for name in COMPONENTS))
    return tuple(Left(call, "far_from_border" if call in far else "travelled") for call in charged)


def _cells(course: Course, picks: Iterable[CallRecord]) -> dict[str, int]:
    """Return how many of the picked calls lie in listed cells, near them, in unknown ones; and how many were left because theirs are far."""
    weighed = Counter("listed" if call.border else "unknown" if call.latitude is None else "near" for call in picks)
    return {**weighed, "far": sum(len(visit.stay.calls) for visit in course.far)}


def _changes(visits: Iterable[Visit]) -> set[Change]:
    return {change for visit in visits for change in (visit.out, visit.back)}
