"""FEEL's types over Python values: kinds, equality, ordering and arithmetic with null for whatever has no meaning.

A date and time without a zone is read off the office's clock, and a date begins at the office's midnight.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, DecimalException
from typing import Any
from zoneinfo import ZoneInfo

from engine.ground.errors import Invalid
from engine.language.values import YearsMonths

EXACT = Context(prec=34, Emin=-6_143, Emax=6_144)
MOST_DIGITS = 34
MOST_POWER = 10_000
MOST_TEXT = 20_000
MOST_PARTS = 100_000
MOST_NESTING = 60
_TICK = timedelta(microseconds=1)
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


class FeelLimit(Invalid):
    """An expression took more than it may."""


@dataclass(frozen=True)
class Range:
    """A FEEL range; an end is None where nothing is known of it."""

    low: Any
    high: Any
    low_open: bool = False
    high_open: bool = False

    def contains(self, value: Any) -> bool | None:
        """Whether a value lies in it; null when they cannot be compared."""
        low = compare(">" if self.low_open else ">=", value, self.low)
        high = compare("<" if self.high_open else "<=", value, self.high)
        return both(low, high)


def kind(value: Any) -> str:
    """The FEEL type of a value; `null` for None."""
    return _EXACT_KINDS.get(type(value)) or _kind_of_subclass(value)


def _kind_of_subclass(value: Any) -> str:
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return "unknown"


# bool before int, datetime before date
_KINDS: tuple[tuple[Any, str], ...] = (
    (bool, "boolean"),
    ((int, Decimal, float), "number"),
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


_EXACT_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    datetime: "date and time",
    date: "date",
    dict: "context",
    list: "list",
}
_PLAIN = frozenset({type(None), bool, int, str})


def normal(value: Any) -> Any:
    """A number as an int when it is whole; everything else as it is."""
    if isinstance(value, float):
        value = decimal(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        if value.adjusted() < MOST_DIGITS and value == value.to_integral_value():
            return int(value)
    return value


def decimal(value: Any) -> Decimal:
    """A number as a decimal; a float as it is written."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def number(text: str) -> Any:
    """The number a plain decimal text stands for, rounded to 34 digits; null when it is out of range."""
    try:
        return normal(EXACT.create_decimal(text))
    except DecimalException:
        return None


def settled(value: Any) -> Any:
    """A result as it leaves the language: numbers normal all the way down.

    Errors: FeelLimit when it is nested too deeply or has too many parts.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list | tuple | Mapping):
        return _settled(value, _Allowance(MOST_PARTS), 0)
    return normal(value)


def _settled(value: Any, allowance: _Allowance, depth: int) -> Any:
    allowance.take(1)
    if depth > MOST_NESTING:
        raise FeelLimit(nesting=MOST_NESTING)
    if isinstance(value, Mapping):
        return {name: _settled(inner, allowance, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(inner, allowance, depth + 1) for inner in value]
    return normal(value)


class _Allowance:
    """How many parts of nested values may still be looked at: a small expression can build a list of lists without end."""

    __slots__ = ("left",)

    def __init__(self, allowance: int) -> None:
        self.left = allowance

    def take(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise FeelLimit(parts=MOST_PARTS)


def equal(a: Any, b: Any, spend: Callable[[int], None] | None = None) -> bool | None:
    """FEEL `=`: null when the types differ; looking into lists and contexts is told to `spend`. Errors: FeelLimit."""
    if type(a) is type(b) and type(a) in _PLAIN:
        return bool(a == b)
    if a is None or b is None:
        return a is b
    kind_of_a = kind(a)
    if kind_of_a != kind(b):
        return None
    if kind_of_a in ("list", "context"):
        return _equal_nested(a, b, kind_of_a, spend or _Allowance(MOST_PARTS).take)
    if kind_of_a == "date and time":
        return aware(a) == aware(b)
    if kind_of_a == "number" and (isinstance(a, float) or isinstance(b, float)):
        return decimal(a) == decimal(b)
    return bool(a == b)


def _equal_nested(a: Any, b: Any, kind_of_a: str, spend: Callable[[int], None]) -> bool:
    pending = [(a, b, kind_of_a)]
    while pending:
        a, b, kind_of_a = pending.pop()
        if a is b:
            continue
        if len(a) != len(b) or (kind_of_a == "context" and a.keys() != b.keys()):
            return False
        for x, y in zip(a, b, strict=True) if kind_of_a == "list" else ((a[name], b[name]) for name in a):
            spend(1)
            inner = kind(x)
            if inner in ("list", "context") and inner == kind(y):
                pending.append((x, y, inner))
            elif equal(x, y) is not True:
                return False
    return True


def aware(value: datetime) -> datetime:
    """A date and time as an instant."""
    return value if value.tzinfo else value.replace(tzinfo=OFFICE_ZONE)


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
    kind_of_a = kind(a)
    if kind_of_a != kind(b) or kind_of_a not in _ORDERED:
        return None
    if kind_of_a == "date and time":
        a, b = aware(a), aware(b)
    elif isinstance(a, float) or isinstance(b, float):
        a, b = decimal(a), decimal(b)
    try:
        return _COMPARE[operator](a, b)
    except (TypeError, DecimalException):
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
        if len(a) + len(b) > MOST_TEXT:
            raise FeelLimit(characters=MOST_TEXT)
        return a + b
    if kb in ("date", "date and time", "time") and ka.endswith("duration"):
        return add(b, a)
    return _shift(a, b, 1)


def subtract(a: Any, b: Any) -> Any:
    """FEEL `-`."""
    ka, kb = kind(a), kind(b)
    if ka == kb == "number":
        return _number(EXACT.subtract, a, b)
    if {ka, kb} <= {"date", "date and time"}:
        return _between(_midnight(a), _midnight(b))
    if ka == kb == "time":
        return _on_a_day(a) - _on_a_day(b)
    return _shift(a, b, -1)


def _between(a: datetime, b: datetime) -> timedelta | None:
    """The time that passed, which differs from what the clocks show where one of them was put forward in between."""
    try:
        return a.astimezone(UTC) - b.astimezone(UTC)
    except OverflowError:
        return None


def _midnight(value: date) -> datetime:
    return aware(value if isinstance(value, datetime) else datetime.combine(value, time()))


def _on_a_day(value: time) -> datetime:
    return datetime.combine(date(2000, 1, 1), value if value.tzinfo else value.replace(tzinfo=UTC))


def _shift(a: Any, b: Any, sign: int) -> Any:
    ka, kb = kind(a), kind(b)
    try:
        if kb == "days and time duration":
            if ka == "days and time duration":
                return a + sign * b
            if ka == "date and time":
                return (a.astimezone(UTC) + sign * b).astimezone(a.tzinfo) if a.tzinfo else a + sign * b
            if ka == "date":
                shifted = datetime.combine(a, time()) + sign * b
                return shifted.date()
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
    return _scaled(a, ka, EXACT.multiply, b) if kb == "number" else None


def _scaled(a: Any, kind_of_a: str, operation: Callable[[Decimal, Decimal], Decimal], factor: Any) -> Any:
    try:
        if kind_of_a == "days and time duration":
            return timedelta(microseconds=int(operation(Decimal(a // _TICK), decimal(factor))))
        if kind_of_a == "years and months duration":
            return YearsMonths(int(operation(Decimal(a.months), decimal(factor))))
    except (OverflowError, ValueError, DecimalException):
        return None
    return None


def divide(a: Any, b: Any) -> Any:
    """FEEL `/`; null for division by zero."""
    ka, kb = kind(a), kind(b)
    if ka == kb == "number":
        return _number(EXACT.divide, a, b) if b else None
    if ka == kb == "days and time duration":
        return _number(EXACT.divide, a // _TICK, b // _TICK) if b else None
    if ka == kb == "years and months duration":
        return _number(EXACT.divide, a.months, b.months) if b.months else None
    return _scaled(a, ka, EXACT.divide, b) if kb == "number" and b else None


def power(a: Any, b: Any) -> Any:
    """FEEL `**`, bounded."""
    if kind(a) != "number" or kind(b) != "number" or abs(b) > MOST_POWER:
        return None
    return _number(EXACT.power, a, b)


def negate(a: Any) -> Any:
    """Unary minus."""
    kind_of_a = kind(a)
    if kind_of_a == "number":
        return normal(EXACT.minus(decimal(a)))
    try:
        return -a if kind_of_a.endswith("duration") else None
    except OverflowError:
        return None


def _number(operation: Callable[[Decimal, Decimal], Decimal], a: Any, b: Any) -> Any:
    try:
        return normal(operation(decimal(a), decimal(b)))
    except DecimalException:
        return None
