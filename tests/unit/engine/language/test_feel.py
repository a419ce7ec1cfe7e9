"""FEEL's grammar, null logic, names, decimals, and what the subset refuses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.language import feel
from engine.language.feel import FeelLimit, FeelSyntaxError, Scope
from tests.unit.engine.language.conftest import Value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 - 2 - 1", 4),
        ("-2 ** 2", 4),
        ("2 ** 3 * 2", 16),
        ('"a" + "b"', "ab"),
        ("if 1 > 2 then 3 else 4", 4),
        ("if null then 3 else 4", 4),
        ("1 + if true then 2 else 3", 3),
        ("for x in 1..3 return x * x", [1, 4, 9]),
        ("for x in [1, 2], y in [10, 20] return x + y", [11, 21, 12, 22]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ("5 in [1..5]", True),
        ("5 in [1..5)", False),
        ("5 in ]1..5[", False),
        ("5 in [1..5] and 1 > 2", False),
        ("9 in [1..5] or true", True),
        ("2 in [1, 2] and 3 in <= 3", True),
        ("5 in [1..5] = true", True),
        ("4 in ]1..5[ and true", True),
        ("5 in (> 3, < 2)", True),
        ("5 in (1, 5)", True),
        ("3 between 1 and 3", True),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ("[{a: 1}, {a: 2}].a", [1, 2]),
        ("[{a: 1}, {a: 2}][a = 2]", [{"a": 2}]),
        ("{a: 1, b: a + 1}.b", 2),
        ('{"with space": 1}.with space', 1),
        ("[1..5].end included", True),
        ("1 instance of number", True),
        ('@"P1D" instance of days and time duration', True),
        ("null instance of Any", False),
        ("null instance of Null", True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{a: 1} instance of context<a: number, b: number>", False),
        ("[1..2] instance of range<number>", True),
        ("1 instance of function<number, string> -> Any", False),
        ("1 // a remark\n + /* another */ 1", 2),
        (r'"\u4e2d\n\"\\"', '中\n"\\'),
        ('substring(string: "foobar", start position: 3)', "obar"),
        ("{for 1: 2} = null", False),
        ('date and\n time("2018-12-08T00:00:00Z") = date  and time("2018-12-08T00:00:00Z")', True),
        ("[{item: 1}, {item: 2}][item >= 2]", [{"item": 2}]),
        ("[1, 2] in [[1, 2], [3]]", True),
        ("[1, 2] in [[1], [2]]", False),
        ("[1, 2] in [1, 2]", True),
        ("true in [false, 2]", False),
        ("3 in [[1..5], 9]", True),
        ('for i in @"1980-01-31"..@"1980-02-01" return i.day', [31, 1]),
        ('for i in (@"1980-01-31"..@"1980-02-02") return i.day', [1]),
        ("for i in [2..1] return i", None),
        ("{foo+bar: 1}", {"foo+bar": 1}),
        ("{foo + bar: 1}", {"foo + bar": 1}),
    ],
)
def test_the_grammar(value: Value, text: str, expected: object) -> None:
    """An owner's expression means what the standard says it means."""
    assert value(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("true and null", None),
        ("false and null", False),
        ("null and false", False),
        ("true or null", True),
        ("false or null", None),
        ("null or null", None),
        ("not(null)", None),
        ('true and "x"', None),
        ('"x" or true', True),
        ("null = null", True),
        ("1 = null", False),
        ("null != 1", True),
        ('1 = "1"', None),
        ("null > 1", None),
        ("1 + null", None),
        ('1 + "1"', None),
        ("1 / 0", None),
        ("missing.part.of it", None),
        ("null[1]", None),
        ("for x in null return x", None),
        ("some x in [null, true] satisfies x", True),
        ("every x in [null, true] satisfies x", None),
        ("null in [1..2]", None),
        ("5 in [1..null]", None),
        ("5 in (null..10]", None),
        ("0 in [1..null]", False),
        ("[null = null, 1][1]", True),
        ("count(null)", None),
        ("sum([])", None),
    ],
)
def test_null_logic(scope: Scope, text: str, expected: object) -> None:
    """What has no meaning is null, never an exception, and a condition that is null is not met."""
    assert feel.compile(text, names=["of it", "missing.part"]).evaluate({}, scope=scope) is expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("0.1 + 0.2", Decimal("0.3")),
        ("0.1 + 0.2 = 0.3", True),
        ("1.10 = 1.1", True),
        ("10 / 4", Decimal("2.5")),
        ("1 / 3", Decimal("0." + "3" * 34)),
        ("1.005 * 100", Decimal("100.5")),
        ("-0.1234567890123456789012345678901234", Decimal("-0.1234567890123456789012345678901234")),
        ("abs(-0.1234567890123456789012345678901234)", Decimal("0.1234567890123456789012345678901234")),
        ("9999999999999999999999999999999999 + 0", 9999999999999999999999999999999999),
        ("2 ** 100", 1267650600228229401496703205376),
        ("1E400 * 1E400", Decimal("1E800")),
        ("1E6000 * 1E6000", None),
        ("decimal(1.115, 2)", Decimal("1.12")),
        ("decimal(2.5, 0)", 2),
        ("round half up(2.5, 0)", 3),
        ("money / 100", Decimal("12.34")),
    ],
)
def test_decimals_are_exact(value: Value, text: str, expected: object) -> None:
    """Amounts are never a binary fraction off, to 34 digits."""
    assert value(text, money=1234) == expected


def test_a_float_counts_as_it_is_written(value: Value) -> None:
    """A variable that came in as JSON 0.1 is a tenth."""
    assert value("x + 0.2 = 0.3", x=0.1) is True


def test_names_with_spaces_and_signs_are_taken_as_long_as_they_are_known(value: Value) -> None:
    """`Bill Amount` beside `Bill`, and `a-b` where it is a name, are found; `a-c` is still a subtraction."""
    assert value("Bill Amount - Bill", **{"Bill Amount": 5, "Bill": 2}) == 3
    assert value("a-b + a-c", **{"a-b": 100, "a": 3, "c": 1}) == 102
    assert value("Bill Amounts", **{"Bill Amount": 5, "Bill Amounts": 7}) == 7
    assert value("号码 数 + 1", **{"号码 数": 1}) == 2


@pytest.mark.parametrize(
    "text, column, reason",
    [
        ("1 +", 4, "unexpected"),
        ("", 1, "unexpected"),
        ("a b", 3, "unexpected"),
        ("1 ~ 2", 3, "unexpected_character"),
        ('"open', 1, "unexpected_character"),
        ("(1", 3, "expected )"),
        ("if a then b", 12, "expected else"),
        ("function(x) x", 1, "functions_cannot_be_defined"),
        ("1 + unheard of(2)", 13, "unexpected"),
        ("1 + unheard(2)", 5, "unknown_function"),
        ("count()", 1, "wrong_number_of_arguments"),
        ("count(lists: [1])", 1, "unknown_argument"),
        ('@"2026-02-30"', 2, "not_a_date_or_duration"),
        ("x instance of money", 15, "unknown_type"),
        ("x instance of number<list>", 21, "unsupported_type"),
        ("x instance of list<money>", 20, "unknown_type"),
        ("x instance of " + "list<" * 40, 160, "too_deep"),
        ("{a: 1, a: 2}", 8, "duplicate_key"),
        ("1E9999", 1, "number_out_of_range"),
        ("? > 1", 1, "unexpected"),
        ("x" * 8_001, 8_000, "too_long"),
        ("(" * 40 + "1" + ")" * 40, 31, "too_deep"),
        ("+".join("1" * 200), 203, "too_long"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_column(text: str, column: int, reason: str) -> None:
    """The owner is shown where in the expression the mistake is, before anything is published."""
    with pytest.raises(FeelSyntaxError) as error:
        feel.compile(text)
    assert (error.value.values["column"], error.value.values["why"]) == (column, reason)


@pytest.mark.parametrize(
    "cell, tested, expected",
    [
        ("-", 1, True),
        ("-", None, True),
        ("1", 1, True),
        ("1, 2", 2, True),
        ("not(1, 2)", 2, False),
        ("not(1, 2)", 3, True),
        ("> 5", 6, True),
        ("> 5", None, False),
        ("[1..5]", 5, True),
        ("]1..5[", 5, False),
        ('"a", "b"', "b", True),
        ("null", None, True),
        ("null", 1, False),
        ("not(null)", 1, True),
        ("? > 1 and ? < 3", 2, True),
        ("? > other", 2, True),
        ("other", 1, True),
        ("[1, 2, 3]", 2, True),
        ('starts with(?, "13")', "13800138000", True),
        ('@"2026-11-01", >= @"2026-12-01"', None, False),
        ("= 1", 1, True),
        ("!= 1", 1, False),
    ],
)
def test_cells(scope: Scope, cell: str, tested: object, expected: bool) -> None:
    """A cell matches what its owner reads in it; null is no match unless it is named."""
    assert feel.compile_unary(cell).matches(tested, {"other": 1}, scope=scope) is expected


@pytest.mark.parametrize(
    "text",
    [
        "some i in 1..20000, j in 1..20000 satisfies i + j = -1",
        "for i in 1..20000 return for j in 1..20000 return i",
        "for i in 1..30 return [partial, partial]",
        "for i in 1..20001 return i",
        'for i in 1..40 return if i = 1 then "aa" else partial[-1] + partial[-1]',
        'matches("' + "a" * 3_000 + '", "' + "(a?)" * 90 + 'x")',
        "some i in 1..20000 satisfies working_days(now(), 4000) = null",
        "some i in 1..20000 satisfies [" + ",".join("i" * 1_000) + "] = null",
    ],
)
def test_a_budget_ends_every_evaluation(value: Value, text: str) -> None:
    """Neither a mistake nor malice keeps a case's transaction open."""
    with pytest.raises(FeelLimit):
        value(text)


def test_an_expression_begins_with_its_whole_budget(scope: Scope) -> None:
    """What one expression used up is not taken from the next one of the same step."""
    expression = feel.compile("count(for i in 1..15000 return i)")
    assert [expression.evaluate({}, scope=scope) for _ in range(5)] == [15_000] * 5


def test_free_variables_are_named() -> None:
    """Lint and migration learn which variables an expression reads; what it binds itself is not among them."""
    assert feel.compile("for x in xs return x + y + {a: 1, b: a}.b").names == {"xs", "y"}
    assert feel.compile_unary("? > limit").names == {"limit"}
