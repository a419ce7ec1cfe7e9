"""What an expression does with the variables it names: the functions of `closures`, over names in the place of values. Nothing is evaluated here.

A variable is used as it is, or it is only asked whether there is one, what its amounts come to, whether it is one of some literals, or below one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.language.feel.arithmetic import negate
from engine.language.feel.functions.registry import Function
from engine.language.feel.shapes import Shape
from engine.language.feel.types import FeelValue

INPUT = "?"
EQUALITY = ("=", "!=")
AMOUNT = ".amount"
VALUE, WHETHER, TOTAL, ONE_OF, ORDERED = "value", "whether", "total", "one of", "ordered"


@dataclass(frozen=True)
class Use:
    """A path of names with dots between, and how it is used: VALUE, WHETHER there is one, TOTAL of its amounts, ONE_OF `literals`, or ORDERED among them."""

    path: str
    how: str = VALUE
    literals: tuple[FeelValue, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The variable and the parts of it that are named."""
        return frozenset(self.path.split("."))


@dataclass(frozen=True)
class Part:
    """A part of an expression: the path that it is, or the literals, and what the parts within it use."""

    path: str = ""
    literals: tuple[FeelValue, ...] | None = None
    uses: frozenset[Use] = frozenset()

    @property
    def settled(self) -> frozenset[Use]:
        """All uses, its own as a value."""
        return self.uses | {Use(self.path)} if self.path else self.uses


NOTHING = Part()


def _of(*parts: Part) -> Part:
    return Part(uses=frozenset().union(*(part.settled for part in parts)))


def constant(value: FeelValue) -> Part:
    """Return a literal."""
    return Part(literals=(value,))


def variable(name: str) -> Part:
    """Return a name."""
    return Part(path=name)


def arithmetic(operator: str, left: Part, right: Part) -> Part:
    """Return one of + - * / **."""
    return _of(left, right)


def negation(operand: Part) -> Part:
    """Return a unary minus."""
    if operand.literals is not None and len(operand.literals) == 1:
        return Part(literals=(negate(operand.literals[0]),))
    return _of(operand)


def choice(condition: Part, then: Part, otherwise: Part) -> Part:
    """Return the if expression; literals on both ways are what it gives."""
    is_literal = then.literals is not None and otherwise.literals is not None
    literals = (*(then.literals or ()), *(otherwise.literals or ())) if is_literal else None
    return replace(_of(condition, then, otherwise), literals=literals)


def conjunction(parts: list[Part]) -> Part:
    """Return an and."""
    return parts[0] if len(parts) == 1 else _of(*parts)


disjunction = conjunction


def written(part: Part, text: str) -> Part:
    """Return the operand as it is: how it is written makes no difference."""
    return part


def comparison(operator: str, left: Part, right: Part) -> Part:
    """Return one of = != < <= > >=; with null and with an empty list it asks whether there is something."""
    for operand, literal in ((left, right), (right, left)):
        if operand.path and literal.literals is not None:
            use = (
                _asked(operand.path, literal.literals)
                if operator in EQUALITY
                else Use(operand.path, ORDERED, literal.literals)
            )
            return Part(uses=operand.uses | {use} | literal.uses)
    return _of(left, right)


def _asked(path: str, literals: tuple[FeelValue, ...]) -> Use:
    return Use(path, WHETHER) if literals in ((), (None,)) else Use(path, ONE_OF, literals)


def between(value: Part, low: Part, high: Part) -> Part:
    """Return the test whether a value lies between two others, both ends included."""
    if value.path and low.literals and high.literals:
        return Part(uses=value.uses | {Use(value.path, ORDERED, (*low.literals, *high.literals))})
    return _of(value, low, high)


def membership(value: Part, test: Part) -> Part:
    """Return the in operator: a test of the value."""
    inner = frozenset(use for use in test.settled if use.path != INPUT)
    if value.path and test.literals:
        return Part(uses=value.uses | inner | {_asked(value.path, test.literals)})
    return Part(uses=value.settled | inner)


def instance_of(value: Part, shape: Shape) -> Part:
    """Return the test whether a value has a type."""
    return _of(value)


def interval(low: Part, high: Part, low_open: bool, high_open: bool) -> Part:
    """Return a range."""
    return _of(low, high)


def listing(items: list[Part]) -> Part:
    """Return a list; of literals it is those."""
    if all(item.literals is not None for item in items):
        return Part(literals=tuple(value for item in items for value in item.literals or ()))
    return _of(*items)


def record(entries: list[tuple[str, Part]]) -> Part:
    """Return a context; an entry counts by its name as well as by its value."""
    return _of(*(Part(path=name, uses=part.settled) for name, part in entries))


def path(closure: Part, name: str) -> Part:
    """Return a part of a context, or of every item of a list."""
    return (
        Part(path=f"{closure.path}.{name}", uses=closure.uses) if closure.path else Part(path=name, uses=closure.uses)
    )


def selection(closure: Part, condition: Part, weight: int) -> Part:
    """Return a filter."""
    return _of(closure, condition)


def call(function: Function, arguments: list[Part]) -> Part:
    """Return a function; of amounts, their sum says no more than what they come to."""
    if (
        function.name == "sum"
        and len(arguments) == 1
        and arguments[0].path.count(".") == 1
        and arguments[0].path.endswith(AMOUNT)
    ):
        return Part(uses=arguments[0].uses | {Use(arguments[0].path, TOTAL)})
    if (
        function.name == "list contains"
        and len(arguments) > 1
        and arguments[0].literals is not None
        and arguments[1].path
    ):
        return Part(uses=arguments[1].uses | {_asked(arguments[1].path, arguments[0].literals)})
    if (
        function.name == "list contains"
        and len(arguments) > 1
        and arguments[1].literals is not None
        and arguments[0].path
    ):
        return Part(uses=arguments[0].uses | {_asked(arguments[0].path, arguments[1].literals)})
    return _of(*arguments)


def span(low: Part, high: Part) -> Part:
    """Return whole numbers from one to another."""
    return _of(low, high)


def repetition(iterations: list[tuple[str, Part]], body: Part, weight: int, *, partial: bool) -> Part:
    """Return the for expression."""
    return _of(*_domains(iterations), body)


def quantified(iterations: list[tuple[str, Part]], body: Part, weight: int, *, is_some: bool) -> Part:
    """Return the some and every expressions."""
    return _of(*_domains(iterations), body)


def _domains(iterations: list[tuple[str, Part]]) -> Iterable[Part]:
    return (domain for _name, domain in iterations)


# -- unary tests: those of the value that is tested are uses of INPUT ------------------------------------------------------

always = NOTHING


def against(operator: str, end: Part) -> Part:
    """Return a comparison of the tested value."""
    return comparison(operator, Part(path=INPUT), end)


def condition(closure: Part) -> Part:
    """Return an expression that mentions the tested value as `?`."""
    return _of(closure)


def fits(closure: Part) -> Part:
    """Return the test whether the tested value equals it, lies in the range it gives, or is in the list."""
    if closure.literals is not None:
        return replace(comparison("=", Part(path=INPUT), closure), literals=closure.literals)
    return _of(Part(path=INPUT), closure)


def any_of(tests: list[Part]) -> Part:
    """Return alternatives; literals when all of them are."""
    literals = tuple(value for test in tests for value in test.literals or ())
    alone = all(test.literals is not None for test in tests)
    return replace(_of(*tests), literals=literals if alone else None)


def none_of(test: Part) -> Part:
    """Return the not(…) of a cell."""
    return replace(test, literals=None)
