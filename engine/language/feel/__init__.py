"""FEEL, the one expression language: compiled once into closures, evaluated over variables, closed to everything else.

`docs/reference/feel.md` names the subset. Nothing in it can reach Python, and every evaluation has a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from engine.language import vocabulary
from engine.language.feel import closures, inference, points, uses
from engine.language.feel.closures import MOST_ITEMS, Closure, Test
from engine.language.feel.functions import BUILTINS, CHARGE, Function, known_functions
from engine.language.feel.inference import Doubt, Judge, Names, TestJudge
from engine.language.feel.lexer import MOST_CHARACTERS, FeelSyntaxError
from engine.language.feel.parser import MOST_DEPTH, Parser
from engine.language.feel.reader import MOST_CHAIN
from engine.language.feel.scope import BUDGET, Scope
from engine.language.feel.shapes import ANY, Shape
from engine.language.feel.temporal import at_literal
from engine.language.feel.types import (
    MOST_NESTING,
    MOST_PARTS,
    MOST_TEXT,
    FeelLimit,
    FeelValue,
    Variables,
    compare,
    equal,
    kind,
    settled,
)
from engine.language.feel.uses import Use
from engine.language.vocabulary import Vocabulary

MOST_JUDGES = 4_096
LIMITS = {
    "have so many characters": MOST_CHARACTERS,
    "be nested so deep": MOST_DEPTH,
    "have so many terms in a row": MOST_CHAIN,
    "take so much of the budget": BUDGET,
    "build a string of so many characters": MOST_TEXT,
    "repeat so often, or list so many items": MOST_ITEMS,
    "give a value of so many parts": MOST_PARTS,
    "give a value nested so deep": MOST_NESTING,
}


@dataclass(frozen=True)
class Expression:
    """A compiled expression; `names` are the variables it may read, those of a filter's items among them."""

    text: str
    names: frozenset[str]
    _closure: Closure = field(repr=False)

    def evaluate(self, context: Variables, *, scope: Scope) -> FeelValue:
        """Return its value, whole numbers as int; null where the standard says null. Errors: FeelLimit."""
        scope.budget = BUDGET
        return self.part_of(context, scope)

    def part_of(self, context: Variables, scope: Scope) -> FeelValue:
        """Return its value inside another evaluation, on that one's budget. Errors: FeelLimit."""
        try:
            return settled(self._closure(context, scope))
        except RecursionError:
            raise FeelLimit(budget=BUDGET) from None


@dataclass(frozen=True)
class UnaryTests:
    """Compiled tests of a decision table cell."""

    text: str
    names: frozenset[str]
    _closure: Test = field(repr=False)

    def matches(self, value: FeelValue, context: Variables, *, scope: Scope) -> bool:
        """Tell whether a value satisfies them; null counts as no. Errors: FeelLimit."""
        scope.renew()
        return self.part_of(value, context, scope)

    def part_of(self, value: FeelValue, context: Variables, scope: Scope) -> bool:
        """Tell the same inside another evaluation, on that one's budget. Errors: FeelLimit."""
        try:
            return self._closure(context, scope, value) is True
        except RecursionError:
            raise FeelLimit(budget=BUDGET) from None


def compile(  # noqa: A001
    text: str,
    *,
    names: Iterable[str] = (),
    functions: Mapping[str, Function] | None = None,
    shapes: Mapping[str, Shape] | None = None,
) -> Expression:
    """Compile an expression; `names` are known variables, needed only when they hold spaces or signs;
    `functions` and `shapes`, types by their name, are those of a DMN model beside the built-in ones.

    Errors: FeelSyntaxError(text, column, why), columns counting from 1.
    """
    if functions is None and not shapes:
        return _plain(text, frozenset(names), vocabulary.in_force())
    return _compiled(text, names, functions, shapes)


@lru_cache(maxsize=MOST_JUDGES)
def _plain(text: str, names: frozenset[str], _: Vocabulary) -> Expression:
    """Compile an expression outside any model once: steps, forms and checks ask for the same one again and again."""
    return _compiled(text, names, None, None)


def _compiled(
    text: str,
    names: Iterable[str],
    functions: Mapping[str, Function] | None,
    shapes: Mapping[str, Shape] | None,
) -> Expression:
    parser = Parser(text, names, functions, closures, shapes or {})
    closure = parser.whole_expression()
    return Expression(text, frozenset(parser.names), closure)


def compile_unary(
    text: str,
    *,
    names: Iterable[str] = (),
    functions: Mapping[str, Function] | None = None,
    shapes: Mapping[str, Shape] | None = None,
) -> UnaryTests:
    """Compile the tests of a decision table cell; as `compile`. Errors: FeelSyntaxError."""
    parser = Parser(text, names, functions, closures, shapes or {})
    test = parser.whole_tests()
    return UnaryTests(text, frozenset(parser.names), test)


def judge(text: str, names: frozenset[str] = frozenset(), functions: tuple[Function, ...] = ()) -> Judge:
    """Return what tells the type of an expression and what in it cannot be right; as `compile`. Errors: FeelSyntaxError."""
    return _judge(text, names, functions, vocabulary.in_force())


@lru_cache(maxsize=MOST_JUDGES)
def _judge(text: str, names: frozenset[str], functions: tuple[Function, ...], _: Vocabulary) -> Judge:
    by_name = {function.name: function for function in functions}
    return Parser(text, names, by_name, inference).whole_expression()


def judge_unary(text: str, names: frozenset[str] = frozenset(), functions: tuple[Function, ...] = ()) -> TestJudge:
    """Return the same of the tests of a decision table cell. Errors: FeelSyntaxError."""
    return _judge_unary(text, names, functions, vocabulary.in_force())


@lru_cache(maxsize=MOST_JUDGES)
def _judge_unary(text: str, names: frozenset[str], functions: tuple[Function, ...], _: Vocabulary) -> TestJudge:
    by_name = {function.name: function for function in functions}
    return Parser(text, names, by_name, inference).whole_tests()


def points_of(text: str) -> points.Points | None:
    """Return the literals that the tests of a cell compare with; None when they do anything else. Errors: FeelSyntaxError."""
    return _points_of(text, vocabulary.in_force())


@lru_cache(maxsize=MOST_JUDGES)
def _points_of(text: str, _: Vocabulary) -> points.Points | None:
    return Parser(text, (), None, points).whole_tests()


def uses_of(text: str, names: frozenset[str] = frozenset(), functions: tuple[Function, ...] = ()) -> frozenset[Use]:
    """Return what an expression does with the variables it names. Errors: FeelSyntaxError."""
    return _uses_of(text, names, functions, vocabulary.in_force())


@lru_cache(maxsize=MOST_JUDGES)
def _uses_of(text: str, names: frozenset[str], functions: tuple[Function, ...], _: Vocabulary) -> frozenset[Use]:
    by_name = {function.name: function for function in functions}
    return Parser(text, names, by_name, uses).whole_expression().settled


def uses_of_tests(
    text: str, names: frozenset[str] = frozenset(), functions: tuple[Function, ...] = ()
) -> frozenset[Use]:
    """Return the same of the tests of a decision table cell, the tested value being `?`. Errors: FeelSyntaxError."""
    return _uses_of_tests(text, names, functions, vocabulary.in_force())


@lru_cache(maxsize=MOST_JUDGES)
def _uses_of_tests(text: str, names: frozenset[str], functions: tuple[Function, ...], _: Vocabulary) -> frozenset[Use]:
    by_name = {function.name: function for function in functions}
    return Parser(text, names, by_name, uses).whole_tests().settled


__all__ = [
    "ANY",
    "BUILTINS",
    "CHARGE",
    "LIMITS",
    "Doubt",
    "Expression",
    "FeelLimit",
    "FeelSyntaxError",
    "FeelValue",
    "Function",
    "Names",
    "Scope",
    "Shape",
    "UnaryTests",
    "Use",
    "Variables",
    "at_literal",
    "compare",
    "compile",
    "compile_unary",
    "equal",
    "judge",
    "judge_unary",
    "kind",
    "known_functions",
    "points_of",
    "uses_of",
    "uses_of_tests",
]
