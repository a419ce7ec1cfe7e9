"""Tokens → closures: a FEEL expression compiled once; evaluating it is calling nested Python functions, never `eval`.

Every closure takes the variables and the scope of the evaluation. What the subset leaves out is refused here, with its column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from engine.language.feel import types
from engine.language.feel.functions import BUILTINS, Function
from engine.language.feel.lexer import FeelSyntaxError, Token, tokens, unquote
from engine.language.feel.temporal import at_literal, property_of
from engine.language.feel.types import Range, both, compare, either, equal, kind

Closure = Callable[[Mapping[str, Any], Any], Any]
MOST_DEPTH = 60
MOST_ITEMS = 100_000
INPUT = "?"
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_TYPE_NAMES = (
    "days and time duration",
    "years and months duration",
    "date and time",
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "list",
    "context",
    "Any",
    "Null",
)


class Parser:
    """Recursive descent over the tokens of one expression; `names` gathers the free variables."""

    def __init__(self, text: str, known: Iterable[str], functions: Mapping[str, Function] | None = None) -> None:
        self.text = text
        self.functions = {**BUILTINS, **(functions or {})}
        self.tokens = tokens(text, {*known, *self.functions, *_TYPE_NAMES})
        self.position = 0
        self.depth = 0
        self.names: set[str] = set()
        self.bound: list[str] = []

    # -- tokens --------------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def fail(self, why: str, token: Token | None = None) -> FeelSyntaxError:
        return FeelSyntaxError(text=self.text, column=(token or self.token).column, why=why)

    def at(self, *texts: str) -> bool:
        return self.token.kind in ("symbol", "keyword") and self.token.text in texts

    def accept(self, *texts: str) -> str:
        if self.at(*texts):
            self.position += 1
            return self.tokens[self.position - 1].text
        return ""

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.fail(f"expected {text}")

    def name(self) -> str:
        if self.token.kind != "name":
            raise self.fail("expected name")
        self.position += 1
        return self.tokens[self.position - 1].text

    def finish(self, closure: Closure) -> Closure:
        if self.token.kind != "end":
            raise self.fail("unexpected")
        return closure

    # -- expressions ---------------------------------------------------------------------------------------------------

    def expression(self) -> Closure:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.fail("too_deep")
        try:
            if self.at("if"):
                return self._if()
            if self.at("for"):
                return self._for()
            if self.at("some", "every"):
                return self._quantified()
            if self.at("function"):
                raise self.fail("functions_cannot_be_defined")
            return self._or()
        finally:
            self.depth -= 1

    def _if(self) -> Closure:
        self.expect("if")
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        otherwise = self.expression()
        return lambda v, s: then(v, s) if condition(v, s) is True else otherwise(v, s)

    def _iterations(self) -> list[tuple[str, Closure]]:
        found = []
        while True:
            name = self.name()
            self.expect("in")
            domain = self.expression()
            if self.accept(".."):
                domain = _span(domain, self.expression())
            found.append((name, domain))
            self.bound.append(name)
            if not self.accept(","):
                return found

    def _for(self) -> Closure:
        self.expect("for")
        iterations = self._iterations()
        self.expect("return")
        self.bound.append("partial")
        body = self.expression()
        del self.bound[-len(iterations) - 1 :]

        def run(v: Mapping[str, Any], s: Any) -> Any:
            partial: list[Any] = []
            for frame in _frames(iterations, v, s):
                if frame is None:
                    return None
                partial.append(body({**frame, "partial": list(partial)} if len(partial) < 1_000 else frame, s))
            return partial

        return run

    def _quantified(self) -> Closure:
        wanted = self.accept("some", "every") == "some"
        iterations = self._iterations()
        self.expect("satisfies")
        body = self.expression()
        del self.bound[-len(iterations) :]

        def run(v: Mapping[str, Any], s: Any) -> Any:
            result: bool | None = not wanted
            combine = either if wanted else both
            for frame in _frames(iterations, v, s):
                if frame is None:
                    return None
                result = combine(result, body(frame, s))
                if result is wanted:
                    return result
            return result

        return run

    def _or(self) -> Closure:
        left = self._and()
        while self.accept("or"):
            left = _combine(either, left, self._and())
        return left

    def _and(self) -> Closure:
        left = self._comparison()
        while self.accept("and"):
            left = _combine(both, left, self._comparison())
        return left

    def _comparison(self) -> Closure:
        left = self._additive()
        while True:
            operator = self.accept(*_COMPARISONS)
            if operator:
                left = _comparison(operator, left, self._additive())
            elif self.accept("between"):
                low = self._additive()
                self.expect("and")
                left = _between(left, low, self._additive())
            elif self.accept("in"):
                left = self._in(left)
            elif self.accept("instance"):
                self.expect("of")
                left = self._instance_of(left)
            else:
                return left

    def _in(self, left: Closure) -> Closure:
        tests = self._listed_tests() or [self.unary_test()]

        def run(v: Mapping[str, Any], s: Any) -> Any:
            value = left(v, s)
            result: bool | None = False
            for test in tests:
                result = either(result, test(v, s, value))
            return result

        return run

    def _listed_tests(self) -> list[Any]:
        """The tests of `in (a, b)`; none when the bracket opens a range instead."""
        begin = self.position
        if not self.accept("("):
            return []
        try:
            tests = [self.unary_test()]
            while self.accept(","):
                tests.append(self.unary_test())
            self.expect(")")
        except FeelSyntaxError:
            self.position = begin
            return []
        return tests

    def _instance_of(self, left: Closure) -> Closure:
        if self.token.kind == "name" and self.token.text in _TYPE_NAMES:
            wanted = self.name()
        elif self.accept("null"):
            wanted = "Null"
        else:
            raise self.fail("unknown_type")
        if self.accept("<"):
            raise self.fail("unsupported_type")
        if wanted == "Any":
            return lambda v, s: left(v, s) is not None
        expected = "null" if wanted == "Null" else wanted
        return lambda v, s: kind(left(v, s)) == expected

    def _additive(self) -> Closure:
        left = self._multiplicative()
        while operator := self.accept("+", "-"):
            left = _binary(types.add if operator == "+" else types.subtract, left, self._multiplicative())
        return left

    def _multiplicative(self) -> Closure:
        left = self._exponent()
        while operator := self.accept("*", "/"):
            left = _binary(types.multiply if operator == "*" else types.divide, left, self._exponent())
        return left

    def _exponent(self) -> Closure:
        left = self._unary()
        while self.accept("**"):
            left = _binary(types.power, left, self._unary())
        return left

    def _unary(self) -> Closure:
        if self.accept("-"):
            operand = self._unary()
            return lambda v, s: types.negate(operand(v, s))
        return self._postfix()

    # -- paths, filters, calls -----------------------------------------------------------------------------------------

    def _postfix(self) -> Closure:
        closure = self._primary()
        while True:
            if self.accept("."):
                closure = _path(closure, self._property())
            elif self.at("["):
                self.expect("[")
                self.bound.append("item")
                condition = self._filter_condition()
                self.bound.pop()
                closure = _filter(closure, condition)
            else:
                return closure

    def _filter_condition(self) -> Closure:
        outer = self.names
        self.names = set()
        condition = self.expression()
        self.expect("]")
        self.names = outer | self.names
        return condition

    def _property(self) -> str:
        if self.token.kind in ("name", "keyword"):
            self.position += 1
            words = [self.tokens[self.position - 1].text]
            while words == ["time"] and self.token.kind == "name" and self.token.text == "offset":
                words.append(self.name())
            return " ".join(words)
        raise self.fail("expected name")

    def _primary(self) -> Closure:
        token = self.token
        if token.kind == "number":
            self.position += 1
            value = types.normal(Decimal(token.text))
            return lambda v, s: value
        if token.kind == "string":
            self.position += 1
            text = unquote(token.text)
            return lambda v, s: text
        if token.kind == "name":
            return self._named()
        if token.kind == "keyword":
            return self._constant()
        if self.accept("@"):
            return self._at_literal()
        if self.at("(", "[", "]"):
            return self._bracketed()
        if self.accept("{"):
            return self._context()
        if self.accept("?"):
            self.names.add(INPUT)
            return lambda v, s: v.get(INPUT)
        if self.at("<", "<=", ">", ">=", "=", "!="):
            raise self.fail("unexpected_comparison")
        raise self.fail("unexpected")

    def _constant(self) -> Closure:
        for text, value in (("true", True), ("false", False), ("null", None)):
            if self.accept(text):
                return lambda v, s, value=value: value  # type: ignore[misc]
        if self.at("if", "for", "some", "every"):
            return self.expression()
        raise self.fail("unexpected")

    def _at_literal(self) -> Closure:
        if self.token.kind != "string":
            raise self.fail("expected string")
        self.position += 1
        value = at_literal(unquote(self.tokens[self.position - 1].text))
        if value is None:
            raise self.fail("not_a_date_or_duration", self.tokens[self.position - 1])
        return lambda v, s: value

    def _named(self) -> Closure:
        token = self.token
        name = self.name()
        if self.at("("):
            return self._call(name, token)
        if name not in self.bound:
            self.names.add(name)
        return lambda v, s: v.get(name)

    def _call(self, name: str, token: Token) -> Closure:
        function = self.functions.get(name)
        if function is None:
            raise self.fail("unknown_function", token)
        self.expect("(")
        named = self.token.kind == "name" and self.tokens[self.position + 1].text == ":"
        given, keywords = self._named_arguments(function) if named else (self._arguments(), None)
        if not function.accepts(len(given)):
            raise self.fail("wrong_number_of_arguments", token)
        return _call(function, given, keywords)

    def _arguments(self) -> list[Closure]:
        found: list[Closure] = []
        if self.accept(")"):
            return found
        while True:
            found.append(self.expression())
            if self.accept(")"):
                return found
            self.expect(",")

    def _named_arguments(self, function: Function) -> tuple[list[Closure], list[str]]:
        found, names = [], []
        while True:
            words = [self.name()]
            while self.token.kind == "name":
                words.append(self.name())
            name = " ".join(words)
            if name not in function.parameters:
                raise self.fail("unknown_argument", self.tokens[self.position - 1])
            self.expect(":")
            names.append(name)
            found.append(self.expression())
            if self.accept(")"):
                return found, names
            self.expect(",")

    def _bracketed(self) -> Closure:
        opening = self.accept("(", "[", "]")
        if opening == "[" and self.accept("]"):
            return lambda v, s: []
        first = self.expression()
        if self.accept(".."):
            second = self.expression()
            closing = self.accept(")", "]", "[")
            if not closing:
                raise self.fail("expected ]")
            low_open, high_open = opening != "[", closing != "]"
            return lambda v, s: _range(first(v, s), second(v, s), low_open, high_open)
        if opening == "(":
            self.expect(")")
            return first
        if opening == "]":
            raise self.fail("unexpected")
        items = [first]
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return lambda v, s: [item(v, s) for item in items]

    def _context(self) -> Closure:
        entries: list[tuple[str, Closure]] = []
        if self.accept("}"):
            return lambda v, s: {}
        before = len(self.bound)
        while True:
            key = self._key()
            self.expect(":")
            entries.append((key, self.expression()))
            self.bound.append(key)
            if self.accept("}"):
                break
            self.expect(",")
        del self.bound[before:]
        if len({name for name, _ in entries}) != len(entries):
            raise self.fail("duplicate_key")

        def run(v: Mapping[str, Any], s: Any) -> dict[str, Any]:
            built: dict[str, Any] = {}
            for name, closure in entries:
                built[name] = closure({**v, **built}, s)
            return built

        return run

    def _key(self) -> str:
        if self.token.kind == "string":
            self.position += 1
            return unquote(self.tokens[self.position - 1].text)
        words = []
        while self.token.kind in ("name", "keyword", "number") or self.at("-", "+", "*", "/", "."):
            words.append(self.token.text)
            self.position += 1
        if not words:
            raise self.fail("expected name")
        return " ".join(words)

    # -- unary tests ---------------------------------------------------------------------------------------------------

    def unary_tests(self) -> Callable[[Mapping[str, Any], Any, Any], bool | None]:
        """Tests of a decision table cell: `-`, or alternatives, or not(…)."""
        if self.at("-") and self.tokens[self.position + 1].kind == "end":
            self.position += 1
            return lambda v, s, value: True
        if self.token.text == "not" and self.tokens[self.position + 1].text == "(":
            self.position += 1
            self.expect("(")
            tests = self._alternatives()
            self.expect(")")
            return lambda v, s, value: _not(tests(v, s, value))
        return self._alternatives()

    def _alternatives(self) -> Callable[[Mapping[str, Any], Any, Any], bool | None]:
        tests = [self.unary_test()]
        while self.accept(","):
            tests.append(self.unary_test())

        def run(v: Mapping[str, Any], s: Any, value: Any) -> bool | None:
            result: bool | None = False
            for test in tests:
                result = either(result, test(v, s, value))
                if result is True:
                    return True
            return result

        return run

    def unary_test(self) -> Callable[[Mapping[str, Any], Any, Any], bool | None]:
        operator = self.accept("<", "<=", ">", ">=", "=", "!=")
        if operator:
            end = self._additive()
            return lambda v, s, value: _compared(operator, value, end(v, s))
        before = set(self.names)
        self.names.discard(INPUT)
        test = self.expression()
        uses_input = INPUT in self.names
        self.names |= before

        def run(v: Mapping[str, Any], s: Any, value: Any) -> bool | None:
            found = test({**v, INPUT: value}, s)
            if uses_input:
                return found if isinstance(found, bool) else None
            return _matches(value, found)

        return run


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _matches(value: Any, test: Any) -> bool | None:
    """Whether a value satisfies what a cell evaluated to: an equal, a range around it, a list that holds it."""
    if isinstance(test, Range):
        return test.contains(value)
    if isinstance(test, list) and not isinstance(value, list):
        result: bool | None = False
        for item in test:
            result = either(result, _matches(value, item))
        return result
    return equal(value, test)


def _compared(operator: str, a: Any, b: Any) -> bool | None:
    if operator == "=":
        return equal(a, b)
    if operator == "!=":
        return _not(equal(a, b))
    return compare(operator, a, b)


def _comparison(operator: str, left: Closure, right: Closure) -> Closure:
    if operator == "=":
        return lambda v, s: equal(left(v, s), right(v, s))
    if operator == "!=":
        return lambda v, s: _not(equal(left(v, s), right(v, s)))
    return lambda v, s: compare(operator, left(v, s), right(v, s))


def _combine(operation: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    decisive = operation is either

    def run(v: Mapping[str, Any], s: Any) -> Any:
        first = left(v, s)
        return first if first is decisive else operation(first, right(v, s))

    return run


def _binary(operation: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    return lambda v, s: operation(left(v, s), right(v, s))


def _between(value: Closure, low: Closure, high: Closure) -> Closure:
    def run(v: Mapping[str, Any], s: Any) -> Any:
        found = value(v, s)
        return both(compare(">=", found, low(v, s)), compare("<=", found, high(v, s)))

    return run


def _range(low: Any, high: Any, low_open: bool, high_open: bool) -> Any:
    if low is None and high is None:
        return None
    if low is not None and high is not None and kind(low) != kind(high):
        return None
    return Range(low, high, low_open, high_open)


def _span(low: Closure, high: Closure) -> Closure:
    def run(v: Mapping[str, Any], s: Any) -> Any:
        a, b = low(v, s), high(v, s)
        if type(a) is not int or type(b) is not int:
            return None
        s.spend(abs(b - a))
        return list(range(a, b + 1)) if a <= b else list(range(a, b - 1, -1))

    return run


def _frames(iterations: list[tuple[str, Closure]], v: Mapping[str, Any], s: Any) -> Any:
    """Every combination of the iterated values as variables; a None when something cannot be iterated."""
    if not iterations:
        yield v
        return
    (name, domain), rest = iterations[0], iterations[1:]
    items = _listed(domain(v, s))
    if items is None:
        yield None
        return
    for item in items:
        s.spend(1)
        for frame in _frames(rest, {**v, name: item}, s):
            yield frame
            if frame is None:
                return


def _listed(value: Any) -> list[Any] | None:
    if value is None:
        return None
    if isinstance(value, Range):
        if type(value.low) is int and type(value.high) is int and value.high - value.low <= MOST_ITEMS:
            return list(range(value.low + value.low_open, value.high + 1 - value.high_open))
        return None
    return list(value) if isinstance(value, list | tuple) else [value]


def _path(closure: Closure, name: str) -> Closure:
    return lambda v, s: _get(closure(v, s), name)


def _get(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | tuple):
        return [_get(item, name) for item in value]
    return property_of(value, name)


def _filter(closure: Closure, condition: Closure) -> Closure:
    def run(v: Mapping[str, Any], s: Any) -> Any:
        value = closure(v, s)
        if value is None:
            return None
        items = list(value) if isinstance(value, list | tuple) else [value]
        index = condition(v, s)
        if type(index) is int:
            return _nth(items, index)
        kept = []
        for item in items:
            s.spend(1)
            inner = {**v, **item, "item": item} if isinstance(item, Mapping) else {**v, "item": item}
            if condition(inner, s) is True:
                kept.append(item)
        return kept

    return run


def _nth(items: list[Any], index: int) -> Any:
    if index == 0 or abs(index) > len(items):
        return None
    return items[index - 1] if index > 0 else items[index]


def _call(function: Function, given: list[Closure], keywords: list[str] | None) -> Closure:
    if keywords is None:
        return lambda v, s: function(s, [argument(v, s) for argument in given])
    return lambda v, s: function.by_name(s, {k: a(v, s) for k, a in zip(keywords, given, strict=True)})
