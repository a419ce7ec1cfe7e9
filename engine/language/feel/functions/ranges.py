"""Functions that relate points and ranges in time or on any other scale (DMN 1.3, 10.3.4.10)."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.language.feel import temporal, types
from engine.language.feel.functions.registry import builtin
from engine.language.feel.lexer import unquote
from engine.language.feel.scope import Scope
from engine.language.feel.types import FeelValue, Range, both, compare, either, equal, kind

_END = r'-?[\d.]+|"(?:[^"\\]|\\.)*"|@"[^"]*"|(?:date and time|date|time|duration)\(\s*"[^"]*"\s*\)'
_RANGE = re.compile(rf"\s*([\[(\]])\s*({_END})\s*\.\.\s*({_END})\s*([\])\[])\s*")
_Relation = Callable[[Range, Range], bool | None]
_READ: dict[str, Callable[[str], FeelValue]] = {
    "date": temporal.read_date,
    "time": temporal.read_time,
    "date and time": temporal.read_date_time,
    "duration": temporal.read_duration,
}


@builtin("range", "from")
def _range(scope: Scope, text: FeelValue) -> Range | None:
    """Return a range from its text; its ends are literals, the first no later than the second."""
    match = _RANGE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    low, high = _end(match[2]), _end(match[3])
    if compare("<=", low, high) is not True:
        return None
    return Range(low, high, match[1] != "[", match[4] != "]")


def _end(text: str) -> FeelValue:
    """Return what a literal stands for; null for what is none. Errors: ValueError."""
    if text.startswith('"'):
        return unquote(text)
    if text.startswith("@"):
        return temporal.at_literal(text[2:-1])
    name, bracket, rest = text.partition("(")
    return _READ[name](rest.rstrip(") \n\t").strip().strip('"')) if bracket else types.number(text)


def _as_range(value: FeelValue) -> Range | None:
    """Return a range as it is, a point as the range that holds nothing else; null for what cannot be ordered or has an open end."""
    if isinstance(value, Range):
        return value if value.low is not None and value.high is not None else None
    return Range(value, value) if compare("<=", value, value) is not None else None


def _relation(name: str, parameters: str, points: str = "either") -> Callable[[_Relation], _Relation]:
    """Register a relation of two ranges; `points` tells which side may be a point: none, first, second or either."""

    def register(holds: _Relation) -> _Relation:
        def run(scope: Scope, a: FeelValue, b: FeelValue) -> bool | None:
            if not isinstance(a, Range) and points not in ("first", "either"):
                return None
            if not isinstance(b, Range) and points not in ("second", "either"):
                return None
            first, second = _as_range(a), _as_range(b)
            if first is None or second is None or kind(first.low) != kind(second.low):
                return None
            return holds(first, second)

        builtin(name, parameters)(run)
        return holds

    return register


def _ends_before(a: Range, b: Range) -> bool | None:
    touching = both(equal(a.high, b.low), a.high_open or b.low_open)
    return either(compare("<", a.high, b.low), touching)


def _starts_no_later(a: Range, b: Range) -> bool | None:
    return either(compare("<", a.low, b.low), both(equal(a.low, b.low), b.low_open or not a.low_open))


def _starts_earlier(a: Range, b: Range) -> bool | None:
    return either(compare("<", a.low, b.low), both(equal(a.low, b.low), b.low_open and not a.low_open))


def _ends_no_earlier(a: Range, b: Range) -> bool | None:
    return either(compare(">", a.high, b.high), both(equal(a.high, b.high), b.high_open or not a.high_open))


def _same_start(a: Range, b: Range) -> bool | None:
    return both(equal(a.low, b.low), a.low_open == b.low_open)


def _same_end(a: Range, b: Range) -> bool | None:
    return both(equal(a.high, b.high), a.high_open == b.high_open)


@_relation("before", "value1, value2")
def _before(a: Range, b: Range) -> bool | None:
    return _ends_before(a, b)


@_relation("after", "value1, value2")
def _after(a: Range, b: Range) -> bool | None:
    return _ends_before(b, a)


@_relation("meets", "range1, range2", points="none")
def _meets(a: Range, b: Range) -> bool | None:
    return both(equal(a.high, b.low), not a.high_open and not b.low_open)


@_relation("met by", "range1, range2", points="none")
def _met_by(a: Range, b: Range) -> bool | None:
    return _meets(b, a)


@_relation("overlaps", "range1, range2", points="none")
def _overlaps(a: Range, b: Range) -> bool | None:
    apart = either(_ends_before(a, b), _ends_before(b, a))
    return None if apart is None else not apart


@_relation("overlaps before", "range1, range2", points="none")
def _overlaps_before(a: Range, b: Range) -> bool | None:
    return both(both(_starts_earlier(a, b), _overlaps(a, b)), _ends_no_earlier(b, a))


@_relation("overlaps after", "range1, range2", points="none")
def _overlaps_after(a: Range, b: Range) -> bool | None:
    return _overlaps_before(b, a)


@_relation("includes", "range, point", points="second")
def _includes(a: Range, b: Range) -> bool | None:
    return both(_starts_no_later(a, b), _ends_no_earlier(a, b))


@_relation("during", "point, range", points="first")
def _during(a: Range, b: Range) -> bool | None:
    return _includes(b, a)


@_relation("starts", "point, range", points="first")
def _starts(a: Range, b: Range) -> bool | None:
    return both(_same_start(a, b), _ends_no_earlier(b, a))


@_relation("started by", "range, point", points="second")
def _started_by(a: Range, b: Range) -> bool | None:
    return _starts(b, a)


@_relation("finishes", "point, range", points="first")
def _finishes(a: Range, b: Range) -> bool | None:
    return both(_same_end(a, b), _starts_no_later(b, a))


@_relation("finished by", "range, point", points="second")
def _finished_by(a: Range, b: Range) -> bool | None:
    return _finishes(b, a)


@_relation("coincides", "value1, value2")
def _coincides(a: Range, b: Range) -> bool | None:
    return both(_same_start(a, b), _same_end(a, b))
