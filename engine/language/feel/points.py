"""Which literals the tests of a decision table cell compare with: the functions of `closures`, handing on what is written in place of what it does.

A test that does anything else, a function of the tested value or a variable, has no points: None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from engine.language.calendar import Calendar
from engine.language.feel.arithmetic import negate
from engine.language.feel.functions.registry import Function
from engine.language.feel.scope import Scope
from engine.language.feel.types import FeelValue

PURE = frozenset({"date", "time", "date and time", "duration", "years and months duration"})


@dataclass(frozen=True)
class Points:
    """The literals of a test; `ordered` when more than equality is asked about them."""

    values: tuple[FeelValue, ...] = ()
    ordered: bool = False


def _has_none(*parts: object, **more: object) -> None:
    """Return nothing: whatever is not below has no points."""


variable = arithmetic = choice = comparison = between = membership = instance_of = record = path = selection = _has_none
span = repetition = quantified = condition = _has_none
always = None  # the test of an empty cell; it is told apart by its text


def constant(value: FeelValue) -> Points:
    """Return a literal."""
    return Points((value,))


def written(part: Points | None, text: str) -> Points | None:
    """Return the operand as it is: how it is written makes no difference."""
    return part


def conjunction(parts: list[Points | None]) -> Points | None:
    """Return the points of an and: of one part, which is that part."""
    return parts[0] if len(parts) == 1 else None


disjunction = conjunction


def negation(operand: Points | None) -> Points | None:
    """Return the points of a unary minus."""
    return Points((negate(operand.values[0]),)) if operand is not None and len(operand.values) == 1 else None


def call(function: Function, arguments: list[Points | None]) -> Points | None:
    """Return a date or duration written as a function."""
    if function.name not in PURE or any(points is None or len(points.values) != 1 for points in arguments):
        return None
    nowhere = Scope(datetime(2000, 1, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    value = function(nowhere, [points.values[0] for points in arguments if points is not None])
    return Points((value,)) if value is not None else None


def interval(low: Points | None, high: Points | None, low_open: bool, high_open: bool) -> Points | None:
    """Return a range: its ends."""
    ends = any_of([low, high])
    return Points(ends.values, True) if ends is not None else None


def listing(items: list[Points | None]) -> Points | None:
    """Return a list: its items."""
    return any_of(items)


def against(operator: str, end: Points | None) -> Points | None:
    """Return a comparison of the tested value."""
    return Points(end.values, operator not in ("=", "!=")) if end is not None else None


def fits(closure: Points | None) -> Points | None:
    """Return a literal, a range or a list."""
    return closure


def any_of(tests: list[Points | None]) -> Points | None:
    """Return the points of all alternatives."""
    if any(points is None for points in tests):
        return None
    alternatives = [points for points in tests if points is not None]
    return Points(
        tuple(value for points in alternatives for value in points.values),
        any(points.ordered for points in alternatives),
    )


def none_of(test: Points | None) -> Points | None:
    """Return the not(…) of a cell."""
    return test
