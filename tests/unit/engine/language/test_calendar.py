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
    assert len({plain.fingerprint(), *(other_calendar.fingerprint() for other_calendar in changed)}) == 6


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


NEW_YEAR = Calendar(frozenset({date(2027, 1, 1)}), frozenset())


@pytest.mark.parametrize(("start", "due"), [((2026, 12, 31, 11), (2027, 1, 4, 10)), ((2026, 12, 31, 9), (2026, 12, 31, 10))])  # fmt: skip
def test_a_limit_in_the_next_month_is_not_past(start: tuple[int, ...], due: tuple[int, ...]) -> None:
    """The day before a first day off is the month's last; when its office hours are over, the limit is the next month's first working day."""
    at = datetime(*start, tzinfo=UTC)  # type: ignore[misc, arg-type]
    assert NEW_YEAR.next_month(at, 1) == datetime(*due, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_what_was_reckoned_before_is_reckoned_so_again() -> None:
    """The first edition's limit could be past; its fingerprint is what it was, so that its records find it."""
    former = replace(NEW_YEAR, edition=1)
    assert former.next_month(datetime(2026, 12, 31, 11, tzinfo=UTC), 1) == datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert former.fingerprint() == "3dc271fb08867cd8910c3a74a650b027a124f779ad7324d5dda3e0cb84e4e0a1"
    assert NEW_YEAR.fingerprint() != former.fingerprint()
