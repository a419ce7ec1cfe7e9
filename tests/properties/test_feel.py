"""What is always true of FEEL: no text reaches Python, hangs or raises anything of its own; numbers are Decimal's, logic is the standard's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.language import feel
from engine.language.calendar import Calendar
from engine.language.feel import BUILTINS, FeelLimit, FeelSyntaxError, Scope, known_functions
from engine.language.feel.functions import KINDS
from engine.language.feel.types import Range
from engine.language.values import YearsMonths

pytestmark = pytest.mark.slow
VARIABLES: dict[str, Any] = {
    "xs": list(range(200)),
    "text": "a" * 500,
    "it": {"a": {"b": [1, None, {"c": "x"}]}},
    "on": date(2026, 2, 28),
    "n": Decimal("12.50"),
}
WORDS = [
    *sorted(known_functions()),
    *(VARIABLES),
    *[
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "..",
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "?",
        ":",
        "@",
        "-",
    ],
    *[
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "not",
        "between",
        "instance",
        "of",
        "null",
        "true",
        "false",
        "function",
    ],
    *[
        "1",
        "0",
        "0.5",
        "1E6000",
        "1E-6000",
        "9999999999",
        '""',
        '"a*"',
        '"(a|a)*b"',
        '"P1D"',
        '"P999999999Y"',
        '@"2026-02-28"',
        '@"PT1H"',
        "item",
        "partial",
        "__class__",
    ],
]
ATTACKS = [
    "__class__",
    "[].__class__.__bases__",
    '"".__class__.__mro__',
    "it.__class__.__init__.__globals__",
    "it.items",
    "it.get",
    "xs.append",
    "xs.__len__",
    "text.format",
    '"{0.__class__}"',
    '"%s" + text',
    "now().tzinfo",
    "now().__reduce__",
    "on.replace",
    '@"P1D".__class__',
    "[1..2].low",
    "[1..2].contains",
    "scope",
    "globals",
    '{"__class__": 1}.__class__.real',
    'get value(it, "__class__")',
    'context put(it, "__class__", 1).__class__.real',
]
REFUSED = [
    "__import__('os')",
    '__import__("os")',
    'eval("1")',
    'open("/etc/passwd")',
    "lambda: 1",
    "x := 1",
    "function() external {java: {class: 1}}",
    "`ls`",
    "getattr(it, 1)",
    "[x for x in xs]",
]
BOMBS = [
    "9 ** 9 ** 9 ** 9",
    "(10 ** 9999) ** 9999",
    "1E6144 * 1E6144",
    "for i in 1..60 return if i = 1 then text else partial[-1] + partial[-1]",
    "for i in 1..60 return [partial, partial, partial]",
    "for i in 1..60 return {a: partial, b: partial}",
    "for a in xs, b in xs, c in xs, d in xs return [a, b, c, d]",
    "count(for i in 1..1000000000 return i)",
    "some i in [1..999999999999] satisfies i < 0",
    "[1..5][item > 0][item > 0][for i in 1..20000 return partial]",
    'matches(text, "(a+)+$b")',
    'matches(text, "(a|a)*b")',
    'matches(text, "' + "a?" * 200 + "a" * 99 + '")',
    'replace(text, "(a*)*", "$0$0$0")',
    'replace(text, "a", "$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0")',
    'split(text, "a{0,1000}{0,1000}")',
    "string join(for i in 1..20000 return text, text)",
    "string(for i in 1..60 return [partial, partial])",
    "distinct values(for i in 1..20000 return i)",
    "flatten(for i in 1..40 return [partial, partial])",
    "(for i in 1..40 return [partial, partial]) = (for i in 1..40 return [partial, partial])",
    "count((for i in 1..40 return [partial, partial]).a)",
    "[" * 29 + "]" * 29,
    "-" * 99 + "1",
    "it" + ".a" * 99,
    "decimal(1E6144, 6000)",
    "modulo(1E6144, 1E-6143)",
    'number("' + "9" * 100 + 'E9999")',
    "working_days(now(), 99999999999)",
    'office_hours(now(), @"P999999D")',
    '@"9999-12-31" + duration("P999999999D")',
    'on + duration("P999999999Y")',
]


def evaluated(text: str) -> Any:
    """What a text gives; the two errors of the language count as an answer."""
    scope = Scope(datetime(2026, 11, 23, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    try:
        found = feel.compile(text).evaluate(VARIABLES, scope=scope)
    except (FeelSyntaxError, FeelLimit) as error:
        return error
    assert scope.budget >= 0
    return found


def is_of_the_language(value: Any) -> bool:
    """Whether a value consists of nothing but FEEL's own types."""
    if isinstance(value, list):
        return all(map(is_of_the_language, value))
    if isinstance(value, dict):
        return all(isinstance(name, str) and is_of_the_language(inner) for name, inner in value.items())
    return isinstance(value, FeelSyntaxError | FeelLimit | Range | YearsMonths) or feel.kind(value) != "unknown"


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_answered(text: str) -> None:
    """Whatever somebody types into a condition, it is a value or one of the language's own two errors."""
    assert is_of_the_language(evaluated(text))


@settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_row_of_words_is_answered(text: str) -> None:
    """The same for texts that look like FEEL, and as the tests of a cell."""
    assert is_of_the_language(evaluated(text))
    scope = Scope(datetime(2026, 11, 23, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    try:
        feel.compile_unary(text).matches(5, VARIABLES, scope=scope)
    except (FeelSyntaxError, FeelLimit):
        return


ARGUMENTS = st.sampled_from(
    [
        *VARIABLES,
        "null",
        "true",
        "-1",
        "0",
        "3",
        "1E6144",
        '"a"',
        '"["',
        '""',
        "[]",
        "[[1], null]",
        "{a: 1}",
        "[1..3]",
        "]1..3]",
        '@"2026-12-31"',
        '@"9999-12-31T23:59:59"',
        '@"0001-01-01T00:00:00+14:00"',
        '@"10:00:00"',
        '@"P1M"',
        '@"-P999999999D"',
        "now()",
    ]
)


@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(known_functions())), st.lists(ARGUMENTS, max_size=5))
def test_any_call_is_answered(name: str, arguments: list[str]) -> None:
    """A built-in function over any values, at the ends of time and of numbers too, never raises Python's errors."""
    assert is_of_the_language(evaluated(f"{name}({', '.join(arguments)})"))


@settings(max_examples=800, deadline=None)
@given(
    ARGUMENTS,
    st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "in", "and", "or"]),
    ARGUMENTS,
)
def test_any_operation_is_answered(left: str, operator: str, right: str) -> None:
    """The same for the operators."""
    assert is_of_the_language(evaluated(f"({left}) {operator} ({right})"))


@pytest.mark.parametrize("text", ATTACKS)
def test_no_name_reaches_python(text: str) -> None:
    """Attributes, format strings and dunder names find variables and keys, or nothing."""
    assert evaluated(text) in (None, [], [None] * 200, "{0.__class__}", "%s" + "a" * 500)


@pytest.mark.parametrize("text", REFUSED)
def test_no_syntax_reaches_python(text: str) -> None:
    """What looks like Python is refused when it is compiled."""
    assert isinstance(evaluated(text), FeelSyntaxError)


@pytest.mark.parametrize("text", BOMBS)
def test_no_bomb_goes_off(text: str) -> None:
    """Powers, doublings, nested lists, patterns and endless ranges end in a small value, or in the budget."""
    found = evaluated(text)
    assert is_of_the_language(found)
    assert len(repr(found)) < 1_000_000


@settings(max_examples=300, deadline=None)
@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
)
def test_numbers_are_decimals(a: Decimal, b: Decimal) -> None:
    """Comparison and arithmetic of amounts agree with Decimal's, at 34 digits, whichever way round."""
    with localcontext(prec=34):
        expected = {"+": a + b, "-": a - b, "*": a * b, "<": a < b, "<=": a <= b, "=": a == b, ">": a > b, "!=": a != b}
        if b:
            expected["/"] = a / b
        for operator, wanted in expected.items():
            assert evaluated(f"({a:f}) {operator} ({b:f})") == wanted


LOGIC = st.sampled_from(["true", "false", "null"])


@given(LOGIC, LOGIC, LOGIC)
def test_the_laws_of_ternary_logic(a: str, b: str, c: str) -> None:
    """Order and grouping do not matter, De Morgan holds, and `and` is Kleene's minimum with null in the middle."""

    def same(left: str, right: str) -> bool:
        return evaluated(left) is evaluated(right)

    assert same(f"{a} and {b}", f"{b} and {a}")
    assert same(f"{a} or {b}", f"{b} or {a}")
    assert same(f"{a} and ({b} and {c})", f"({a} and {b}) and {c}")
    assert same(f"{a} and ({b} or {c})", f"({a} and {b}) or ({a} and {c})")
    assert same(f"not({a} and {b})", f"not({a}) or not({b})")
    rank = {False: 0, None: 1, True: 2}
    assert rank[evaluated(f"{a} and {b}")] == min(rank[evaluated(a)], rank[evaluated(b)])


def test_functions_are_a_closed_list() -> None:
    """Every callable name is one of our own functions; nothing of Python's is among them by accident."""
    assert {function.run.__module__ for function in BUILTINS.values()} == {kind.__name__ for kind in KINDS}
