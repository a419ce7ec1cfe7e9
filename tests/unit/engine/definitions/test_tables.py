"""Decision tables: rules that contradict each other, are never reached or leave a case without an answer are told; what cannot be decided is not."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definitions import dmn, tables
from engine.definitions.names import told_of_table
from engine.language.calendar import Calendar
from engine.language.decisions import SeveralRulesMatch
from engine.language.feel import Names, Scope
from engine.language.feel.inferred import BOOLEAN, DATE, NUMBER, TEXT, context_of, one_of

NAMES = Names({"n": NUMBER, "m": NUMBER, "b": BOOLEAN, "o": one_of("abc"), "t": TEXT, "d": DATE})
SCOPE = Scope(datetime(2026, 1, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
DMN = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
Row = tuple[str, ...]


def model(policy: str, inputs: str, *rows: Row, outputs: str = "r", domain: str = "", type: str = "") -> dmn.Model:
    """A table over inputs and outputs given by names with blanks between; `domain` are the values of its columns of results."""
    heads = "".join(
        f'<input id="i{n}"><inputExpression><text>{escape(text)}</text></inputExpression></input>'
        for n, text in enumerate(inputs.split())
    )
    values = f"<outputValues><text>{escape(domain)}</text></outputValues>" if domain else ""
    heads += "".join(f'<output name="{name}" typeRef="{type}">{values}</output>' for name in outputs.split())
    count = len(inputs.split())
    rules = "".join(f"<rule>{_entries('input', row[:count])}{_entries('output', row[count:])}</rule>" for row in rows)
    text = f'<decision id="d" name="D"><decisionTable hitPolicy="{policy}">{heads}{rules}</decisionTable></decision>'
    return dmn.parse(f"{DMN}{text}</definitions>".encode())


def _entries(side: str, cells: Row) -> str:
    return "".join(f"<{side}Entry><text>{escape(cell)}</text></{side}Entry>" for cell in cells)


def told(dmn_model: dmn.Model, *, asked_for: bool = False, names: Names = NAMES) -> list[tuple[str, int]]:
    """(rule, number of the row; 0 for the table) of every doubt."""
    doubts = tables.doubts(dmn_model, dmn_model.find("d"), names, asked_for=asked_for)
    return [(doubt.rule, doubt.values.get("row", 0)) for doubt in doubts]


@pytest.mark.parametrize(
    ("policy", "inputs", "rows", "expected"),
    [
        ("UNIQUE", "n", [("< 10", "1"), (">= 10", "2"), ("[5..7]", "3")], [("rules_overlap", 3)]),
        ("UNIQUE", "n", [("1", "1"), ("1", "1")], [("rules_overlap", 2)]),
        ("UNIQUE", "n b", [("< 10", "-", "1"), ("> 5", "true", "2")], [("rules_overlap", 2)]),
        ("UNIQUE", "o", [('"a"', "1"), ('not("b")', "2")], [("rules_overlap", 2)]),
        ("UNIQUE", "t", [("null", "1"), ("-", "2")], [("rules_overlap", 2)]),
        ("UNIQUE", "d", [('< date("2026-02-01")', "1"), ('>= @"2026-01-31"', "2")], [("rules_overlap", 2)]),
        ("ANY", "n", [("< 10", "1"), ("< 5", "2"), ("< 3", "2")], [("rules_disagree", 2), ("rules_disagree", 3)]),
        ("FIRST", "n", [("[5..1]", "1"), ("-", "2")], [("rule_never_matches", 1)]),
        ("FIRST", "n", [("< 10", "1"), (">= 5", "2"), ("[6..8]", "3"), ("-", "4")], [("rule_never_reached", 3)]),
        ("FIRST", "n b", [("< 10", "true", "1"), ("< 10", "false", "2"), ("5", "true, false", "3")], [("rule_never_reached", 3)]),
        ("FIRST", "t", [('contains(?, "x")', "1"), ('contains(?, "x")', "2")], [("rule_never_reached", 2)]),
        ("FIRST", "n", [("1", "1"), ("-", "")], [("rule_empty", 2)]),
        ("FIRST", "o", [('"a"', "1"), ('"bb"', "2")], [("not_offered", 2)]),
        ("FIRST", "t", [("gold", "1"), ("silver, gold", "1")], [("bare_word", 1), ("bare_word", 2), ("bare_word", 2)]),
        ("FIRST", "b", [("TRUE", "1")], [("unknown_name", 1)]),
        ("FIRST", "n", [('"1"', "1"), ("1", "nn")], [("kinds_differ", 1), ("bare_word", 2)]),
        ("FIRST", "n", [("1", "t - 1")], [("no_arithmetic", 1)]),
        ("FIRST", "nn", [("1", "1")], [("unknown_name", 0)]),
    ],
)  # fmt: skip
def test_what_can_hardly_be_meant(policy: str, inputs: str, rows: list[Row], expected: list[tuple[str, int]]) -> None:
    """Each is told by its rule."""
    assert told(model(policy, inputs, *rows)) == expected


@pytest.mark.parametrize(
    ("policy", "inputs", "rows"),
    [
        ("UNIQUE", "n", [("< 10", "1"), (">= 10", "2")]),
        ("UNIQUE", "n", [("[1..5]", "1"), ("]5..9]", "2"), ("10, 11", "3")]),
        ("UNIQUE", "n", [("> 4", "1"), ("< 5", "2")]),  # only 4.5 is both, and there may be whole numbers only
        ("UNIQUE", "n b", [("< 10", "true", "1"), ("< 10", "false", "2"), (">= 10", "-", "3")]),
        ("UNIQUE", "n n+1", [("< 5", "-", "1"), ("-", "> 9", "2")]),  # the same variable twice
        ("UNIQUE", "t", [('contains(?, "x")', "1"), ('contains(?, "y")', "2")]),
        ("UNIQUE", "n", [("> m", "1"), ("< m", "2")]),
        ("UNIQUE", "o", [('"a", "b"', "1"), ('"c"', "2")]),
        ("ANY", "n", [("< 10", "1"), ("< 5", "1")]),
        ("COLLECT", "n", [("< 10", "1"), ("< 5", "1"), ("< 5", "1")]),
        ("FIRST", "n", [("< 10", "1"), ("-", "2")]),
        ("FIRST", "b", [("true", "1"), ("false", "2"), ("-", "3")]),  # for null
        ("FIRST", "n", [("(5..6)", "1"), ("-", "2")]),
        ("FIRST", "n m", [("< m", "-", "1"), ("< m + 1", "-", "2"), ("-", "-", "3")]),
        ("FIRST", "t", [('contains(?, "x")', "1"), ('"x"', "2"), ("-", "3")]),
        ("FIRST", "n", [("1", '"a"'), ("2", "n + 1"), ("-", "null")]),  # said, not forgotten
    ],
)
def test_a_sound_table_has_no_doubt(policy: str, inputs: str, rows: list[Row]) -> None:
    """What cannot be decided is silent."""
    assert told(model(policy, inputs, *rows)) == []


@pytest.mark.parametrize(
    ("inputs", "rows", "case"),
    [
        ("n", [("< 10", "1"), ("> 20", "2")], [("n", "20")]),
        ("b", [("true", "1")], [("b", "false")]),
        ("o", [('"a"', "1"), ('"b"', "2")], [("o", '"c"')]),
        ("t", [('"a"', "1")], [("t", "")]),
        ("b n", [("true", "-", "1"), ("false", "< 5", "2")], [("b", "false"), ("n", "6")]),
        ("n", [("<= 5", "1"), ("[6..9]", "2"), ("> 9", "3")], None),
        ("o", [('"a", "b"', "1"), ('not("a", "b")', "2")], None),
        ("n", [(">= 0", "1")], None),
        ("n", [("> m", "1")], None),
        ("n n+1", [("< 5", "-", "1"), ("-", "> 9", "2")], None),
    ],
)
def test_a_case_without_an_answer(inputs: str, rows: list[Row], case: list[tuple[str, str]] | None) -> None:
    """An example is given; nothing is told where there may be no such value, or where nothing needs the result."""
    parsed = model("UNIQUE", inputs, *rows)
    doubts = tables.doubts(parsed, parsed.find("d"), NAMES, asked_for=True)
    assert [doubt.values["case"] for doubt in doubts if doubt.rule == "no_rule_answers"] == ([case] if case else [])
    assert ("no_rule_answers", 0) not in told(parsed)


PARTS = Names({"w": context_of({"basis": one_of(("cash", "credit")), "sum": NUMBER, "day": NUMBER})})


def test_columns_over_parts_of_one_value_are_searched_for_gaps() -> None:
    """The parts of a context vary by themselves; with the catch-all narrowed, the case that nobody answers is found and shown."""
    rows: list[Row] = [('"cash"', "<= 5", "-", '"clerk"'), ('"credit"', "<= 9", "< 3", '"clerk"')]
    inputs = "w.basis w.sum w.day"
    assert told(model("FIRST", inputs, *rows, ("-", "-", "-", '"two"')), asked_for=True, names=PARTS) == []
    narrowed = model("FIRST", inputs, *rows, ('"cash"', "<= 50", "-", '"two"'))
    (doubt,) = tables.doubts(narrowed, narrowed.find("d"), PARTS, asked_for=True)
    assert (doubt.rule, doubt.values["case"][0]) == ("no_rule_answers", ("w.basis", '"credit"'))


@pytest.mark.parametrize(
    ("inputs", "rows", "is_told"),
    [
        ("n", [("> m", "1"), ("< m", "2")], True),
        ("n n+1", [("< 5", "-", "1"), ("-", "> 9", "2")], True),
        ("n n+1", [("< 5", "-", "1"), (">= 5", "-", "2")], False),
        ("t b", [('contains(?, "x")', "-", "1"), ("-", "true", "2"), ("-", "false", "3")], False),
        ("n", [("> m", "1"), ("-", "2")], False),
    ],
)
def test_where_gaps_cannot_be_found_it_is_said(inputs: str, rows: list[Row], is_told: bool) -> None:
    """Silence would look like an answer; a table that answers everything whatever the rest means has no gap."""
    doubts = told(model("FIRST", inputs, *rows), asked_for=True)
    assert doubts == ([("gaps_not_sought", 0)] if is_told else [])


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_at_which_a_case_stops_are_a_problem(policy: str) -> None:
    """They may not be published: two rules for one case, and a hit policy that does not allow it."""
    parsed = model(policy, "n", ("< 10", "1"), ("> 5", "2"))
    (problem,) = told_of_table(tables.doubts(parsed, parsed.find("d"), NAMES, asked_for=False), NAMES)
    assert (problem.rule, problem.warning) == ("rules_overlap" if policy == "UNIQUE" else "rules_disagree", False)
    first = model("FIRST", "n", ("1", "1"), ("-", ""))
    doubts = tables.doubts(first, first.find("d"), NAMES, asked_for=False)
    assert [problem.warning for problem in told_of_table(doubts, NAMES)] == [True]


@pytest.mark.parametrize(
    ("cell", "result", "warnings"),
    [("3", "1", [False]), ("nowhere", "1", [False]), ("true", '"many"', [False]), ("true, false", "1", [True])],
)
def test_what_does_not_fit_its_column_is_a_problem(cell: str, result: str, warnings: list[bool]) -> None:
    """A number where yes or no is tested, the name of nothing, a text where a number is given: the rule would never hold, or give nothing; a rule that others answer first is only told."""
    parsed = model("FIRST", "b", (cell, result), ("-", "2"), *([("true", "3")] if all(warnings) else []), type="number")
    doubts = tables.doubts(parsed, parsed.find("d"), NAMES, asked_for=False)
    assert [problem.warning for problem in told_of_table(doubts, NAMES)] == warnings


def test_columns_that_list_their_values() -> None:
    """A cell may only name those, and a rule whose result is listed later comes later."""
    parsed = model("PRIORITY", "n", ("< 5", '"low"'), ("< 10", '"high"'), ("-", '"mid"'), domain='"high", "low"')
    assert told(parsed) == [("not_listed", 3), ("rule_never_reached", 1)]


def test_a_default_or_a_listed_set_leaves_no_gap() -> None:
    """What no rule says the default does, and of what a column does not list there is nothing to answer."""
    table = '<decisionTable hitPolicy="FIRST"><input id="i"><inputExpression><text>t</text></inputExpression>{listed}</input>{output}{rules}</decisionTable>'
    gold = ('"gold"',)
    rules = f"<rule>{_entries('input', gold)}{_entries('output', ('1',))}</rule>"
    bare, default = (
        '<output name="r"/>',
        '<output name="r"><defaultOutputEntry><text>2</text></defaultOutputEntry></output>',
    )
    only_gold = '<inputValues><text>"gold"</text></inputValues>'
    for domain, output, gap in (("", bare, True), ("", default, False), (only_gold, bare, False)):
        text = table.format(listed=domain, output=output, rules=rules)
        parsed = dmn.parse(f'{DMN}<decision id="d" name="D">{text}</decision></definitions>'.encode())
        assert (("no_rule_answers", 0) in told(parsed, asked_for=True)) is gap, (domain, output)


def test_the_list_of_a_column_and_its_default() -> None:
    """A bare word in the list of possible values refuses every case; a default is a result like any other."""
    text = (
        '<decisionTable><input id="i"><inputExpression><text>t</text></inputExpression><inputValues><text>gold, "silver"</text></inputValues></input>'
        '<output name="r" label="R" typeRef="string"><defaultOutputEntry><text>none</text></defaultOutputEntry></output></decisionTable>'
    )
    parsed = dmn.parse(f'{DMN}<decision id="d" name="D">{text}</decision></definitions>'.encode())
    doubts = tables.doubts(parsed, parsed.find("d"), NAMES, asked_for=False)
    assert [(doubt.rule, doubt.values["variable"], doubt.values["heading"]) for doubt in doubts] == [
        ("bare_word", "gold", "t"),
        ("bare_word", "none", "R"),
    ]


def test_what_a_column_tests_is_told_beside_the_cell() -> None:
    """A variable of which only the column says the type stands there by its name: not the cell twice."""
    text = (
        '<decisionTable hitPolicy="FIRST"><input id="i"><inputExpression typeRef="number"><text>level</text></inputExpression></input>'
        '<output name="r"/><rule><inputEntry><text>"gold"</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>'
    )
    parsed = dmn.parse(f'{DMN}<decision id="d" name="D">{text}</decision></definitions>'.encode())
    (doubt,) = tables.doubts(parsed, parsed.find("d"), Names({}, complete=False), asked_for=False)
    assert (doubt.rule, doubt.values["variable"], doubt.values["other"]) == ("kinds_differ", "level", '"gold"')


def test_a_knowledge_model_knows_its_parameters_only() -> None:
    """Whatever else it names is null there, also when the process has a variable of that name."""
    knowledge = (
        '<businessKnowledgeModel id="k" name="rate"><encapsulatedLogic><formalParameter name="amount"/>'
        "<literalExpression><text>amuont * n</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    )
    decision = '<decision id="d" name="D"><literalExpression><text>rate(n)</text></literalExpression></decision>'
    parsed = dmn.parse(f"{DMN}{knowledge}{decision}</definitions>".encode())
    doubts = tables.doubts(parsed, parsed.find("d"), NAMES, asked_for=False)
    assert [(doubt.values["table"], doubt.values["variable"], doubt.values["near"]) for doubt in doubts] == [
        ("rate", "amuont", "amount"),
        ("rate", "n", ""),
    ]


def test_the_type_of_a_result_column() -> None:
    """`"100"` in a column of numbers would be compared with numbers, and never match."""
    assert told(model("FIRST", "n", ("1", '"100"'), ("-", "100"), type="number")) == [("result_type", 1)]


def test_two_result_columns_of_one_name_are_refused() -> None:
    """One value would overwrite the other."""
    (problem,) = tables.problems(model("FIRST", "n", ("1", "2", "3"), outputs="r r").find("d"))
    assert (problem.rule, problem.warning, problem.values["heading"]) == ("outputs_of_one_name", False, "r")
    assert tables.problems(model("FIRST", "n", ("1", "2", "3"), outputs="r s").find("d")) == []


def test_a_large_table_is_not_looked_at_for_ever() -> None:
    """Two thousand rules over ten columns are read in a moment, whatever is told of them."""
    rows = [(*(f"> {row % (7 + column)}" for column in range(4)), "1") for row in range(2_000)]
    assert isinstance(told(model("FIRST", "n m n m", *rows), asked_for=True), list)


CELLS = st.one_of(
    st.just("-"),
    st.integers(0, 6).map(str),
    st.tuples(st.sampled_from(("<", "<=", ">", ">=")), st.integers(0, 6)).map(
        lambda comparison: f"{comparison[0]} {comparison[1]}"
    ),
    st.tuples(st.sampled_from("[]"), st.integers(0, 6), st.integers(0, 6), st.sampled_from("[]")).map(
        lambda ends: f"{ends[0]}{ends[1]}..{ends[2]}{ends[3]}"
    ),
    st.lists(st.integers(0, 6).map(str), min_size=1, max_size=2).map(", ".join),
    st.integers(0, 6).map(lambda number: f"not({number})"),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, st.sampled_from(("-", "true", "false"))), min_size=1, max_size=5))
def test_what_is_told_is_so(rows: list[tuple[str, str]]) -> None:
    """Tried with every value: rules that are told to overlap do, and one that is told to be out of reach never answers."""
    cases = [{"n": n / 2, "b": b} for n in range(-2, 16) for b in (True, False, None)]
    numbered = [(*row, str(number)) for number, row in enumerate(rows, start=1)]

    first = model("FIRST", "n b", *numbered)
    answers = {first.evaluate("d", case, scope=SCOPE).value for case in cases}
    dead = {row for rule, row in told(first) if rule in ("rule_never_reached", "rule_never_matches")}
    assert dead.isdisjoint(answers)

    unique = model("UNIQUE", "n b", *numbered)
    overlapping = {row for rule, row in told(unique) if rule == "rules_overlap"}
    collisions = [(case, rules) for case in cases if (rules := together(unique, case))]
    assert overlapping <= {number for _, rules in collisions for number in rules}
    surely = [case for case, _ in collisions if case["b"] is not None and case["n"] == int(case["n"])]
    assert overlapping or not surely


def together(dmn_model: dmn.Model, case: dict[str, Any]) -> set[int]:
    """The rules that answer a case together, which the table does not allow."""
    try:
        dmn_model.evaluate("d", case, scope=SCOPE)
    except SeveralRulesMatch as error:
        return {int(rule.split()[0]) for rule in error.values["rules"]}
    return set()
