"""FEEL's types over Python values: kinds, equality, ordering and arithmetic with null for whatever has no meaning."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, DecimalException
from typing import Any

from engine.language.values import YearsMonths

EXACT = Context(prec=34)
MOST_EXPONENT = 10_000
MOST_TEXT = 100_000


@dataclass(frozen=True)
class Range:
    """A FEEL range; an open end is None with `low_open`/`high_open` true."""

    low: Any
    high: Any
    low_open: bool = False
    high_open: bool = False

    def contains(self, value: Any) -> bool | None:
        """Whether a value lies in it; null when they cannot be compared."""
        low = True if self.low is None else compare(">" if self.low_open else ">=", value, self.low)
        high = True if self.high is None else compare("<" if self.high_open else "<=", value, self.high)
        return both(low, high)


def kind(value: Any) -> str:
    """The FEEL type of a value; `null` for None."""
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return "null" if value is None else "unknown"


# bool before int, datetime before date
_KINDS: tuple[tuple[Any, str], ...] = (
    (bool, "boolean"),
    ((int, Decimal), "number"),
    (str, "string"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (timedelta, "days and time duration"),
    (YearsMonths, "years and months duration"),
    (Range, "range"),
    (Mapping, "context"),
    ((list, tuple), "list"),
)


def normal(value: Any) -> Any:
    """A number as an int when it is whole; everything else as it is."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        if value == value.to_integral_value() and value.adjusted() < MOST_EXPONENT:
            return int(value)
    return value


def equal(a: Any, b: Any) -> bool | None:
    """FEEL `=`: null when the types differ."""
    if a is None or b is None:
        return a is b
    ka, kb = kind(a), kind(b)
    if ka != kb:
        return None
    if ka == "list":
        return len(a) == len(b) and all(equal(x, y) is True for x, y in zip(a, b, strict=True))
    if ka == "context":
        return a.keys() == b.keys() and all(equal(a[name], b[name]) is True for name in a)
    if ka == "date and time":
        return _aware(a) == _aware(b) if (a.tzinfo is None) == (b.tzinfo is None) else False
    return bool(a == b)


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


_ORDERED = frozenset(
    {"number", "string", "date", "date and time", "time", "days and time duration", "years and months duration"}
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compare(operator: str, a: Any, b: Any) -> bool | None:
    """An ordering; null when it has no meaning."""
    if type(a) is int and type(b) is int:
        return _COMPARE[operator](a, b)
    known = kind(a)
    if known != kind(b) or known not in _ORDERED:
        return None
    if known == "date and time":
        a, b = _aware(a), _aware(b)
    try:
        return _COMPARE[operator](a, b)
    except TypeError:
        return None


def both(a: Any, b: Any) -> bool | None:
    """Three-valued and."""
    if a is False or b is False:
        return False
    return True if a is True and b is True else None


def either(a: Any, b: Any) -> bool | None:
    """Three-valued or."""
    if a is True or b is True:
        return True
    return False if a is False and b is False else None


def add(a: Any, b: Any) -> Any:
    """FEEL `+`."""
    ka, kb = kind(a), kind(b)
    if ka == kb == "number":
        return _number(EXACT.add, a, b)
    if ka == kb == "string":
        return a + b if len(a) + len(b) <= MOST_TEXT else None
    if kb in ("date", "date and time", "time") and ka.endswith("duration"):
        return add(b, a)
    return _shift(a, b, 1)


def subtract(a: Any, b: Any) -> Any:
    """FEEL `-`."""
    ka, kb = kind(a), kind(b)
    if ka == kb == "number":
        return _number(EXACT.subtract, a, b)
    if {ka, kb} <= {"date", "date and time"}:
        left, right = _midnight(a), _midnight(b)
        return left - right if (left.tzinfo is None) == (right.tzinfo is None) else None
    if ka == kb == "time":
        return _on_a_day(a) - _on_a_day(b)
    return _shift(a, b, -1)


def _midnight(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)


def _on_a_day(value: time) -> datetime:
    return datetime.combine(date(2000, 1, 1), value if value.tzinfo else value.replace(tzinfo=UTC))


def _shift(a: Any, b: Any, sign: int) -> Any:
    ka, kb = kind(a), kind(b)
    try:
        if kb == "days and time duration":
            if ka == "days and time duration" or ka == "date and time":
                return a + sign * b
            if ka == "date":
                moved = datetime.combine(a, time()) + sign * b
                return moved.date()
            if ka == "time":
                return (_on_a_day(a) + sign * b).timetz().replace(tzinfo=a.tzinfo)
        if kb == "years and months duration":
            if ka == kb:
                return YearsMonths(a.months + sign * b.months)
            if ka in ("date", "date and time"):
                return plus_months(a, sign * b.months)
    except (OverflowError, ValueError):
        return None
    return None


def plus_months(value: Any, count: int) -> Any:
    """The same day that many months on; the last day where the month lacks it."""
    index = value.year * 12 + value.month - 1 + count
    year, month = divmod(index, 12)
    return value.replace(year=year, month=month + 1, day=min(value.day, calendar.monthrange(year, month + 1)[1]))


def multiply(a: Any, b: Any) -> Any:
    """FEEL `*`."""
    ka, kb = kind(a), kind(b)
    if ka == kb == "number":
        return _number(EXACT.multiply, a, b)
    if ka == "number" and kb.endswith("duration"):
        a, b, ka, kb = b, a, kb, ka
    if kb != "number":
        return None
    return _scaled(a, ka, Decimal(b))


def _scaled(a: Any, known: str, factor: Decimal) -> Any:
    try:
        if known == "days and time duration":
            return timedelta(microseconds=int(Decimal(a // timedelta(microseconds=1)) * factor))
        if known == "years and months duration":
            return YearsMonths(int(a.months * factor))
    except (OverflowError, DecimalException):
        return None
    return None


def divide(a: Any, b: Any) -> Any:
    """FEEL `/`; null for division by zero."""
    ka, kb = kind(a), kind(b)
    if ka == kb == "number":
        return _number(EXACT.divide, a, b) if b else None
    if ka == kb == "days and time duration":
        return (
            normal(EXACT.divide(Decimal(a // timedelta(microseconds=1)), Decimal(b // timedelta(microseconds=1))))
            if b
            else None
        )
    if ka == kb == "years and months duration":
        return normal(EXACT.divide(Decimal(a.months), Decimal(b.months))) if b.months else None
    if kb == "number" and b:
        return _scaled(a, ka, EXACT.divide(Decimal(1), Decimal(b)))
    return None


def power(a: Any, b: Any) -> Any:
    """FEEL `**`, bounded."""
    if kind(a) != "number" or kind(b) != "number" or abs(b) > 1_000:
        return None
    return _number(EXACT.power, a, b)


def negate(a: Any) -> Any:
    """Unary minus."""
    return -a if kind(a) in ("number", "days and time duration", "years and months duration") else None


def _number(operation: Callable[[Decimal, Decimal], Decimal], a: Any, b: Any) -> Any:
    try:
        return normal(operation(Decimal(a), Decimal(b)))
    except DecimalException:
        return None
