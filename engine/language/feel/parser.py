"""FEEL's grammar, whole in one file because its rules call each other: recursive descent over the tokens of an expression, handing what it recognises to `closures`.

`inference` has functions of the same names, so that the very same grammar tells types where it does not evaluate. What the subset leaves out is refused here, with its column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic

from engine.language.feel import types
from engine.language.feel.closures import INPUT
from engine.language.feel.functions import Function, known_functions
from engine.language.feel.inferred import nearest
from engine.language.feel.lexer import COMPARISONS, PART_NAMES, TYPE_NAMES, Token, unquote
from engine.language.feel.meaning import Meaning, Part, Test
from engine.language.feel.reader import Reader
from engine.language.feel.shapes import ANY, Shape
from engine.language.feel.temporal import at_literal

MOST_DEPTH = 30
TOKENS_PER_COST = 4
FILTER_BEGINS = frozenset({"(", "[", "{", "@", "-", "?", "true", "false", "null", "if", "for", "some", "every"})


class Parser(Reader, Generic[Part, Test]):
    """Reads one expression; `names` gathers its free variables, `meaning` is what its parts are handed to.

    Without `shapes` any name is taken for that of a type.
    """

    def __init__(
        self,
        text: str,
        names: Iterable[str],
        functions: Mapping[str, Function] | None,
        meaning: Meaning[Part, Test],
        shapes: Mapping[str, Shape] | None = None,
    ) -> None:
        self.meaning = meaning
        self.knows_shapes = shapes is not None
        self.shapes = {**{name: Shape(name) for name in TYPE_NAMES}, **(shapes or {})}
        self.functions = {**known_functions(), **(functions or {})}
        super().__init__(text, {*names, *self.functions, *self.shapes, *PART_NAMES})
        self.depth = self.tested = 0
        self.names: set[str] = set()
        self.bound: list[str] = []
        self.partial = False

    def whole_expression(self) -> Part:
        """Return the text as one expression."""
        closure = self.expression()
        self._finish()
        return closure

    def whole_tests(self) -> Test:
        """Return the text as the tests of a decision table cell: `-`, alternatives, or not(…)."""
        if self.at("-") and self.tokens[self.position + 1].kind == "end":
            return self.meaning.always
        if self.token.text == "not" and self.tokens[self.position + 1].text == "(":
            self.take()
            self.take()
            test = self.meaning.none_of(self._alternatives())
            self.expect(")")
        else:
            test = self._alternatives()
        self._finish()
        return test

    def _finish(self) -> None:
        if self.token.kind != "end":
            raise self.fail("unexpected")

    # -- expressions, from the loosest operator to the tightest --------------------------------------------------------

    def expression(self) -> Part:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.fail("too_deep")
        if self.at("if"):
            closure = self._if()
        elif self.at("for"):
            closure = self._for()
        elif self.at("some", "every"):
            closure = self._quantified()
        elif self.at("function"):
            raise self.fail("functions_cannot_be_defined")
        else:
            closure = self._or()
        self.depth -= 1
        return closure

    def _if(self) -> Part:
        self.expect("if")
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return self.meaning.choice(condition, then, self.expression())

    def _for(self) -> Part:
        begin = self.position
        self.expect("for")
        iterations = self._iterations()
        self.expect("return")
        outer, self.partial = self.partial, False
        self.bound.append("partial")
        body = self.expression()
        del self.bound[-len(iterations) - 1 :]
        closure = self.meaning.repetition(iterations, body, self._weight(begin), partial=self.partial)
        self.partial = outer
        return closure

    def _quantified(self) -> Part:
        begin = self.position
        is_some = self.expect("some", "every") == "some"
        iterations = self._iterations()
        self.expect("satisfies")
        body = self.expression()
        del self.bound[-len(iterations) :]
        return self.meaning.quantified(iterations, body, self._weight(begin), is_some=is_some)

    def _weight(self, begin: int) -> int:
        """Return what one repetition of everything read since costs: more the longer its text."""
        return 1 + (self.position - begin) // TOKENS_PER_COST

    def _iterations(self) -> list[tuple[str, Part]]:
        iterations: list[tuple[str, Part]] = []
        while True:
            name = self.name()
            self.expect("in")
            domain = self.expression()
            if self.accept(".."):
                domain = self.meaning.span(domain, self.expression())
            iterations.append((name, domain))
            self.bound.append(name)
            if not self.accept(","):
                return iterations

    def _or(self) -> Part:
        parts = [self._and()]
        while self.accept("or"):
            parts.append(self._and())
        return self.meaning.disjunction(parts)

    def _and(self) -> Part:
        parts = [self._comparison()]
        while self.accept("and"):
            parts.append(self._comparison())
        return self.meaning.conjunction(parts)

    def _comparison(self) -> Part:
        closure, count = self._operand(), 0
        while True:
            count = self.link(count)
            if operator := self.accept(*COMPARISONS):
                closure = self.meaning.comparison(operator, closure, self._operand())
            elif self.accept("between"):
                low = self._operand()
                self.expect("and")
                closure = self.meaning.between(closure, low, self._operand())
            elif self.accept("in"):
                closure = self.meaning.membership(closure, self._in())
            elif self.accept("instance"):
                self.expect("of")
                closure = self.meaning.instance_of(closure, self._type())
            else:
                return closure

    def _operand(self) -> Part:
        """Return one side of a comparison, which is called as it is written."""
        first = self.token
        part = self._additive()
        return self.meaning.written(part, self.written_from(first))

    def _in(self) -> Test:
        """Return what follows `in`: one test, or several in brackets; a bracket may also open a range."""
        if not self.at("("):
            return self._test(self._additive)
        self.take()
        first, tested = self._tested_expression() if not self.at(*COMPARISONS) else (None, False)
        if first is not None and self.accept(".."):
            return self.meaning.fits(self._range_from(first, "("))
        tests = [self._as_test(first, tested) if first is not None else self._test()]
        while self.accept(","):
            tests.append(self._test())
        self.expect(")")
        return self.meaning.any_of(tests)

    def _type(self) -> Shape:
        """Return a type by its name, or with what it consists of: `list<number>`, `context<a: number>`, `range<date>`."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.fail("too_deep")
        token = self.token
        if self.accept("null"):
            shape = Shape("Null")
        elif self.accept("function"):
            shape = self._type_of_function()
        elif token.kind == "name" and token.text not in self.shapes and not self.knows_shapes:
            self.take()
            shape = ANY  # whoever evaluates has said that there is such a type
        elif token.kind != "name" or token.text not in self.shapes:
            raise self.fail("unknown_type")
        else:
            shape = self.shapes[self.take().text]
            if self.at("<"):
                shape = self._type_of_parts(token)
        self.depth -= 1
        return shape

    def _type_of_parts(self, token: Token) -> Shape:
        if token.text not in ("list", "range", "context"):
            raise self.fail("unsupported_type")
        self.expect("<")
        if token.text != "context":
            shape = Shape(token.text, self._type())
        else:
            parts: dict[str, Shape] = {}
            while not parts or self.accept(","):
                name = self._words()
                self.expect(":")
                parts[name] = self._type()
            shape = Shape("context", parts=tuple(parts.items()))
        self.expect(">")
        return shape

    def _type_of_function(self) -> Shape:
        """Read the type of a function, which no value of the language has; that one is none can be asked."""
        if self.accept("<"):
            while not self.accept(">"):
                self._type()
                if not self.at(">"):
                    self.expect(",")
            self.expect("-")
            self.expect(">")
            self._type()
        return Shape("function")

    def _additive(self) -> Part:
        closure, count = self._multiplicative(), 0
        while operator := self.accept("+", "-"):
            count = self.link(count)
            closure = self.meaning.arithmetic(operator, closure, self._multiplicative())
        return closure

    def _multiplicative(self) -> Part:
        closure, count = self._exponent(), 0
        while operator := self.accept("*", "/"):
            count = self.link(count)
            closure = self.meaning.arithmetic(operator, closure, self._exponent())
        return closure

    def _exponent(self) -> Part:
        closure, count = self._unary(), 0
        while operator := self.accept("**"):
            count = self.link(count)
            closure = self.meaning.arithmetic(operator, closure, self._unary())
        return closure

    def _unary(self) -> Part:
        signs = 0
        while self.accept("-"):
            signs = self.link(signs)
        closure = self._postfix()
        for _ in range(signs):
            closure = self.meaning.negation(closure)
        return closure

    def _postfix(self) -> Part:
        closure, count = self._primary(), 0
        while self.at(".") or (self.at("[") and not self._closes()):
            count = self.link(count)
            if self.take().text == ".":
                closure = self.meaning.path(closure, self._part())
            else:
                self.bound.append("item")
                begin = self.position
                condition = self.expression()
                closure = self.meaning.selection(closure, condition, self._weight(begin))
                self.bound.pop()
                self.expect("]")
        return closure

    def _closes(self) -> bool:
        """Tell whether the `[` here ends a range, as in ]1..5[ : nothing follows that a filter could begin with."""
        following = self.tokens[self.position + 1]
        return following.kind not in ("number", "string", "name") and following.text not in FILTER_BEGINS

    def _part(self) -> str:
        """Return a part's name; it may hold spaces, since no two names can follow each other."""
        if self.token.kind not in ("name", "keyword"):
            raise self.fail("expected name")
        words = [self.take().text]
        while self.token.kind == "name":
            words.append(self.take().text)
        return " ".join(words)

    # -- the innermost parts -------------------------------------------------------------------------------------------

    def _primary(self) -> Part:
        reading = {"number": self._number, "string": self._literal, "name": self._named, "keyword": self._keyword}
        if self.token.kind in reading:
            return reading[self.token.kind]()
        if self.accept("@"):
            return self._at_literal()
        if opening := self.accept("(", "[", "]"):
            return self._bracketed(opening)
        if self.accept("{"):
            return self._context()
        if self.at(INPUT) and self.tested:
            self.take()
            self.names.add(INPUT)
            return self.meaning.variable(INPUT)
        raise self.fail("unexpected")

    def _number(self) -> Part:
        value = types.number(self.token.text)
        if value is None:
            raise self.fail("number_out_of_range")
        self.take()
        return self.meaning.constant(value)

    def _literal(self) -> Part:
        return self.meaning.constant(self._string())

    def _string(self) -> str:
        try:
            text = unquote(self.token.text)
        except ValueError:
            raise self.fail("malformed_string") from None
        self.take()
        return text

    def _keyword(self) -> Part:
        for text, value in (("true", True), ("false", False), ("null", None)):
            if self.accept(text):
                return self.meaning.constant(value)
        if self.at("if", "for", "some", "every", "function"):
            return self.expression()
        raise self.fail("unexpected")

    def _at_literal(self) -> Part:
        if self.token.kind != "string":
            raise self.fail("expected string")
        token = self.token
        value = at_literal(self._string())
        if value is None:
            raise self.fail("not_a_date_or_duration", token)
        return self.meaning.constant(value)

    def _named(self) -> Part:
        token = self.token
        name = self.name()
        if self.at("("):
            return self._call(name, token)
        if name == "partial" and "partial" in self.bound:
            self.partial = True
        if name not in self.bound:
            self.names.add(name)
        return self.meaning.variable(name)

    def _call(self, name: str, token: Token) -> Part:
        function = self.functions.get(name)
        if function is None:
            raise self.fail("unknown_function", token, function=name, near=nearest(name, self.functions))
        self.expect("(")
        if self._is_labelled():
            return self.meaning.call(function, self._labelled(function, token))
        arguments: list[Part] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression())
        if not function.accepts(len(arguments)):
            raise self.fail("wrong_number_of_arguments", token)
        return self.meaning.call(function, arguments)

    def _is_labelled(self) -> bool:
        ahead = self.position
        while self.tokens[ahead].kind == "name":
            ahead += 1
        return ahead > self.position and self.tokens[ahead].text == ":"

    def _labelled(self, function: Function, token: Token) -> list[Part]:
        """Put arguments given by name into the order of the function's parameters."""
        arguments: dict[str, Part] = {}
        while True:
            label = self._words()
            if label in arguments:
                raise self.fail("duplicate_argument")
            self.expect(":")
            arguments[label] = self.expression()
            if not self.accept(","):
                break
        self.expect(")")
        parameters = function.order(arguments)
        if parameters is None:
            raise self.fail("unknown_argument", token)
        last = max(parameters.index(label) for label in arguments)
        return [arguments.get(label, self.meaning.constant(None)) for label in parameters[: last + 1]]

    def _words(self) -> str:
        words = [self.name()]
        while self.token.kind == "name":
            words.append(self.name())
        return " ".join(words)

    def _bracketed(self, opening: str) -> Part:
        if opening == "[" and self.accept("]"):
            return self.meaning.listing([])
        first = self.expression()
        if self.accept(".."):
            return self._range_from(first, opening)
        if opening == "(":
            self.expect(")")
            return first
        if opening == "]":
            raise self.fail("expected ..")
        items = [first]
        while self.accept(","):
            items.append(self.expression())
        self.expect("]")
        return self.meaning.listing(items)

    def _range_from(self, low: Part, opening: str) -> Part:
        high = self.expression()
        closing = self.expect("]", ")", "[")
        return self.meaning.interval(low, high, opening != "[", closing != "]")

    def _context(self) -> Part:
        entries: dict[str, Part] = {}
        before = len(self.bound)
        while not self.accept("}"):
            if entries:
                self.expect(",")
            token, key = self.token, self._key()
            if key in entries:
                raise self.fail("duplicate_key", token)
            self.expect(":")
            entries[key] = self.expression()
            self.bound.append(key)
        del self.bound[before:]
        return self.meaning.record(list(entries.items()))

    def _key(self) -> str:
        if self.token.kind == "string":
            return self._string()
        key, last = "", self.token.column
        while self.token.kind in ("name", "keyword", "number") or self.at("-", "+", "*", "/", "."):
            key += (" " if self.token.column > last else "") + self.token.text
            last = self.take().end
        if not key:
            raise self.fail("expected name")
        return key

    def _alternatives(self) -> Test:
        tests = [self._test()]
        while self.accept(","):
            tests.append(self._test())
        return self.meaning.any_of(tests)

    def _test(self, reading: Callable[[], Part] | None = None) -> Test:
        """Return one test; after a bare `in` it is read no further than a sum, so that `x in [1..5] and y` holds together."""
        if operator := self.accept(*COMPARISONS):
            return self.meaning.against(operator, self._additive())
        return self._as_test(*self._tested_expression(reading))

    def _tested_expression(self, reading: Callable[[], Part] | None = None) -> tuple[Part, bool]:
        """Return an expression in which `?` is the tested value, and whether it is mentioned."""
        outer = INPUT in self.names
        self.names.discard(INPUT)
        self.tested += 1
        closure = (reading or self.expression)()
        self.tested -= 1
        mentioned = INPUT in self.names
        self.names.discard(INPUT)
        if outer:
            self.names.add(INPUT)
        return closure, mentioned

    def _as_test(self, closure: Part, mentioned: bool) -> Test:
        return self.meaning.condition(closure) if mentioned else self.meaning.fits(closure)
