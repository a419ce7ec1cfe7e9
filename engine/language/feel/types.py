"""FEEL's types over Python values: kinds, equality and ordering with null for whatever has no meaning. What is reckoned is in `arithmetic`.

A date and time without a zone is read off the office's clock, and a date begins at the office's midnight.
"""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DecimalException
from typing import TypeAlias, TypeGuard

from engine.ground.errors import Invalid
from engine.language import vocabulary
from engine.language.values import YearsMonths

EXACT = Context(prec=34, Emin=-6_143, Emax=6_144)
MOST_DIGITS = 34
MOST_TEXT = 20_000
MOST_PARTS = 100_000
MOST_NESTING = 60
Number: TypeAlias = "int | Decimal | float"
FeelValue: TypeAlias = (
    "bool | Number | str | date | time | timedelta | YearsMonths | Range"
    " | Mapping[str, FeelValue] | list[FeelValue] | tuple[FeelValue, ...] | None"
)
Variables: TypeAlias = Mapping[str, FeelValue]


class FeelLimit(Invalid):
    """An expression took more than it may."""


@dataclass(frozen=True)
class Range:
    """A FEEL range; an end is None where nothing is known of it."""

    low: FeelValue
    high: FeelValue
    low_open: bool = False
    high_open: bool = False

    def contains(self, value: FeelValue) -> bool | None:
        """Tell whether a value lies in it; null when they cannot be compared."""
        low = compare(">" if self.low_open else ">=", value, self.low)
        high = compare("<" if self.high_open else "<=", value, self.high)
        return both(low, high)


def kind(value: object) -> str:
    """Return the FEEL type of a value; `null` for None."""
    return _EXACT_KINDS.get(type(value)) or _kind_of_subclass(value)


def _kind_of_subclass(value: object) -> str:
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return "unknown"


# bool before int, datetime before date
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
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


_NUMBERS = frozenset({int, Decimal})


def is_number(value: object) -> TypeGuard[Number]:
    """Tell whether a value is a number, which true and false are not."""
    return type(value) in _NUMBERS or kind(value) == "number"


def normal(value: FeelValue) -> FeelValue:
    """Return a number as an int when it is whole; everything else as it is."""
    if isinstance(value, float):
        value = decimal(value)
    return reduced(value) if isinstance(value, Decimal) else value


def reduced(value: Decimal) -> int | Decimal | None:
    """Return a decimal as an int when it is whole; null when it is not finite."""
    if not value.is_finite():
        return None
    if value.adjusted() < MOST_DIGITS and value == value.to_integral_value():
        return int(value)
    return value


def decimal(value: Number) -> Decimal:
    """Return a number as a decimal; a float as it is written."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def number(text: str) -> int | Decimal | None:
    """Return the number a plain decimal text stands for, rounded to 34 digits; null when it is out of range."""
    try:
        return reduced(EXACT.create_decimal(text))
    except DecimalException:
        return None


def settled(value: FeelValue) -> FeelValue:
    """Return a result as it leaves the language: numbers normal all the way down.

    Errors: FeelLimit when it is nested too deeply or has too many parts.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list | tuple | Mapping):
        return _settled(value, _Allowance(MOST_PARTS), 0)
    return normal(value)


def _settled(value: FeelValue, allowance: _Allowance, depth: int) -> FeelValue:
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


def equal(a: FeelValue, b: FeelValue, spend: Callable[[int], None] | None = None) -> bool | None:
    """Compute FEEL `=`: null when the types differ; looking into lists and contexts is told to `spend`. Errors: FeelLimit."""
    if type(a) is type(b) and type(a) in _PLAIN:
        return bool(a == b)
    if a is None or b is None:
        return a is b
    kind_of_a = kind(a)
    if kind_of_a != kind(b):
        return None
    if kind_of_a in ("list", "context"):
        return _equal_nested(a, b, spend or _Allowance(MOST_PARTS).take)
    if isinstance(a, datetime) and isinstance(b, datetime):
        return aware(a) == aware(b)
    if (isinstance(a, float) or isinstance(b, float)) and is_number(a) and is_number(b):
        return decimal(a) == decimal(b)
    return bool(a == b)


def _equal_nested(a: FeelValue, b: FeelValue, spend: Callable[[int], None]) -> bool:
    pending = [(a, b)]
    while pending:
        a, b = pending.pop()
        if a is b:
            continue
        pairs = _paired(a, b)
        if pairs is None:
            return False
        for x, y in pairs:
            spend(1)
            inner = kind(x)
            if inner in ("list", "context") and inner == kind(y):
                pending.append((x, y))
            elif equal(x, y) is not True:
                return False
    return True


def _paired(a: FeelValue, b: FeelValue) -> Iterable[tuple[FeelValue, FeelValue]] | None:
    """Return what in two lists or contexts stands in the same place; null when one has a place that the other lacks."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return ((value, b[name]) for name, value in a.items()) if a.keys() == b.keys() else None
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return zip(a, b, strict=True) if len(a) == len(b) else None
    return None


def aware(value: datetime) -> datetime:
    """Return a date and time as an instant."""
    return value if value.tzinfo else value.replace(tzinfo=vocabulary.in_force().zone)


_ORDERED = (str, date, time, timedelta, YearsMonths)
_Ordered: TypeAlias = "Number | str | date | time | timedelta | YearsMonths"
_COMPARE: dict[str, Callable[[_Ordered, _Ordered], bool]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


def compare(operator: str, a: FeelValue, b: FeelValue) -> bool | None:
    """Return an ordering; null when it has no meaning."""
    if type(a) is int and type(b) is int:
        return _COMPARE[operator](a, b)
    if is_number(a) and is_number(b):
        if isinstance(a, float) or isinstance(b, float):
            a, b = decimal(a), decimal(b)
    elif kind(a) != kind(b):
        return None
    elif isinstance(a, datetime) and isinstance(b, datetime):
        a, b = aware(a), aware(b)
    elif isinstance(a, bool) or not isinstance(a, _ORDERED) or not isinstance(b, _ORDERED):
        return None
    try:
        return _COMPARE[operator](a, b)
    except (TypeError, DecimalException):
        return None


def both(a: object, b: object) -> bool | None:
    """Return the three-valued and."""
    if a is False or b is False:
        return False
    return True if a is True and b is True else None


def either(a: object, b: object) -> bool | None:
    """Return the three-valued or."""
    if a is True or b is True:
        return True
    return False if a is False and b is False else None
