"""FEEL's arithmetic: of numbers, exact to 34 digits, of texts, and of dates, times and durations; null for whatever has no meaning."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import TypeVar

from engine.language.feel.types import (
    EXACT,
    MOST_TEXT,
    FeelLimit,
    FeelValue,
    Number,
    aware,
    decimal,
    is_number,
    reduced,
)
from engine.language.values import YearsMonths

MOST_POWER = 10_000
_TICK = timedelta(microseconds=1)
_Operation = Callable[[Decimal, Decimal], Decimal]
_Day = TypeVar("_Day", bound=date)


def add(a: FeelValue, b: FeelValue) -> FeelValue:
    """Compute FEEL `+`."""
    if is_number(a) and is_number(b):
        return _number(EXACT.add, a, b)
    if isinstance(a, str) and isinstance(b, str):
        if len(a) + len(b) > MOST_TEXT:
            raise FeelLimit(characters=MOST_TEXT)
        return a + b
    if isinstance(a, timedelta | YearsMonths) and isinstance(b, date | time):
        return _shift(b, a, 1)
    return _shift(a, b, 1)


def subtract(a: FeelValue, b: FeelValue) -> FeelValue:
    """Compute FEEL `-`."""
    if is_number(a) and is_number(b):
        return _number(EXACT.subtract, a, b)
    if isinstance(a, date) and isinstance(b, date):
        return _between(_midnight(a), _midnight(b))
    if isinstance(a, time) and isinstance(b, time):
        return _on_a_day(a) - _on_a_day(b)
    return _shift(a, b, -1)


def _between(a: datetime, b: datetime) -> timedelta | None:
    """Return the time that passed, which differs from what the clocks show where one of them was put forward in between."""
    try:
        return a.astimezone(UTC) - b.astimezone(UTC)
    except OverflowError:
        return None


def _midnight(value: date) -> datetime:
    return aware(value if isinstance(value, datetime) else datetime.combine(value, time()))


def _on_a_day(value: time) -> datetime:
    return datetime.combine(date(2000, 1, 1), value if value.tzinfo else value.replace(tzinfo=UTC))


def _shift(value: FeelValue, span: FeelValue, sign: int) -> FeelValue:
    try:
        if isinstance(span, timedelta):
            return _moved(value, sign * span)
        if isinstance(span, YearsMonths):
            if isinstance(value, YearsMonths):
                return YearsMonths(value.months + sign * span.months)
            if isinstance(value, date):
                return plus_months(value, sign * span.months)
    except (OverflowError, ValueError):
        return None
    return None


def _moved(value: FeelValue, span: timedelta) -> FeelValue:
    """Move it so much time on. Errors: OverflowError."""
    if isinstance(value, timedelta):
        return value + span
    if isinstance(value, datetime):
        return (value.astimezone(UTC) + span).astimezone(value.tzinfo) if value.tzinfo else value + span
    if isinstance(value, date):
        return (datetime.combine(value, time()) + span).date()
    if isinstance(value, time):
        return (_on_a_day(value) + span).timetz().replace(tzinfo=value.tzinfo)
    return None


def plus_months(value: _Day, count: int) -> _Day:
    """Return the same day that many months on; the last day where the month lacks it."""
    index = value.year * 12 + value.month - 1 + count
    year, month = divmod(index, 12)
    return value.replace(year=year, month=month + 1, day=min(value.day, calendar.monthrange(year, month + 1)[1]))


def multiply(a: FeelValue, b: FeelValue) -> FeelValue:
    """Compute FEEL `*`."""
    if not is_number(a):
        return _scaled(a, EXACT.multiply, b) if is_number(b) else None
    return _number(EXACT.multiply, a, b) if is_number(b) else _scaled(b, EXACT.multiply, a)


def _scaled(span: FeelValue, operation: _Operation, factor: Number) -> FeelValue:
    try:
        if isinstance(span, timedelta):
            return timedelta(microseconds=int(operation(Decimal(span // _TICK), decimal(factor))))
        if isinstance(span, YearsMonths):
            return YearsMonths(int(operation(Decimal(span.months), decimal(factor))))
    except (OverflowError, ValueError, DecimalException):
        return None
    return None


def divide(a: FeelValue, b: FeelValue) -> FeelValue:
    """Compute FEEL `/`; null for division by zero."""
    if is_number(b):
        if not b:
            return None
        return _number(EXACT.divide, a, b) if is_number(a) else _scaled(a, EXACT.divide, b)
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return _number(EXACT.divide, a // _TICK, b // _TICK) if b else None
    if isinstance(a, YearsMonths) and isinstance(b, YearsMonths):
        return _number(EXACT.divide, a.months, b.months) if b.months else None
    return None


def power(a: FeelValue, b: FeelValue) -> FeelValue:
    """Compute FEEL `**`, bounded."""
    if not is_number(a) or not is_number(b) or not -MOST_POWER <= b <= MOST_POWER:
        return None
    return _number(EXACT.power, a, b)


def negate(a: FeelValue) -> FeelValue:
    """Compute unary minus."""
    if is_number(a):
        return reduced(EXACT.minus(decimal(a)))
    try:
        return -a if isinstance(a, timedelta | YearsMonths) else None
    except OverflowError:
        return None


def _number(operation: _Operation, a: Number, b: Number) -> int | Decimal | None:
    try:
        return reduced(operation(decimal(a), decimal(b)))
    except DecimalException:
        return None
