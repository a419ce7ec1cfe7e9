"""Functions over dates, times and durations."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

from engine.language.calendar import WEEKDAYS
from engine.language.feel import temporal
from engine.language.feel.functions.registry import builtin, is_whole
from engine.language.feel.scope import Scope
from engine.language.feel.types import FeelValue, is_number
from engine.language.values import YearsMonths


@builtin("date", "from, month, day", optional=2, aliases=("year, month, day",))
def _date(scope: Scope, value: FeelValue, month: FeelValue = None, day: FeelValue = None) -> date | None:
    if month is not None or day is not None:
        return date(value, month, day) if is_whole(value) and is_whole(month) and is_whole(day) else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return temporal.read_date(value) if isinstance(value, str) else None


@builtin("time", "from, minute, second, offset", optional=3, aliases=("hour, minute, second, offset",))
def _time(
    scope: Scope, value: FeelValue, minute: FeelValue = None, second: FeelValue = None, offset: FeelValue = None
) -> time | None:
    if minute is not None or second is not None:
        return _time_of(value, minute, second, offset)
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, date):
        return time()
    if isinstance(value, time):
        return value
    return temporal.read_time(value) if isinstance(value, str) else None


def _time_of(hour: FeelValue, minute: FeelValue, second: FeelValue, offset: FeelValue) -> time | None:
    if not is_whole(hour) or not is_whole(minute) or not is_number(second) or not 0 <= second < 60:
        return None
    if not (offset is None or isinstance(offset, timedelta)):
        return None
    whole = int(second)
    zone = temporal.zone_at(offset) if offset is not None else None
    return time(hour, minute, whole, int((second - whole) * 1_000_000), tzinfo=zone)


@builtin("date and time", "from, time", optional=1, aliases=("date, time",))
def _date_and_time(scope: Scope, value: FeelValue, *clocks: FeelValue) -> datetime | None:
    if clocks:
        return _combined(value, clocks[0])
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return temporal.read_date_time(value) if isinstance(value, str) else None


def _combined(day: FeelValue, clock: FeelValue) -> datetime | None:
    on = day.date() if isinstance(day, datetime) else day
    return datetime.combine(on, clock) if isinstance(on, date) and isinstance(clock, time) else None


@builtin("duration", "from")
def _duration(scope: Scope, text: FeelValue) -> timedelta | YearsMonths | None:
    if isinstance(text, timedelta | YearsMonths):
        return text
    return temporal.read_duration(text) if isinstance(text, str) else None


@builtin("years and months duration", "from, to")
def _years_and_months(scope: Scope, begin: FeelValue, end: FeelValue) -> YearsMonths | None:
    if not isinstance(begin, date) or not isinstance(end, date):
        return None
    sign = 1
    if (end.year, end.month, end.day) < (begin.year, begin.month, begin.day):
        begin, end, sign = end, begin, -1
    months = (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)
    return YearsMonths(sign * months)


@builtin("now")
def _now(scope: Scope) -> datetime:
    return scope.at


@builtin("today")
def _today(scope: Scope) -> date:
    return scope.calendar.local(scope.at).date()


@builtin("day of week", "date")
def _day_of_week(scope: Scope, day: FeelValue) -> str | None:
    return WEEKDAYS[day.weekday()] if isinstance(day, date) else None


@builtin("day of year", "date")
def _day_of_year(scope: Scope, day: FeelValue) -> int | None:
    return day.timetuple().tm_yday if isinstance(day, date) else None


@builtin("week of year", "date")
def _week_of_year(scope: Scope, day: FeelValue) -> int | None:
    return day.isocalendar().week if isinstance(day, date) else None


@builtin("month of year", "date")
def _month_of_year(scope: Scope, day: FeelValue) -> str | None:
    return calendar.month_name[day.month] if isinstance(day, date) else None
