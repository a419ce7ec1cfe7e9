"""A column of a decision table as the values that make a difference to its cells: each literal, one value between two neighbours, one beyond.

Every cell becomes the set of those values that satisfy it, as the bits of a number, found with the very test that is executed. What cannot be told
from literals alone has no such set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from engine.language import feel
from engine.language.calendar import Calendar
from engine.language.decisions import Input, Rule
from engine.language.feel import FeelLimit, Scope, UnaryTests
from engine.language.feel.inferred import Type

ANY = "-"
OTHER = "\uffff"
MOST_EVALUATIONS = 40_000
ORDERED = frozenset({"number", "date", "date and time", "days and time duration"})


@dataclass(frozen=True)
class Value:
    """A value that makes a difference. A `fraction` lies between neighbouring whole numbers or days, where there may be nothing.

    Neither is anything `beyond` sure to exist: null, and below what is more than nothing. Where a rule names it, it is meant to exist all the same.
    """

    value: Any
    fraction: bool = False
    beyond: bool = False


@dataclass(frozen=True)
class Column:
    """An input column with the cells of all its rules, and what is known of the value it tests."""

    input: Input
    heading: str
    tested: Type
    cells: tuple[UnaryTests, ...]

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The values that make a difference, null last; empty when nothing can be told."""
        points = [feel.points_of(cell.text) for cell in self.cells if cell.text != ANY]
        points_of_cells = [cell_points for cell_points in points if cell_points is not None]
        literals = [value for cell_points in points_of_cells for value in cell_points.values if value is not None]
        kinds = {feel.kind(value) for value in literals}
        if len(kinds) > 1:
            return ()
        kind = next(iter(kinds), "")
        values = list(self._of_kind(kind, literals, any(cell_points.ordered for cell_points in points_of_cells)))
        if not values or len(values) * len({cell.text for cell in self.cells}) > MOST_EVALUATIONS:
            return ()
        return (*(value for value in values if self.allows(value.value)), Value(None, beyond=True))

    def _of_kind(self, kind: str, literals: list[Any], ordered: bool) -> Iterable[Value]:
        if kind == "boolean":
            return (Value(True), Value(False))
        if kind == "string" and not ordered:
            return self._texts(literals)
        if kind == "number" and self.tested.unsigned:
            return (value for value in between([*literals, 0], 0 not in literals) if value.value >= 0)
        return between(literals) if kind in ORDERED else ()

    def _texts(self, literals: list[Any]) -> Iterator[Value]:
        domain = self.tested.values
        yield from (Value(text) for text in sorted(domain if domain is not None else set(literals) | self.listed))
        if domain is None:
            yield Value(OTHER)

    @property
    def listed(self) -> set[str]:
        """The texts that the column lists as possible."""
        domain = feel.points_of(self.input.allowed.text) if self.input.allowed is not None else None
        return {value for value in domain.values if isinstance(value, str)} if domain is not None else set()

    def allows(self, value: Any) -> bool:
        """Tell whether the column lists a value, or lists nothing."""
        return self.input.allowed is None or _holds(self.input.allowed, value)

    @cached_property
    def _sets(self) -> dict[str, int]:
        bits_by_cell = {}
        for cell in self.cells:
            if cell.text not in bits_by_cell and self.values and self.is_told(cell.text):
                bits = (1 << number for number, value in enumerate(self.values) if _holds(cell, value.value))
                bits_by_cell[cell.text] = sum(bits)
        return bits_by_cell

    def is_told(self, text: str) -> bool:
        """Tell whether a cell can be told from literals alone."""
        return text == ANY or (bool(self.values) and feel.points_of(text) is not None)

    def bits(self, text: str) -> int:
        """Return the values that satisfy a cell that can be told."""
        return self._sets.get(text, self.everything) if text != ANY else self.everything

    @cached_property
    def everything(self) -> int:
        """All values."""
        return (1 << max(1, len(self.values))) - 1

    @cached_property
    def certain(self) -> int:
        """The values that there surely may be."""
        return self._where(not (value.fraction or value.beyond) for value in self.values)

    @cached_property
    def possible(self) -> int:
        """The values that there may be where a rule names them."""
        return self._where(not value.fraction for value in self.values)

    def _where(self, holds: Iterable[bool]) -> int:
        return sum(1 << number for number, is_held in enumerate(holds) if is_held) if self.values else 1


def of_rules(inputs: Iterable[tuple[Input, str, Type]], rules: tuple[Rule, ...]) -> list[Column]:
    """Return the columns of a table."""
    return [
        Column(column, heading, tested, tuple(rule.tests[number] for rule in rules))
        for number, (column, heading, tested) in enumerate(inputs)
    ]


def _holds(test: UnaryTests, value: Any) -> bool:
    scope = Scope(datetime(2000, 1, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    try:
        return test.matches(value, {}, scope=scope)
    except FeelLimit:
        return False


def between(literals: list[Any], without_zero: bool = False) -> Iterator[Value]:
    """Yield each literal, one value between neighbours, one below and one above. Below nothing but what is more than nothing is sure to exist.

    Shape: with `without_zero` no cell names 0, and it is not sure to exist.
    """
    try:
        ends = sorted(set(literals))
        step = _step(ends[0])
        below = ends[0] - step
        yield Value(below, beyond=not isinstance(below, date) and below <= type(below)(0))
        for low, high in pairwise(ends):
            yield Value(low, beyond=without_zero and low == 0)
            yield _middle(low, high)
        yield Value(ends[-1], beyond=without_zero and ends[-1] == 0)
        yield Value(ends[-1] + step)
    except (TypeError, OverflowError, ArithmeticError):  # an instant without a zone beside one with, the end of time
        return


def _step(end: object) -> timedelta | int:
    if isinstance(end, datetime | timedelta):
        return timedelta(minutes=1)
    return timedelta(days=1) if isinstance(end, date) else 1


def _middle(low: Any, high: Any) -> Value:
    if isinstance(low, date) and not isinstance(low, datetime):
        days = (high - low).days
        return Value(low + timedelta(days=days // 2), fraction=days < 2)
    if isinstance(low, int | Decimal) and low == int(low) and high == int(high):
        if high - low > 1:
            return Value((int(low) + int(high)) // 2)
        return Value((Decimal(low) + Decimal(high)) / 2, fraction=True)
    return Value(low + (high - low) / 2)
