"""Decision tables: every hit policy and aggregation, with what makes each fail."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.language import feel
from engine.language.decisions import (
    DecisionTable,
    Input,
    Outcome,
    Output,
    Rule,
    RulesDisagree,
    SeveralRulesMatch,
    UnexpectedInput,
)
from engine.language.feel import FeelLimit, Scope


def table(policy: str, rows: list[tuple[str, ...]], **more: Any) -> DecisionTable:
    """A table over x; each row is a cell and its outputs."""
    rules = tuple(
        Rule(f"r{n}", (feel.compile_unary(row[0]),), tuple(map(feel.compile, row[1:])))
        for n, row in enumerate(rows, start=1)
    )
    outputs = more.pop("outputs", tuple(Output(name) for name in "ab"[: len(rows[0]) - 1]))
    inputs = (Input(feel.compile("x"), more.pop("allowed", None)),)
    return DecisionTable(inputs, outputs, rules, policy, **more)


def decided(decision_table: DecisionTable, scope: Scope, x: Any = 5) -> Outcome:
    return decision_table.evaluate({"x": x}, scope)


ROWS = [("> 1", "10"), ("> 2", "30"), ("> 3", "20"), ("> 100", "99")]


def test_unique_gives_its_one_rule(scope: Scope) -> None:
    """The answer comes with the number and id of the rule, and with what was tested."""
    outcome = decided(table("UNIQUE", ROWS), scope, 2)
    assert (outcome.value, outcome.inputs) == (10, {"x": 2})
    assert outcome.matched == ({"number": 1, "id": "r1", "annotation": ""},)


def test_unique_with_two_matches_names_both(scope: Scope) -> None:
    """The owner learns which two rules overlap."""
    with pytest.raises(SeveralRulesMatch) as error:
        decided(table("UNIQUE", ROWS), scope, 3)
    assert error.value.values == {"rules": ["1 r1", "2 r2"]}
    assert "1 r1" in error.value.message
    assert "2 r2" in error.value.message


def test_first_gives_the_first_in_the_order_of_the_table(scope: Scope) -> None:
    """Later rules are not even named."""
    outcome = decided(table("FIRST", ROWS), scope)
    assert (outcome.value, [rule["number"] for rule in outcome.matched]) == (10, [1])


def test_any_gives_what_all_agree_on(scope: Scope) -> None:
    """Several rules may match while they say the same; 1 and 1.0 are the same."""
    assert decided(table("ANY", [("> 1", "1"), ("> 2", "1.0")]), scope).value == 1
    with pytest.raises(RulesDisagree) as error:
        decided(table("ANY", [("> 1", "1"), ("> 2", "2")]), scope)
    assert error.value.values == {"rules": ["1 r1", "2 r2"]}


def test_priority_follows_the_listed_outputs(scope: Scope) -> None:
    """Not the order of the rules decides but that of the output values."""
    ordered = (Output("a", order=(20, 10, 30)),)
    outcome = decided(table("PRIORITY", ROWS, outputs=ordered), scope)
    assert (outcome.value, [rule["number"] for rule in outcome.matched]) == (20, [3])


def test_output_order_sorts_all(scope: Scope) -> None:
    """All matches, the highest priority first; what is not listed comes last."""
    assert decided(table("OUTPUT ORDER", ROWS, outputs=(Output("a", order=(30, 20)),)), scope).value == [30, 20, 10]


def test_priority_looks_at_the_outputs_from_left_to_right(scope: Scope) -> None:
    """A second output decides where the first is the same."""
    rows = [("> 1", '"b"', "1"), ("> 1", '"a"', "2"), ("> 1", '"a"', "1")]
    ordered = (Output("a", order=("a", "b")), Output("b", order=(1, 2)))
    assert decided(table("PRIORITY", rows, outputs=ordered), scope).value == {"a": "a", "b": 1}


def test_rule_order_and_collect_give_all(scope: Scope) -> None:
    """In the order of the table."""
    assert decided(table("RULE ORDER", ROWS), scope).value == [10, 30, 20]
    outcome = decided(table("COLLECT", ROWS), scope)
    assert (outcome.value, len(outcome.matched)) == ([10, 30, 20], 3)


@pytest.mark.parametrize(
    "aggregation, expected, empty", [("SUM", 60, None), ("MIN", 10, None), ("MAX", 30, None), ("COUNT", 3, 0)]
)
def test_collect_aggregates(scope: Scope, aggregation: str, expected: int, empty: int | None) -> None:
    """Sum, least, greatest and number of the matching outputs; null, or nought, when none matches."""
    assert decided(table("COLLECT", ROWS, aggregation=aggregation), scope).value == expected
    assert decided(table("COLLECT", ROWS, aggregation=aggregation), scope, 0).value == empty


def test_sums_are_exact(scope: Scope) -> None:
    """A tenth and two tenths collect to three tenths."""
    assert decided(table("COLLECT", [("-", "0.1"), ("-", "0.2")], aggregation="SUM"), scope).value == Decimal("0.3")


@pytest.mark.parametrize(
    "policy, expected",
    [
        ("UNIQUE", None),
        ("FIRST", None),
        ("ANY", None),
        ("PRIORITY", None),
        ("RULE ORDER", []),
        ("OUTPUT ORDER", []),
        ("COLLECT", []),
    ],
)
def test_no_match(scope: Scope, policy: str, expected: object) -> None:
    """Null where one answer is expected, an empty list where several are; no rule is named."""
    assert decided(table(policy, ROWS), scope, 0) == Outcome(expected, (), {"x": 0})


def test_no_match_with_default(scope: Scope) -> None:
    """The default output stands in."""
    with_default = (Output("a", default=feel.compile('"none"')),)
    assert decided(table("UNIQUE", ROWS, outputs=with_default), scope, 0).value == "none"
    assert decided(table("COLLECT", ROWS, outputs=with_default), scope, 0).value == ["none"]


def test_several_outputs_are_a_context(scope: Scope) -> None:
    """Named after their columns."""
    assert decided(table("FIRST", [("-", "1", '"x"')]), scope).value == {"a": 1, "b": "x"}


def test_an_input_that_is_not_listed_is_refused(scope: Scope) -> None:
    """A value the table never thought of is an error; the value, which may be personal, is not repeated. Null may be answered by a rule."""
    with_domain = table("UNIQUE", [('"a"', "1"), ("null", "2")], allowed=feel.compile_unary('"a", "b"'))
    with pytest.raises(UnexpectedInput) as error:
        decided(with_domain, scope, "13800138000")
    assert "13800138000" not in error.value.message
    assert decided(with_domain, scope, None).value == 2


def test_a_table_has_one_budget(scope: Scope) -> None:
    """Many costly cells are no way round the limit."""
    costly = "count(for i in 1..9000 return i) = ?"
    assert decided(table("FIRST", [(costly, "1")]), scope).value is None
    with pytest.raises(FeelLimit):
        decided(table("FIRST", [(costly, "1")] * 20), scope)
