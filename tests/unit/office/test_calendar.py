"""The business calendar: the library's days, and those of owners above them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from models.base import scratch, transaction
from office import calendar
from tests.support.worlds import accounts

MAKE_UP_SATURDAY = date(2026, 10, 10)
NATIONAL_DAY = date(2026, 10, 1)
PLAIN_TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def empty_database() -> Iterator[None]:
    """An empty database inside a transaction."""
    with accounts():
        yield


def test_public_holidays_and_make_up_days_come_with_it() -> None:
    """Without any row, National Day is off and the Saturday that makes up for it is worked."""
    assert NATIONAL_DAY in calendar.current().days_off
    assert MAKE_UP_SATURDAY in calendar.current().workdays


def test_an_owner_may_change_any_day() -> None:
    """A plain day becomes a day off, a holiday a working day, a make-up Saturday free again, at once."""
    calendar.current()
    calendar.put(PLAIN_TUESDAY, "off", "停电")
    calendar.put(NATIONAL_DAY, "work", "值班")
    calendar.put(MAKE_UP_SATURDAY, "off", "不调休")
    changed = calendar.current()
    assert {PLAIN_TUESDAY, MAKE_UP_SATURDAY} <= changed.days_off
    assert NATIONAL_DAY not in changed.days_off
    assert (NATIONAL_DAY in changed.workdays, MAKE_UP_SATURDAY in changed.workdays) == (True, False)


def test_a_change_can_be_taken_back() -> None:
    """Removing the owner's day brings the library's back."""
    before = calendar.current()
    calendar.put(NATIONAL_DAY, "work", "值班")
    calendar.remove(NATIONAL_DAY)
    assert calendar.current() == before


def test_seeding_shows_the_days_and_changes_nothing() -> None:
    """The seeded rows say what was in force before; an owner's day survives being seeded again."""
    before = calendar.current()
    calendar.seed([2026])
    assert calendar.current() == before
    calendar.put(NATIONAL_DAY, "work", "值班")
    calendar.seed([2026])
    assert {day.date: day.kind for day in calendar.days(2026)}[NATIONAL_DAY] == "work"


def test_a_year_without_make_up_days_is_provisional() -> None:
    """2026 has been announced, 2059 has not: its statutory days stand, and say that they are provisional."""
    assert not any(day.provisional for day in calendar.days(2026))
    assert all(day.provisional for day in calendar.days(2059))


def test_a_day_that_was_rolled_back_was_never_in_force() -> None:
    """A change that is not committed does not stay in memory."""
    with scratch():
        with pytest.raises(LookupError):
            _put_and_fail()
        assert PLAIN_TUESDAY not in calendar.current().days_off


def _put_and_fail() -> None:
    with transaction():
        calendar.put(PLAIN_TUESDAY, "off", "停电")
        assert PLAIN_TUESDAY in calendar.current().days_off
        raise LookupError
