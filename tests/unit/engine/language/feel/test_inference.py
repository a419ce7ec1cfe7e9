"""Types of FEEL expressions, told without evaluating: what cannot be right is doubted, and what may be right never is."""

from __future__ import annotations

import pytest

from engine.language import feel
from engine.language.feel import Names
from engine.language.feel.inferred import (
    ANYTHING,
    BOOLEAN,
    CONTEXT,
    DATE,
    NUMBER,
    TEXT,
    Type,
    context_of,
    list_of,
    named,
    one_of,
    union,
)

CALL = context_of({"seconds": NUMBER, "place": TEXT})
NAMES = Names(
    {
        "amount": NUMBER,
        "note": TEXT,
        "paid": BOOLEAN,
        "since": DATE,
        "demand": one_of(("cash", "credit")),
        "bill": context_of({"amount": NUMBER}),
        "refusal": CONTEXT,
        "calls": list_of(CALL),
        "whatever": ANYTHING,
    }
)


def doubted(text: str, names: Names = NAMES) -> list[str]:
    """The rules that doubt an expression."""
    doubts: list[feel.Doubt] = []
    feel.judge(text)(names, doubts)
    return [doubt.rule for doubt in doubts]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("amuont > 100", "unknown_name"),
        ("TRUE", "unknown_name"),
        ("bill.amuont", "unknown_part"),
        ("calls[1].second", "unknown_part"),
        ("calls[seconds > limit]", "unknown_name"),
        ("for c in calls return c.second", "unknown_part"),
        ("note.length", "no_parts"),
        ("note > 5", "kinds_differ"),
        ('amount = "5"', "kinds_differ"),
        ('since > "2026-01-01"', "kinds_differ"),
        ('amount between 1 and "2"', "kinds_differ"),
        ('amount in [1.."x"]', "kinds_differ"),
        ('calls[seconds = "long"]', "kinds_differ"),
        ('demand = "cahs"', "not_offered"),
        ('demand in ("cash", "crdit")', "not_offered"),
        ('list contains(["cash", "crdit"], demand)', "not_offered"),
        ('demand = (if paid then "cash" else "crdit")', "not_offered"),
        ("if amount then 1 else 2", "no_condition_type"),
        ("paid and note", "no_condition_type"),
        ("not(amount)", "no_condition_type"),
        ("some c in calls satisfies c.seconds", "no_condition_type"),
        ("note - 1", "no_arithmetic"),
        ('"No. " + amount', "no_arithmetic"),
        ("-note", "no_arithmetic"),
        ("paid * 2", "no_arithmetic"),
        ('contains(amount, "1")', "wrong_argument"),
        ("floor(note)", "wrong_argument"),
    ],
)
def test_what_cannot_be_right_is_doubted(text: str, rule: str) -> None:
    """A clerk's case does not find it out first."""
    assert doubted(text) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        *("amount > 100", "amount = null", "bill.amount * 2 + amount", '"No. " + string(amount)', "refusal.code"),
        *('demand = "cash"', 'note = "anything"', 'demand < "d"', "whatever = 5", "whatever.part.of", "whatever + 1"),
        *("calls[seconds > 3].place", "calls[1].seconds > 3", 'calls[item.place = "x"]', "sum(calls.seconds) > 10"),
        *("count(calls[seconds > amount]) >= 2", "some c in calls satisfies c.seconds < 3", "calls[whatever]"),
        *('since + duration("P1D") > since', 'now() - duration("PT1H") < now()', "date(note) = since"),
        *("{a: amount, b: a + 1}.b > 3", "for i in 1..amount return i * 2", "amount in (1, 2, [5..7])", "paid"),
        *("if paid = true then amount else null", 'substring(note, 1, 3) + "…"', "-amount < 0", "[1, 2][1] + 1"),
        *('if note = null then "" else note', "every c in calls satisfies c.seconds > 0", "is defined(note)"),
    ],
)
def test_what_may_be_right_is_never_doubted(text: str) -> None:
    """A warning that is none would teach owners to read past them."""
    assert doubted(text) == []


def test_an_unknown_name_comes_with_the_nearest_known_one() -> None:
    """The owner reads what was meant; capitals do not hide it."""
    doubts: list[feel.Doubt] = []
    for text in ("amuont", "Demand", "FALSE", "zzz"):
        feel.judge(text)(NAMES, doubts)
    assert [doubt.values["near"] for doubt in doubts] == ["amount", "demand", "false", ""]


def test_where_names_are_not_all_known_none_is_doubted() -> None:
    """A process with a step of another tool may set anything."""
    assert doubted("amuont > 100", Names({"amount": NUMBER}, complete=False)) == []


def test_items_of_lists_come_before_variables() -> None:
    """In a filter a part of the item is meant, in a context an entry before it."""
    names = Names({"place": NUMBER, "calls": list_of(CALL)})
    assert doubted('calls[place = "x"]', names) == []
    assert doubted('{place: "y", same: place = "y"}', names) == []
    assert doubted('place = "x"', names) == ["kinds_differ"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (one_of("a"), one_of("b"), one_of("ab")),
        (one_of("a"), TEXT, TEXT),
        (NUMBER, TEXT, Type(frozenset({"number", "string"}))),
        (NUMBER, Type(frozenset({"null"})), NUMBER),
        (NUMBER, ANYTHING, ANYTHING),
        (context_of({"a": NUMBER}), context_of({"b": TEXT}), context_of({"a": NUMBER, "b": TEXT})),
        (context_of({"a": NUMBER}), CONTEXT, CONTEXT),
        (list_of(NUMBER), list_of(TEXT), list_of(Type(frozenset({"number", "string"})))),
        (named("date"), named("nonsense"), ANYTHING),
    ],
)
def test_two_sources_of_a_variable(first: Type, second: Type, expected: Type) -> None:
    """What may come from either is known only as far as both are."""
    assert union(first, second) == union(second, first) == expected


def doubts_of_cell(text: str, value: Type) -> list[str]:
    """The rules that doubt a cell."""
    doubts: list[feel.Doubt] = []
    feel.judge_unary(text)(NAMES, doubts, value)
    return [doubt.rule for doubt in doubts]


def test_cells_are_held_against_what_they_test() -> None:
    """Numbers against numbers, options against options, in every alternative."""
    assert doubts_of_cell('"cash", "crdit"', NAMES.types["demand"]) == ["not_offered"]
    assert doubts_of_cell('> 5, "x"', NUMBER) == ["kinds_differ"]
    assert doubts_of_cell('not("cash")', NAMES.types["demand"]) == []
    assert doubts_of_cell("[1..amount]", NUMBER) == []
    assert doubts_of_cell("contains(?, note)", TEXT) == []
    assert doubts_of_cell("? + 1", NUMBER) == ["no_condition_type"]
    assert doubts_of_cell("-", NUMBER) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", (1,)),
        ("-5, [1..3)", (-5, 1, 3)),
        ('not("a", "b")', ("a", "b")),
        ("null", (None,)),
        ("-", None),
        ("contains(?, 1)", None),
        ("amount", None),
        ("> amount + 1", None),
        ("1 + 1", None),
    ],
)
def test_the_literals_of_a_cell(text: str, values: tuple[object, ...] | None) -> None:
    """Only what is written out can be told apart without evaluating; a variable or a function of the value cannot."""
    points = feel.points_of(text)
    assert (points.values if points is not None else None) == values
