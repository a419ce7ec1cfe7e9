"""The business calendar as a value: what owners change, what it refuses, and its fingerprint. Its limits are in dates.yaml."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from engine.language.calendar import Calendar
from tests.unit.engine.language.conftest import noticed

TUESDAY = datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_an_owners_day_moves_limits() -> None:
    """A day that the office closes is not counted; a Saturday that it works is."""
    closed = Calendar(frozenset({date(2026, 11, 25)}), frozenset({date(2026, 11, 28)}))
    assert closed.working_days(TUESDAY, 1) == datetime(2026, 11, 26, 10, tzinfo=UTC)
    assert closed.working_days(TUESDAY, 3) == datetime(2026, 11, 28, 10, tzinfo=UTC)


def test_a_day_that_is_both_is_worked() -> None:
    """A make-up day inside a holiday counts as a working day."""
    day = date(2026, 10, 1)
    assert Calendar(frozenset({day}), frozenset({day})).is_working(day)


def test_other_hours_move_limits() -> None:
    """Opening and closing are the calendar's, not the code's."""
    early = replace(noticed(), opens=time(8, 0), closes=time(17, 30))
    assert early.same_day(TUESDAY) == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert early.office_hours(datetime(2026, 11, 24, 9, tzinfo=UTC), timedelta(hours=1)) == datetime(
        2026, 11, 25, 0, 30, tzinfo=UTC
    )


def test_the_fingerprint_covers_what_limits_depend_on() -> None:
    """Replay compares due dates only where the calendar was the same."""
    plain = noticed()
    changed = [
        replace(plain, days_off=plain.days_off | {date(2026, 11, 25)}),
        replace(plain, workdays=frozenset()),
        replace(plain, opens=time(9)),
        replace(plain, closes=time(17)),
        replace(plain, zone="UTC"),
    ]
    assert plain.fingerprint() == noticed().fingerprint()
    assert len({plain.fingerprint(), *(one.fingerprint() for one in changed)}) == 6


def test_a_calendar_without_working_days_does_not_hang() -> None:
    """Closed for ever ends in an error after a bounded search."""
    begin = date(2026, 1, 1)
    closed = Calendar(frozenset(begin + timedelta(days=n) for n in range(5_000)), frozenset())
    with pytest.raises(OverflowError):
        closed.working_day_from(begin)
    with pytest.raises(OverflowError):
        closed.working_days(TUESDAY, 5_000)


def test_days_before_and_from() -> None:
    """A working day is its own; a day off goes to the nearest one on the asked side."""
    calendar = noticed()
    assert calendar.working_day_before(date(2026, 11, 24)) == calendar.working_day_from(date(2026, 11, 24))
    assert calendar.working_day_before(date(2026, 10, 4)) == date(2026, 9, 30)
    assert calendar.working_day_from(date(2026, 10, 4)) == date(2026, 10, 8)
