"""FEEL's built-in functions, as far as the subset goes, and the functions of the business calendar.

A function that is given what it cannot use answers null, as the standard has it. `scope` brings the instant, the calendar and the budget.
"""

from __future__ import annotations

import calendar
import re
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from engine.language.feel import temporal, types
from engine.language.feel.types import EXACT, Range, both, compare, either, equal, kind, normal
from engine.language.values import YearsMonths

MOST_PATTERN = 200
_NESTED = re.compile(r"\([^()]*[*+][^()]*\)[*+{]")


@dataclass(frozen=True)
class Function:
    """A built-in: its parameter names, how many of them are needed, and whether the last takes any number of values."""

    name: str
    parameters: tuple[str, ...]
    needed: int
    many: bool
    run: Callable[..., Any]

    def accepts(self, count: int) -> bool:
        return count >= self.needed and (self.many or count <= len(self.parameters))

    def __call__(self, scope: Any, arguments: list[Any]) -> Any:
        scope.spend(1)
        return self.run(scope, *arguments)

    def by_name(self, scope: Any, arguments: dict[str, Any]) -> Any:
        ordered = [arguments.get(name) for name in self.parameters]
        while ordered and ordered[-1] is None and len(ordered) > self.needed:
            ordered.pop()
        return self(scope, ordered)


BUILTINS: dict[str, Function] = {}


def _builtin(
    name: str, parameters: str = "", optional: int = 0, many: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    names = tuple(p.strip() for p in parameters.split(",") if p.strip())

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        BUILTINS[name] = Function(name, names, len(names) - optional - (1 if many else 0), many, run)
        return run

    return register


def _items(values: tuple[Any, ...]) -> list[Any] | None:
    """A list given whole, or value by value."""
    if len(values) == 1:
        only = values[0]
        return list(only) if isinstance(only, list | tuple) else (None if only is None else [only])
    return list(values)


def _numbers(values: tuple[Any, ...]) -> list[Any] | None:
    items = _items(values)
    if not items or any(kind(item) != "number" for item in items):
        return None
    return items


def _is_text(*values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_int(*values: Any) -> bool:
    return all(type(value) is int for value in values)


# -- boolean, context, conversion ---------------------------------------------------------------------------------------


@_builtin("not", "negand")
def _not(scope: Any, value: Any) -> Any:
    return not value if isinstance(value, bool) else None


@_builtin("is defined", "value")
def _is_defined(scope: Any, value: Any) -> bool:
    return value is not None


@_builtin("get value", "m, key")
def _get_value(scope: Any, m: Any, key: Any) -> Any:
    return m.get(key) if isinstance(m, Mapping) and isinstance(key, str) else None


@_builtin("get entries", "m")
def _get_entries(scope: Any, m: Any) -> Any:
    return [{"key": name, "value": value} for name, value in m.items()] if isinstance(m, Mapping) else None


@_builtin("string", "from")
def _string(scope: Any, value: Any) -> Any:
    return None if value is None else _text_of(value)


def _text_of(value: Any, nested: bool = False) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if nested else value
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_text_of(inner, True)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_text_of(inner, True) for inner in value) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return temporal.write(value)


@_builtin("number", "from, grouping separator, decimal separator", optional=2)
def _number(scope: Any, text: Any, grouping: Any = None, point: Any = None) -> Any:
    if kind(text) == "number":
        return text
    if not isinstance(text, str) or grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None and grouping == point:
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    return normal(Decimal(plain)) if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?", plain) else None


# -- strings ------------------------------------------------------------------------------------------------------------


@_builtin("string length", "string")
def _string_length(scope: Any, text: Any) -> Any:
    return len(text) if _is_text(text) else None


@_builtin("substring", "string, start position, length", optional=1)
def _substring(scope: Any, text: Any, start: Any, length: Any = None) -> Any:
    if not _is_text(text) or not _is_int(start) or start == 0 or (length is not None and not _is_int(length)):
        return None
    begin = start - 1 if start > 0 else max(len(text) + start, 0)
    return text[begin:] if length is None else text[begin : begin + max(length, 0)]


@_builtin("upper case", "string")
def _upper(scope: Any, text: Any) -> Any:
    return text.upper() if _is_text(text) else None


@_builtin("lower case", "string")
def _lower(scope: Any, text: Any) -> Any:
    return text.lower() if _is_text(text) else None


@_builtin("trim", "string")
def _trim(scope: Any, text: Any) -> Any:
    return text.strip() if _is_text(text) else None


@_builtin("substring before", "string, match")
def _before(scope: Any, text: Any, match: Any) -> Any:
    return (text.partition(match)[0] if match and match in text else "") if _is_text(text, match) else None


@_builtin("substring after", "string, match")
def _after(scope: Any, text: Any, match: Any) -> Any:
    if not _is_text(text, match):
        return None
    return (text if not match else text.partition(match)[2]) if match in text else ""


@_builtin("contains", "string, match")
def _contains(scope: Any, text: Any, match: Any) -> Any:
    return match in text if _is_text(text, match) else None


@_builtin("starts with", "string, match")
def _starts_with(scope: Any, text: Any, match: Any) -> Any:
    return text.startswith(match) if _is_text(text, match) else None


@_builtin("ends with", "string, match")
def _ends_with(scope: Any, text: Any, match: Any) -> Any:
    return text.endswith(match) if _is_text(text, match) else None


def _pattern(pattern: Any, flags: Any) -> re.Pattern[str] | None:
    """A regular expression that cannot run away: bounded, without nested repetition or back-references."""
    if (
        not isinstance(pattern, str)
        or len(pattern) > MOST_PATTERN
        or _NESTED.search(pattern)
        or re.search(r"\\[1-9]", pattern)
    ):
        return None
    known = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
    combined = 0
    for flag in flags or "":
        if flag not in known:
            return None
        combined |= known[flag]
    try:
        return re.compile(pattern, combined)
    except re.error:
        return None


@_builtin("matches", "input, pattern, flags", optional=1)
def _matches(scope: Any, text: Any, pattern: Any, flags: Any = None) -> Any:
    compiled = _pattern(pattern, flags)
    return bool(compiled.search(text[:10_000])) if compiled and _is_text(text) else None


@_builtin("replace", "input, pattern, replacement, flags", optional=1)
def _replace(scope: Any, text: Any, pattern: Any, replacement: Any, flags: Any = None) -> Any:
    compiled = _pattern(pattern, flags)
    if not compiled or not _is_text(text, replacement):
        return None
    try:
        return compiled.sub(re.sub(r"\$(\d+)", r"\\\1", replacement.replace("\\", "\\\\")), text[:10_000])
    except (re.error, IndexError):
        return None


@_builtin("split", "string, delimiter")
def _split(scope: Any, text: Any, delimiter: Any) -> Any:
    compiled = _pattern(delimiter, None)
    return compiled.split(text[:10_000]) if compiled and _is_text(text) else None


@_builtin("string join", "list, delimiter", optional=1)
def _join(scope: Any, items: Any, delimiter: Any = None) -> Any:
    if not isinstance(items, list) or not (delimiter is None or isinstance(delimiter, str)):
        return None
    kept = [item for item in items if item is not None]
    return (delimiter or "").join(kept) if _is_text(*kept) else None


# -- numbers ------------------------------------------------------------------------------------------------------------


def _rounded(n: Any, scale: Any, mode: str) -> Any:
    if kind(n) != "number" or not _is_int(scale) or abs(scale) > 100:
        return None
    return normal(Decimal(n).quantize(Decimal(1).scaleb(-scale), rounding=mode, context=EXACT.copy()))


for _name, _mode in (
    ("decimal", ROUND_HALF_EVEN),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    _builtin(_name, "n, scale")(lambda scope, n, scale, mode=_mode: _rounded(n, scale, mode))


@_builtin("floor", "n, scale", optional=1)
def _floor(scope: Any, n: Any, scale: Any = 0) -> Any:
    return _rounded(n, scale, ROUND_FLOOR)


@_builtin("ceiling", "n, scale", optional=1)
def _ceiling(scope: Any, n: Any, scale: Any = 0) -> Any:
    return _rounded(n, scale, ROUND_CEILING)


@_builtin("abs", "n")
def _abs(scope: Any, n: Any) -> Any:
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    return abs(n) if kind(n) in ("number", "days and time duration") else None


@_builtin("modulo", "dividend, divisor")
def _modulo(scope: Any, dividend: Any, divisor: Any) -> Any:
    if kind(dividend) != "number" or kind(divisor) != "number" or not divisor:
        return None
    quotient = (Decimal(dividend) / Decimal(divisor)).to_integral_value(ROUND_FLOOR)
    return normal(EXACT.subtract(Decimal(dividend), EXACT.multiply(Decimal(divisor), quotient)))


@_builtin("sqrt", "number")
def _sqrt(scope: Any, n: Any) -> Any:
    return normal(EXACT.sqrt(Decimal(n))) if kind(n) == "number" and n >= 0 else None


@_builtin("log", "number")
def _log(scope: Any, n: Any) -> Any:
    return normal(EXACT.ln(Decimal(n))) if kind(n) == "number" and n > 0 else None


@_builtin("exp", "number")
def _exp(scope: Any, n: Any) -> Any:
    return normal(EXACT.exp(Decimal(n))) if kind(n) == "number" and abs(n) < 1_000 else None


@_builtin("odd", "number")
def _odd(scope: Any, n: Any) -> Any:
    return n % 2 == 1 if _is_int(n) else None


@_builtin("even", "number")
def _even(scope: Any, n: Any) -> Any:
    return n % 2 == 0 if _is_int(n) else None


# -- lists --------------------------------------------------------------------------------------------------------------


@_builtin("list contains", "list, element")
def _list_contains(scope: Any, items: Any, element: Any) -> Any:
    return any(equal(item, element) is True for item in items) if isinstance(items, list) else None


@_builtin("count", "list")
def _count(scope: Any, items: Any) -> Any:
    return len(items) if isinstance(items, list) else (None if items is None else 1)


def _extreme(values: tuple[Any, ...], operator: str) -> Any:
    items = _items(values)
    if not items:
        return None
    best = items[0]
    for item in items[1:]:
        better = compare(operator, item, best)
        if better is None:
            return None
        best = item if better else best
    return best if compare(operator, best, best) is not None else None


@_builtin("min", "list", many=True)
def _min(scope: Any, *values: Any) -> Any:
    return _extreme(values, "<")


@_builtin("max", "list", many=True)
def _max(scope: Any, *values: Any) -> Any:
    return _extreme(values, ">")


@_builtin("sum", "list", many=True)
def _sum(scope: Any, *values: Any) -> Any:
    items = _numbers(values)
    if items is None:
        return None
    total: Any = 0
    for item in items:
        total = types.add(total, item)
    return total


@_builtin("mean", "list", many=True)
def _mean(scope: Any, *values: Any) -> Any:
    items = _numbers(values)
    return types.divide(_sum(scope, items), len(items)) if items else None


@_builtin("median", "list", many=True)
def _median(scope: Any, *values: Any) -> Any:
    items = _numbers(values)
    return normal(statistics.median([Decimal(item) for item in items])) if items else None


@_builtin("stddev", "list", many=True)
def _stddev(scope: Any, *values: Any) -> Any:
    items = _numbers(values)
    return normal(statistics.stdev([Decimal(item) for item in items])) if items and len(items) > 1 else None


@_builtin("mode", "list", many=True)
def _mode_of(scope: Any, *values: Any) -> Any:
    items = _items(values)
    if items == []:
        return []
    numbers = _numbers(values)
    return sorted(statistics.multimode(numbers)) if numbers else None


@_builtin("product", "list", many=True)
def _product(scope: Any, *values: Any) -> Any:
    items = _numbers(values)
    if items is None:
        return None
    result: Any = 1
    for item in items:
        result = types.multiply(result, item)
    return result


def _folded(values: tuple[Any, ...], operation: Callable[[Any, Any], Any], start: bool) -> Any:
    items = _items(values)
    if items is None:
        return None
    result: Any = start
    for item in items:
        result = operation(result, item)
    return result


@_builtin("all", "list", many=True)
def _all(scope: Any, *values: Any) -> Any:
    return _folded(values, both, True)


@_builtin("any", "list", many=True)
def _any(scope: Any, *values: Any) -> Any:
    return _folded(values, either, False)


@_builtin("sublist", "list, start position, length", optional=1)
def _sublist(scope: Any, items: Any, start: Any, length: Any = None) -> Any:
    if not isinstance(items, list) or not _is_int(start) or start == 0 or abs(start) > len(items):
        return None
    begin = start - 1 if start > 0 else len(items) + start
    return (
        items[begin:]
        if length is None
        else (items[begin : begin + length] if _is_int(length) and length >= 0 else None)
    )


@_builtin("append", "list, items", many=True)
def _append(scope: Any, items: Any, *more: Any) -> Any:
    if items is None:
        return None
    return [*(items if isinstance(items, list) else [items]), *more]


@_builtin("concatenate", "lists", many=True)
def _concatenate(scope: Any, *lists: Any) -> Any:
    if any(items is None for items in lists):
        return None
    scope.spend(sum(len(items) if isinstance(items, list) else 1 for items in lists))
    return [item for items in lists for item in (items if isinstance(items, list) else [items])]


@_builtin("insert before", "list, position, newItem")
def _insert_before(scope: Any, items: Any, position: Any, item: Any) -> Any:
    if not isinstance(items, list) or not _is_int(position) or position == 0 or abs(position) > len(items):
        return None
    index = position - 1 if position > 0 else len(items) + position
    return [*items[:index], item, *items[index:]]


@_builtin("remove", "list, position")
def _remove(scope: Any, items: Any, position: Any) -> Any:
    if not isinstance(items, list) or not _is_int(position) or position == 0 or abs(position) > len(items):
        return None
    index = position - 1 if position > 0 else len(items) + position
    return [*items[:index], *items[index + 1 :]]


@_builtin("reverse", "list")
def _reverse(scope: Any, items: Any) -> Any:
    return list(reversed(items)) if isinstance(items, list) else None


@_builtin("index of", "list, match")
def _index_of(scope: Any, items: Any, match: Any) -> Any:
    if not isinstance(items, list):
        return None
    return [number for number, item in enumerate(items, start=1) if equal(item, match) is True]


@_builtin("distinct values", "list")
def _distinct(scope: Any, items: Any) -> Any:
    return _unique(scope, items) if isinstance(items, list) else None


def _unique(scope: Any, items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        scope.spend(len(kept))
        if not any(equal(item, other) is True for other in kept):
            kept.append(item)
    return kept


@_builtin("union", "lists", many=True)
def _union(scope: Any, *lists: Any) -> Any:
    joined = _concatenate(scope, *lists)
    return None if joined is None else _unique(scope, joined)


@_builtin("flatten", "list")
def _flatten(scope: Any, items: Any) -> Any:
    if not isinstance(items, list):
        return None
    flat: list[Any] = []
    pending = list(reversed(items))
    while pending:
        scope.spend(1)
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(reversed(item))
        else:
            flat.append(item)
    return flat


# -- dates --------------------------------------------------------------------------------------------------------------


@_builtin("date", "from, month, day", optional=2)
def _date(scope: Any, value: Any, month: Any = None, day: Any = None) -> Any:
    if month is not None or day is not None:
        try:
            return date(value, month, day)
        except (TypeError, ValueError):
            return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return temporal.read_date(value) if isinstance(value, str) else None


@_builtin("time", "from, minute, second, offset", optional=3)
def _time(scope: Any, value: Any, minute: Any = None, second: Any = None, offset: Any = None) -> Any:
    if minute is not None:
        try:
            zone = temporal._zone(temporal._write_offset(offset), None) if offset is not None else None
            return time(value, minute, int(second), tzinfo=zone)
        except (TypeError, ValueError):
            return None
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, time):
        return value
    return temporal.read_time(value) if isinstance(value, str) else None


@_builtin("date and time", "from, time", optional=1)
def _date_and_time(scope: Any, value: Any, clock: Any = None) -> Any:
    if clock is not None:
        on = value.date() if isinstance(value, datetime) else value
        return datetime.combine(on, clock) if isinstance(on, date) and isinstance(clock, time) else None
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return temporal.read_date_time(value) if isinstance(value, str) else None


@_builtin("duration", "from")
def _duration(scope: Any, text: Any) -> Any:
    if isinstance(text, timedelta | YearsMonths):
        return text
    return temporal.read_duration(text) if isinstance(text, str) else None


@_builtin("years and months duration", "from, to")
def _years_and_months(scope: Any, begin: Any, end: Any) -> Any:
    if not isinstance(begin, date) or not isinstance(end, date):
        return None
    sign = 1
    if (end.year, end.month, end.day) < (begin.year, begin.month, begin.day):
        begin, end, sign = end, begin, -1
    months = (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)
    return YearsMonths(sign * months)


@_builtin("now")
def _now(scope: Any) -> Any:
    return scope.at


@_builtin("today")
def _today(scope: Any) -> Any:
    return scope.calendar.local(scope.at).date()


@_builtin("day of week", "date")
def _day_of_week(scope: Any, day: Any) -> Any:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return names[day.weekday()] if isinstance(day, date) else None


@_builtin("day of year", "date")
def _day_of_year(scope: Any, day: Any) -> Any:
    return day.timetuple().tm_yday if isinstance(day, date) else None


@_builtin("week of year", "date")
def _week_of_year(scope: Any, day: Any) -> Any:
    return day.isocalendar().week if isinstance(day, date) else None


@_builtin("month of year", "date")
def _month_of_year(scope: Any, day: Any) -> Any:
    return calendar.month_name[day.month] if isinstance(day, date) else None


# -- the business calendar ----------------------------------------------------------------------------------------------


def _on_calendar(name: str, parameters: str, check: Callable[..., bool]) -> None:
    method = name

    def run(scope: Any, at: Any, *more: Any) -> Any:
        if not isinstance(at, date) or not check(*more):
            return None
        try:
            return getattr(scope.calendar, method)(at, *more)
        except OverflowError:
            return None

    _builtin(name, parameters)(run)


_WEEKDAY_NAMES = frozenset({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"})
_on_calendar("same_day", "at", lambda: True)
_on_calendar("office_hours", "at, duration", lambda span: isinstance(span, timedelta) and timedelta() <= span)
_on_calendar("working_days", "at, n", lambda n: _is_int(n) and n >= 0)
_on_calendar("next_weekday", "at, weekday", lambda weekday: weekday in _WEEKDAY_NAMES)
_on_calendar("day_of_month", "at, n", _is_int)
_on_calendar("next_month", "at, n", _is_int)
_on_calendar("first_working_day", "at", lambda: True)
_on_calendar("period_of", "at", lambda: True)
_on_calendar("thursday_of", "at", lambda: True)

__all__ = ["BUILTINS", "Function", "Range"]
