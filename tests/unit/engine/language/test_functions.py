"""Every built-in function: an example, and null for what it cannot use."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.language.feel import BUILTINS
from tests.unit.engine.language.conftest import Value

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
EXAMPLES: list[tuple[str, Any]] = [
    ("abs(-1.5)", Decimal("1.5")),
    ('abs(@"-P1M") = @"P1M"', True),
    ("after(10, [1..5])", True),
    ("after([1..5], 5)", False),
    ("all([true, null, false])", False),
    ("all([true, null])", None),
    ("all([])", True),
    ("any([false, true])", True),
    ("any([])", False),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("before([1..10], 10)", False),
    ("before([1..10), [10..20])", True),
    ("ceiling(-1.5)", -1),
    ("ceiling(1.234, 2)", Decimal("1.24")),
    ("coincides([1..5], [1..5])", True),
    ("coincides([1..5], [1..5))", False),
    ("concatenate([1], [2, 3])", [1, 2, 3]),
    ('contains("foobar", "ob")', True),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
    ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
    ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
    ("count([1, null])", 2),
    ("count([])", 0),
    ('date(2026, 11, 24) = @"2026-11-24"', True),
    ('date and time(@"2026-11-24", @"09:00:00") = @"2026-11-24T09:00:00"', True),
    ('day of week(@"2026-11-24")', "Tuesday"),
    ('day of year(@"2026-02-01")', 32),
    ('day_of_month(now(), 26) = @"2026-11-26T18:00:00"', True),
    ("decimal(1/3, 2)", Decimal("0.33")),
    ("decimal(1.5, 0)", 2),
    ("decimal(2.5, 0)", 2),
    ("decimal(125, -1)", 120),
    ("distinct values([1, 2, 1.0, null, null])", [1, 2, None]),
    ('duration("P1D") = @"P1D"', True),
    ("during(5, [1..10])", True),
    ("during([4..6], [1..10))", True),
    ('ends with("foobar", "bar")', True),
    ("even(2)", True),
    ("even(0.5)", None),
    ("exp(0)", 1),
    ("finished by([1..10], 10)", True),
    ("finishes(10, [1..10])", True),
    ("finishes(10, [1..10))", False),
    ('first_working_day(now()) = @"2026-12-01T18:00:00"', True),
    ("flatten([[1, [2]], 3])", [1, 2, 3]),
    ("floor(-1.5)", -2),
    ("floor(1.56, 1)", Decimal("1.5")),
    ("get entries({a: 1})", [{"key": "a", "value": 1}]),
    ('get value({a: 1}, "a")', 1),
    ('get value({a: {b: 1}}, ["a", "b"])', 1),
    ('get value({a: 1}, "b")', None),
    ("includes([1..10], 5)", True),
    ("includes([1..10), [1..10])", False),
    ("index of([1, 2, 1], 1)", [1, 3]),
    ("insert before([1, 3], 2, 2)", [1, 2, 3]),
    ('is(@"09:00:00Z", @"09:00:00+00:00")', True),
    ('is(@"2026-11-24T01:00:00Z", @"2026-11-24T09:00:00+08:00")', False),
    ("is(1, 1.0)", True),
    ("is defined(missing)", False),
    ("list contains([1, null], null)", True),
    ("list replace([1, 2], -1, 3)", [1, 3]),
    ("log(1)", 0),
    ("log(0)", None),
    ('lower case("ABC")', "abc"),
    ('matches("foobar", "^fo*b")', True),
    ('matches("FOO", "foo", "i")', True),
    ('matches("x", "(?=x)")', None),
    ("max(1, 3, 2)", 3),
    ('max(["a", "b"])', "b"),
    ('max([1, "a"])', None),
    ("mean([1, 2])", Decimal("1.5")),
    ("median([8, 2, 5, 3, 4])", 4),
    ("median([6, 1, 2, 3])", Decimal("2.5")),
    ("median([])", None),
    ("meets([1..5], [5..10])", True),
    ("meets([1..5), [5..10])", False),
    ("met by([5..10], [1..5])", True),
    ("min([3, 1, 2])", 1),
    ("min([])", None),
    ("mode([6, 3, 9, 6, 6])", [6]),
    ("mode([6, 1, 9, 6, 1])", [1, 6]),
    ("mode([])", []),
    ("modulo(12, 5)", 2),
    ("modulo(-12, 5)", 3),
    ("modulo(12, -5)", -3),
    ("modulo(-10.1, 4.5)", Decimal("3.4")),
    ("modulo(1, 0)", None),
    ('month of year(@"2026-11-24")', "November"),
    ('next_month(now(), 26) = @"2026-12-25T18:00:00"', True),
    ('next_weekday(now(), "Thursday") = @"2026-11-26T18:00:00"', True),
    ("not(true)", False),
    ("not(1)", None),
    ("now()", NINE),
    ('number("1,000.5", ",", ".")', Decimal("1000.5")),
    ('number("1.000,5", ".", ",")', Decimal("1000.5")),
    ('number("1 000")', None),
    ('number("1", ".", ".")', None),
    ("odd(3)", True),
    ('office_hours(now(), @"PT1H") = @"2026-11-23T10:00:00"', True),
    ("overlaps([1..5], [3..8])", True),
    ("overlaps([1..5), [5..8])", False),
    ("overlaps after([3..8], [1..5])", True),
    ("overlaps before([1..5], [3..8])", True),
    ("overlaps before([1..5), [5..8])", False),
    ("period_of(now())", "2026-11"),
    ("yuan(5000)", "50.00"),
    ("yuan(-1)", "-0.01"),
    ("yuan(1.5)", None),
    ("product(2, 3, 4)", 24),
    ("remove([1, 2, 3], 2)", [1, 3]),
    ("remove([1], 2)", None),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
    ('replace("a", "x*", "b")', None),
    ("reverse([1, 2])", [2, 1]),
    ("round down(-1.5, 0)", -1),
    ("round half down(1.5, 0)", 1),
    ("round half up(-1.5, 0)", -2),
    ("round up(1.121, 2)", Decimal("1.13")),
    ('same_day(now()) = @"2026-11-23T18:00:00"', True),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ("sqrt(16)", 4),
    ("sqrt(-1)", None),
    ("started by([1..10], 1)", True),
    ("starts(1, [1..10])", True),
    ("starts([1..5], (1..10])", False),
    ('starts with("foobar", "fo")', True),
    ("stddev(2, 4, 7, 5) > 2.0816 and stddev(2, 4, 7, 5) < 2.0817", True),
    ("stddev(1)", None),
    ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
    ("string(1.10)", "1.10"),
    ("string(null)", None),
    ('string join(["a", null, "b"], "-")', "a-b"),
    ('string join(["a", 1])', None),
    ('string length("中文")', 2),
    ("sublist([1, 2, 3], 2)", [2, 3]),
    ("sublist([1, 2, 3], -2, 1)", [2]),
    ("sublist([1], 2)", None),
    ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 0)', None),
    ('substring after("foobar", "o")', "obar"),
    ('substring after("foobar", "x")', ""),
    ('substring before("foobar", "bar")', "foo"),
    ("sum(1, 2, 0.5)", Decimal("3.5")),
    ('sum([1, "a"])', None),
    ("thursday_of(now())", "2026-11-26"),
    ('time(9, 0, 0, @"PT8H") = @"09:00:00+08:00"', True),
    ("time(25, 0, 0)", None),
    ('today() = @"2026-11-23"', True),
    ('trim("  a  ")', "a"),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ('upper case("abc")', "ABC"),
    ('week of year(@"2026-11-24")', 48),
    ('working_days(now(), 1) = @"2026-11-24T18:00:00"', True),
    ('years and months duration(@"2026-01-01", @"2027-03-01") = @"P1Y2M"', True),
]


@pytest.mark.parametrize("text, expected", EXAMPLES)
def test_an_example(value: Value, text: str, expected: object) -> None:
    """The documented functions answer what the standard's examples and our calendar say."""
    found = value(text)
    assert (type(found), found) == (type(expected), expected)


def test_every_function_has_an_example() -> None:
    """A function that is added without an example fails here."""
    assert [name for name in BUILTINS if not any(f"{name}(" in text for text, _ in EXAMPLES)] == []


@pytest.mark.parametrize("name", sorted(BUILTINS))
@pytest.mark.parametrize("junk", ["null", '"text"', "-1.5", "[[]]", "{a: 1}", "1E6144", '@"P1M"', "[1..2]", "true"])
def test_junk_gives_an_answer(value: Value, name: str, junk: str) -> None:
    """Whatever a function is given, the answer is a value or null: no variable of a case can break a step."""
    function = BUILTINS[name]
    for count in range(function.needed, len(function.parameters) + 1):
        value(f"{name}({', '.join([junk] * count)})")


def test_a_whole_decimal_is_a_position(value: Value) -> None:
    """A count that came out of a division, or in as 2.0, cuts a list as 2 does."""
    assert value("sublist(xs, n)", xs=[1, 2, 3], n=Decimal("2.0")) == [2, 3]
    assert value("xs[n]", xs=[1, 2, 3], n=2.0) == 2
    assert value("for i in 1..n return i", n=Decimal("2.0")) == [1, 2]
