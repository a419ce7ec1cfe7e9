"""Functions over dates, times and durations."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.language.feel import temporal
from engine.language.feel.functions.registry import builtin, is_text, is_whole
from engine.language.feel.types import kind
from engine.language.values import YearsMonths

NOT_GIVEN = object()
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@builtin("date", "from, month, day", optional=2, aliases=("year, month, day",))
def _date(scope: Any, value: Any, month: Any = None, day: Any = None) -> Any:
    if month is not None or day is not None:
        return date(value, month, day) if is_whole(value, month, day) else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return temporal.read_date(value) if is_text(value) else None


@builtin("time", "from, minute, second, offset", optional=3, aliases=("hour, minute, second, offset",))
def _time(scope: Any, value: Any, minute: Any = None, second: Any = None, offset: Any = None) -> Any:
    if minute is not None or second is not None:
        return _time_of(value, minute, second, offset)
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, date):
        return time()
    if isinstance(value, time):
        return value
    return temporal.read_time(value) if is_text(value) else None


def _time_of(hour: Any, minute: Any, second: Any, offset: Any) -> time | None:
    if not is_whole(hour, minute) or kind(second) != "number" or not 0 <= second < 60:
        return None
    if not (offset is None or isinstance(offset, timedelta)):
        return None
    whole = int(second)
    zone = temporal.zone_at(offset) if offset is not None else None
    return time(hour, minute, whole, int((second - whole) * 1_000_000), tzinfo=zone)


@builtin("date and time", "from, time", optional=1, aliases=("date, time",))
def _date_and_time(scope: Any, value: Any, clock: Any = NOT_GIVEN) -> Any:
    if clock is not NOT_GIVEN:
        on = value.date() if isinstance(value, datetime) else value
        return datetime.combine(on, clock) if isinstance(on, date) and isinstance(clock, time) else None
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return temporal.read_date_time(value) if is_text(value) else None


@builtin("duration", "from")
def _duration(scope: Any, text: Any) -> Any:
    if isinstance(text, timedelta | YearsMonths):
        return text
    return temporal.read_duration(text) if is_text(text) else None


@builtin("years and months duration", "from, to")
def _years_and_months(scope: Any, begin: Any, end: Any) -> Any:
    if not isinstance(begin, date) or not isinstance(end, date):
        return None
    sign = 1
    if (end.year, end.month, end.day) < (begin.year, begin.month, begin.day):
        begin, end, sign = end, begin, -1
    months = (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)
    return YearsMonths(sign * months)


@builtin("now")
def _now(scope: Any) -> Any:
    return scope.at


@builtin("today")
def _today(scope: Any) -> Any:
    return scope.calendar.local(scope.at).date()


@builtin("day of week", "date")
def _day_of_week(scope: Any, day: Any) -> Any:
    return WEEKDAYS[day.weekday()] if isinstance(day, date) else None


@builtin("day of year", "date")
def _day_of_year(scope: Any, day: Any) -> Any:
    return day.timetuple().tm_yday if isinstance(day, date) else None


@builtin("week of year", "date")
def _week_of_year(scope: Any, day: Any) -> Any:
    return day.isocalendar().week if isinstance(day, date) else None


@builtin("month of year", "date")
def _month_of_year(scope: Any, day: Any) -> Any:
    return calendar.month_name[day.month] if isinstance(day, date) else None
