"""Dates, durations and the business calendar, case by case (dates.yaml)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from engine.language import feel
from engine.language.feel import Scope
from tests.unit.engine.language.conftest import DATES, Value, noticed

CASES = [
    tuple(line.split(" => "))
    for group, lines in DATES.items()
    if isinstance(lines, str)
    for line in lines.strip().splitlines()
]


@pytest.mark.parametrize("expression, expected", CASES)
def test_a_case(value: Value, expression: str, expected: str) -> None:
    """A limit an hour or a day off makes a case late in the record, or lets it be late unseen."""
    result, expected_value = value(expression), value(expected)
    assert (feel.kind(result), feel.equal(result, expected_value)) == (feel.kind(expected_value), True)


def test_there_are_two_hundred_cases() -> None:
    """Every line of the table is a case of its own."""
    assert len(CASES) == len(set(CASES)) >= 200


def test_the_notice_is_what_the_library_knows() -> None:
    """The days written down from the notice and those the office runs on are the same, weekends apart."""
    library, calendar = holidays.country_holidays("CN", years=2026), noticed()
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert calendar.workdays == {day for day in library.weekend_workdays if day.year == 2026}
    assert [day for day in year if not calendar.is_working(day)] == [
        day for day in year if day not in calendar.workdays and (day in library or day.weekday() >= 5)
    ]


def test_today_is_the_offices_day() -> None:
    """Half an hour after the office's midnight it is still yesterday in UTC."""
    scope = Scope(datetime(2026, 11, 23, 16, 30, tzinfo=UTC), noticed())
    assert feel.compile("today()").evaluate({}, scope=scope) == date(2026, 11, 24)


def test_the_calendars_instants_are_utc(value: Value) -> None:
    """Rows with a due instant compare as instants whatever the zone of the server."""
    assert value('same_day(@"2026-11-24T10:00:00")') == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert value('same_day(@"2026-11-24T10:00:00")').tzinfo is UTC
