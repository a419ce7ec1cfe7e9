"""FEEL, the one expression language: compiled once into closures, evaluated over variables, closed to everything else.

`docs/reference/feel.md` names the subset. Nothing in it can reach Python, and every evaluation has a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.errors import Invalid
from engine.language.calendar import Calendar
from engine.language.feel.functions import BUILTINS, Function
from engine.language.feel.lexer import FeelSyntaxError
from engine.language.feel.parser import INPUT, Closure, Parser
from engine.language.feel.types import Range, equal, kind, normal

BUDGET = 200_000


class FeelLimit(Invalid):
    """An expression took more than its budget."""


@dataclass
class Scope:
    """What an evaluation may know beside the variables: the instant, the business calendar, and how much it may still do."""

    at: datetime
    calendar: Calendar
    budget: int = field(default=BUDGET, compare=False)

    def spend(self, amount: int) -> None:
        """Take from the budget. Errors: FeelLimit."""
        self.budget -= amount
        if self.budget < 0:
            raise FeelLimit(budget=BUDGET)


@dataclass(frozen=True)
class Expression:
    """A compiled expression; `names` are the variables it reads."""

    text: str
    names: frozenset[str]
    _closure: Closure = field(repr=False)

    def evaluate(self, context: Mapping[str, Any], *, scope: Scope) -> Any:
        """Its value; null where the standard says null. Errors: FeelLimit."""
        try:
            return normal(self._closure(context, scope))
        except (RecursionError, OverflowError):
            raise FeelLimit(budget=BUDGET) from None


@dataclass(frozen=True)
class UnaryTests:
    """Compiled tests of a decision table cell."""

    text: str
    names: frozenset[str]
    _closure: Any = field(repr=False)

    def matches(self, value: Any, context: Mapping[str, Any], *, scope: Scope) -> bool:
        """Whether a value satisfies them; null counts as no. Errors: FeelLimit."""
        try:
            return self._closure(context, scope, value) is True
        except (RecursionError, OverflowError):
            raise FeelLimit(budget=BUDGET) from None


def compile(  # noqa: A001
    text: str, *, names: Iterable[str] = (), functions: Mapping[str, Function] | None = None
) -> Expression:
    """Compile an expression; `names` are known variables, needed only when they hold spaces;
    `functions` are those of a DMN model beside the built-in ones.

    Errors: FeelSyntaxError.
    """
    parser = Parser(text, names, functions)
    closure = _guarded(parser, lambda: parser.finish(parser.expression()))
    return Expression(text, frozenset(parser.names - {INPUT}), closure)


def compile_unary(
    text: str, *, names: Iterable[str] = (), functions: Mapping[str, Function] | None = None
) -> UnaryTests:
    """Compile the tests of a decision table cell. Errors: FeelSyntaxError."""
    parser = Parser(text, names, functions)
    closure = _guarded(parser, lambda: parser.finish(parser.unary_tests()))  # type: ignore[arg-type]
    return UnaryTests(text, frozenset(parser.names - {INPUT}), closure)


def _guarded(parser: Parser, parse: Any) -> Any:
    try:
        return parse()
    except (IndexError, RecursionError, ValueError) as error:
        raise parser.fail("unexpected") from error


__all__ = [
    "BUILTINS",
    "Expression",
    "FeelLimit",
    "FeelSyntaxError",
    "Range",
    "Scope",
    "UnaryTests",
    "compile",
    "compile_unary",
    "equal",
    "kind",
]
