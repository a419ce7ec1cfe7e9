"""What the parts of a FEEL expression do, a function for each: closures over the closures of their parts, each called with the variables and the scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import overload

from engine.language.feel import types
from engine.language.feel.arithmetic import add, divide, multiply, negate, power, subtract
from engine.language.feel.functions.registry import CHARGE, Function
from engine.language.feel.scope import Scope
from engine.language.feel.shapes import Shape
from engine.language.feel.temporal import property_of
from engine.language.feel.types import FeelValue, Range, Variables, both, compare, either, equal, kind

Closure = Callable[[Variables, Scope], FeelValue]
Test = Callable[[Variables, Scope, FeelValue], bool | None]
MOST_ITEMS = 20_000
POWER_COST = 40
INPUT = "?"


def constant(value: FeelValue) -> Closure:
    """Return the closure that always has the same value."""
    return lambda v, s: value


def variable(name: str) -> Closure:
    """Return the value of a name; null when it is unknown."""
    return lambda v, s: v.get(name)


def arithmetic(operator: str, left: Closure, right: Closure) -> Closure:
    """Return one of + - * / **."""
    if operator == "+":
        return _sum(left, right)
    if operator == "**":
        return _power(left, right)
    operation = {"-": subtract, "*": multiply, "/": divide}[operator]
    return lambda v, s: operation(left(v, s), right(v, s))


def _power(left: Closure, right: Closure) -> Closure:
    def run(v: Variables, s: Scope) -> FeelValue:
        s.spend(POWER_COST)
        return power(left(v, s), right(v, s))

    return run


def _sum(left: Closure, right: Closure) -> Closure:
    def run(v: Variables, s: Scope) -> FeelValue:
        total = add(left(v, s), right(v, s))
        if type(total) is str:
            s.spend(len(total) // CHARGE)
        return total

    return run


def negation(operand: Closure) -> Closure:
    """Return the unary minus of a part."""
    return lambda v, s: negate(operand(v, s))


def choice(condition: Closure, then: Closure, otherwise: Closure) -> Closure:
    """Return the if expression: everything but true takes the second way."""
    return lambda v, s: then(v, s) if condition(v, s) is True else otherwise(v, s)


def conjunction(parts: list[Closure]) -> Closure:
    """Return the three-valued and over all parts, stopping at the first false."""
    return parts[0] if len(parts) == 1 else _folded(parts, both, decisive=False)


def disjunction(parts: list[Closure]) -> Closure:
    """Return the three-valued or over all parts, stopping at the first true."""
    return parts[0] if len(parts) == 1 else _folded(parts, either, decisive=True)


def _folded(parts: list[Closure], operation: Callable[[object, object], bool | None], *, decisive: bool) -> Closure:
    first, rest = parts[0], parts[1:]

    def run(v: Variables, s: Scope) -> FeelValue:
        result = first(v, s)
        for part in rest:
            if result is decisive:
                return result
            result = operation(result, part(v, s))
        return result

    return run


def written(part: Closure, text: str) -> Closure:
    """Return the operand as it is: how it is written makes no difference."""
    return part


def comparison(operator: str, left: Closure, right: Closure) -> Closure:
    """Return one of = != < <= > >=."""
    if operator == "=":
        return lambda v, s: equal(left(v, s), right(v, s), s.spend)
    if operator == "!=":
        return lambda v, s: opposite(equal(left(v, s), right(v, s), s.spend))
    return lambda v, s: compare(operator, left(v, s), right(v, s))


def opposite(value: bool | None) -> bool | None:
    """Return the three-valued not."""
    return None if value is None else not value


def between(value: Closure, low: Closure, high: Closure) -> Closure:
    """Return the test whether a value lies between two others, both ends included."""

    def run(v: Variables, s: Scope) -> FeelValue:
        tested = value(v, s)
        return both(compare(">=", tested, low(v, s)), compare("<=", tested, high(v, s)))

    return run


def membership(value: Closure, test: Test) -> Closure:
    """Return the in operator."""
    return lambda v, s: test(v, s, value(v, s))


def instance_of(value: Closure, shape: Shape) -> Closure:
    """Return what tells whether a value has a type; anything but null is Any."""

    def run(v: Variables, s: Scope) -> bool:
        tested = value(v, s)
        if isinstance(tested, list | tuple | Mapping):
            s.spend(len(tested))
        return shape.instance(tested)

    return run


def interval(low: Closure, high: Closure, low_open: bool, high_open: bool) -> Closure:
    """Return a range; null when its ends do not belong together."""

    def run(v: Variables, s: Scope) -> FeelValue:
        a, b = low(v, s), high(v, s)
        if (a is None and b is None) or (a is not None and b is not None and kind(a) != kind(b)):
            return None
        return Range(a, b, low_open, high_open)

    return run


def listing(items: list[Closure]) -> Closure:
    """Return a list of values."""
    return lambda v, s: [item(v, s) for item in items]


def record(entries: list[tuple[str, Closure]]) -> Closure:
    """Return a context; each entry sees those before it."""

    def run(v: Variables, s: Scope) -> dict[str, FeelValue]:
        variables, context = dict(v), {}
        s.spend(1 + len(v) // CHARGE)
        for name, closure in entries:
            variables[name] = context[name] = closure(variables, s)
        return context

    return run


def path(closure: Closure, name: str) -> Closure:
    """Return a part of a context, date, duration or range; of every item of a list."""
    return lambda v, s: _part(closure(v, s), name, s)


def _part(value: FeelValue, name: str, scope: Scope) -> FeelValue:
    if type(value) is dict or isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | tuple):
        scope.spend(len(value))
        return [item.get(name) if isinstance(item, Mapping) else _part(item, name, scope) for item in value]
    if isinstance(value, Range):
        parts = {"start": value.low, "end": value.high}
        return parts.get(name, {"start included": not value.low_open, "end included": not value.high_open}.get(name))
    return property_of(value, name)


def selection(closure: Closure, condition: Closure, weight: int) -> Closure:
    """Return a filter: an item by its position, or the items for which the condition holds. A single value counts as a list of one.

    `weight` is what the condition costs for each item, as with all repetition.
    """

    def run(v: Variables, s: Scope) -> FeelValue:
        value = closure(v, s)
        if value is None:
            return None
        items = value if isinstance(value, list | tuple) else [value]
        index = types.normal(condition(v, s))
        if type(index) is int:
            return _nth(items, index)
        items_that_hold = []
        for item in items:
            s.spend(weight + len(v) // CHARGE)
            inner = {**v, "item": item, **item} if isinstance(item, Mapping) else {**v, "item": item}
            if condition(inner, s) is True:
                items_that_hold.append(item)
        return items_that_hold

    return run


def _nth(items: Sequence[FeelValue], index: int) -> FeelValue:
    if index == 0 or abs(index) > len(items):
        return None
    return items[index - 1] if index > 0 else items[index]


def call(function: Function, arguments: list[Closure]) -> Closure:
    """Return a function over its arguments."""
    return lambda v, s: function(s, [argument(v, s) for argument in arguments])


# -- iteration ----------------------------------------------------------------------------------------------------------


def span(low: Closure, high: Closure) -> Closure:
    """Return the whole numbers or days from one to another, upwards or downwards."""

    def run(v: Variables, s: Scope) -> FeelValue:
        steps = _steps(low(v, s), high(v, s))
        if steps is None:
            return None
        s.spend(len(steps) // CHARGE)
        if len(steps) > MOST_ITEMS + 1:
            raise types.FeelLimit(items=MOST_ITEMS)
        return list(steps)

    return run


class _Days(Sequence[date]):
    """The days whose numbers are in a range."""

    def __init__(self, numbers: range) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> date: ...

    @overload
    def __getitem__(self, at: slice) -> _Days: ...

    def __getitem__(self, at: int | slice) -> date | _Days:
        return date.fromordinal(self.numbers[at]) if isinstance(at, int) else _Days(self.numbers[at])


def _steps(low: FeelValue, high: FeelValue) -> Sequence[int] | Sequence[date] | None:
    """Return the whole numbers or days from one to another, upwards or downwards; null for what does not go in steps."""
    a, b = types.normal(low), types.normal(high)
    if type(a) is date and type(b) is date:
        days = _steps(a.toordinal(), b.toordinal())
        return _Days(days) if isinstance(days, range) else None
    if type(a) is not int or type(b) is not int:
        return None
    return range(a, b + 1) if a <= b else range(a, b - 1, -1)


def repetition(iterations: list[tuple[str, Closure]], body: Closure, weight: int, *, partial: bool) -> Closure:
    """Return the for expression; with `partial` the body sees the results so far."""

    def run(v: Variables, s: Scope) -> FeelValue:
        results: list[FeelValue] = []
        for frame in _frames(iterations, v, s, weight):
            if frame is None:
                return None
            if partial:
                s.spend(len(results) // CHARGE)
                frame = {**frame, "partial": list(results)}  # noqa: PLW2901
            results.append(body(frame, s))
            if len(results) > MOST_ITEMS:
                raise types.FeelLimit(items=MOST_ITEMS)
        return results

    return run


def quantified(iterations: list[tuple[str, Closure]], body: Closure, weight: int, *, is_some: bool) -> Closure:
    """Return the some and every expressions."""
    combine = either if is_some else both

    def run(v: Variables, s: Scope) -> FeelValue:
        result: bool | None = not is_some
        for frame in _frames(iterations, v, s, weight):
            if frame is None:
                return None
            result = combine(result, body(frame, s))
            if result is is_some:
                return result
        return result

    return run


def _frames(iterations: list[tuple[str, Closure]], v: Variables, s: Scope, weight: int) -> Iterator[Variables | None]:
    """Yield the variables at every combination of the iterated values; null when something cannot be iterated."""
    if not iterations:
        yield v
        return
    (name, domain), rest = iterations[0], iterations[1:]
    items = _listed(domain(v, s))
    if items is None:
        yield None
        return
    for item in items:
        s.spend(weight + len(v) // CHARGE)
        for frame in _frames(rest, {**v, name: item}, s, weight):
            yield frame
            if frame is None:
                return


def _listed(value: FeelValue) -> Sequence[FeelValue] | None:
    if value is None:
        return None
    if isinstance(value, Range):
        steps = None if compare("<=", value.low, value.high) is not True else _steps(value.low, value.high)
        return steps and steps[int(value.low_open) : len(steps) - value.high_open]
    return value if isinstance(value, list | tuple) else [value]


# -- unary tests --------------------------------------------------------------------------------------------------------


def always(v: Variables, s: Scope, value: FeelValue) -> bool:
    """Answer the test of an empty cell."""
    return True


def against(operator: str, end: Closure) -> Test:
    """Return a comparison of the tested value: `> 5`."""
    if operator == "=":
        return lambda v, s, value: equal(value, end(v, s), s.spend)
    if operator == "!=":
        return lambda v, s, value: opposite(equal(value, end(v, s), s.spend))
    return lambda v, s, value: compare(operator, value, end(v, s))


def condition(closure: Closure) -> Test:
    """Return an expression that mentions the tested value as `?`."""

    def run(v: Variables, s: Scope, value: FeelValue) -> bool | None:
        verdict = closure({**v, INPUT: value}, s)
        return verdict if isinstance(verdict, bool) else None

    return run


def fits(closure: Closure) -> Test:
    """Return an expression that does not: the tested value equals it, lies in the range it gives, or is in the list."""
    return lambda v, s, value: _fits(value, closure(v, s), s)


def _fits(value: FeelValue, test: FeelValue, scope: Scope) -> bool | None:
    if isinstance(test, Range) and not isinstance(value, Range):
        return test.contains(value)
    if isinstance(test, list | tuple):
        return _is_among(value, test, scope)
    return equal(value, test, scope.spend)


def _is_among(value: FeelValue, tests: list[FeelValue] | tuple[FeelValue, ...], scope: Scope) -> bool | None:
    """Tell whether a value is the list, or fits one of its items; an item of another type is simply another."""
    nested = isinstance(value, list | tuple)
    if nested and equal(value, tests, scope.spend) is True:
        return True
    result: bool | None = False
    for item in tests:
        scope.spend(1)
        if isinstance(item, Range) and not nested:
            result = either(result, _fits(value, item, scope))
        elif isinstance(item, list | tuple) and not nested:
            result = either(result, _is_among(value, item, scope))
        elif equal(value, item, scope.spend) is True:
            return True
    return result


def any_of(tests: list[Test]) -> Test:
    """Return the test of alternatives, stopping at the first that holds."""
    if len(tests) == 1:
        return tests[0]

    def run(v: Variables, s: Scope, value: FeelValue) -> bool | None:
        result: bool | None = False
        for test in tests:
            result = either(result, test(v, s, value))
            if result is True:
                return True
        return result

    return run


def none_of(test: Test) -> Test:
    """Return the not(…) of a cell."""
    return lambda v, s, value: opposite(test(v, s, value))
