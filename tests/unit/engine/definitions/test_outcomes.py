"""What a decision gives and nobody asks for: a slip of the pen in a result would send every such case the other way, in silence."""

from __future__ import annotations

import pytest

from engine.checks import warnings
from engine.definitions import outcomes
from engine.ground.errors import Problem
from tests.support.drawing import decide, end, flow, gateway, package, path, process, service, start, user

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d" name="Levels"><decisionTable hitPolicy="FIRST">'
INPUT = '<input label="Amount"><inputExpression><text>amount</text></inputExpression></input>'


def table(*rows: tuple[str, ...], outputs: tuple[str, ...] = ("level",)) -> str:
    heads = "".join(f'<output name="{name}" label="{name.title()}"/>' for name in outputs)
    rules = "".join(
        f"<rule><inputEntry><text>{cell}</text></inputEntry>"
        + "".join(f"<outputEntry><text>{result}</text></outputEntry>" for result in results)
        + "</rule>"
        for cell, *results in rows
    )
    return f"{HEAD}{INPUT}{heads}{rules}</decisionTable></decision></definitions>"


def told(decision: str, condition: str = 'result = "clerk"', *after: str) -> list[Problem]:
    parts = (start(), user("ask"), decide("judge", "d", "result"), gateway("which", default="flow_which_finished"))
    more = after[0] if after else user("more")
    diagram = process(
        *("P", *parts, more, end(), path("begun", "ask", "judge", "which"), flow("which", "more", condition)),
        *(path("which", "finished"), path("more", "finished")),
    )
    problems = warnings.warnings_of(package("P", diagram, {"decisions/d.dmn": decision}))
    return [problem for problem in problems if problem.rule.startswith("result")]


def test_a_result_that_looks_like_one_that_is_asked_for() -> None:
    """Named by table, column and row, with what was meant."""
    (problem,) = told(table(("&lt; 5", '"clerk"'), ("&lt; 9", '"clrek"'), ("-", '"supervisor"')))
    assert (problem.rule, problem.file, problem.element_id) == ("result_misspelt", "decisions/d.dmn", "judge")
    expected = {"table": "Levels", "heading": "Level", "row": 2, "value": "clrek", "near": "clerk"}
    assert problem.values.items() >= expected.items()


def test_one_result_may_be_the_rest_but_not_several() -> None:
    """The default flow takes what nothing asks for; two such results were meant to be told apart, unless they go on as they are."""
    assert told(table(("&lt; 5", '"clerk"'), ("-", '"supervisor"'))) == []
    rows = table(("&lt; 5", '"clerk"'), ("&lt; 9", '"marketing"'), ("-", '"supervisor"'))
    (problem,) = told(rows)
    assert (problem.rule, problem.values["value"]) == ("results_not_told_apart", "“marketing”, “supervisor”")
    assert told(rows, 'result = "clerk"', user("more", due="result")) == []
    assert told(rows, 'result in ("clerk", "marketing")') == []


def test_a_result_that_nothing_asks_for() -> None:
    """One rule gives what no gateway knows, and its cases go the default way like any other; the last rule, or several, may give the rest."""
    condition = 'result = "clerk" or result = "supervisor"'
    goes_on = user("more", due="result")
    first = table(("&lt; 2", '"boss"'), ("&lt; 5", '"clerk"'), ("&lt; 9", '"supervisor"'), ("-", '"clerk"'))
    (problem,) = told(first, condition, goes_on)
    assert (problem.rule, problem.values["row"], problem.values["value"]) == ("result_unasked", 1, "boss")
    assert (problem.values["known"], problem.warning) == ("“clerk”, “supervisor”", True)
    last = table(("&lt; 2", '"clerk"'), ("&lt; 9", '"supervisor"'), ("-", '"boss"'))
    several = table(("&lt; 2", '"boss"'), ("&lt; 3", '"boss"'), ("&lt; 5", '"clerk"'), ("-", '"supervisor"'))
    assert told(last, condition, goes_on) == told(several, condition, goes_on) == []


def test_a_result_that_only_one_rule_writes_so() -> None:
    """Where nothing asks for the column, the other rules say how it is written."""
    odd = [("&lt; 1", '"roaming"'), ("&lt; 2", '"roaming"'), ("&lt; 3", '"roamign"'), ("-", '"usage"')]
    (problem,) = told(table(*odd), "amount > 5", user("more", due="result"))
    assert (problem.rule, problem.values["row"], problem.values["near"]) == ("result_like_another", 3, "roaming")
    banks = [("&lt; 1", '"农业银行"'), ("&lt; 2", '"农业银行"'), ("-", '"商业银行"')]
    assert told(table(*banks), "amount > 5", user("more", due="result")) == []


def test_a_part_that_nothing_reads() -> None:
    """Texts may be for the record; a number was meant to be used, in a part or with the whole."""
    rows = table(
        ("&lt; 5", '"clerk"', "5", '"why"'), ("-", '"boss"', "6", '"so"'), outputs=("level", "limit", "reason")
    )
    (problem,) = told(rows, 'result.level = "clerk"')
    assert (problem.rule, problem.values["heading"], problem.values["variable"]) == (
        "result_never_read",
        "Limit",
        "result.limit",
    )
    assert told(rows, 'result.level = "clerk" and result.limit > 5') == []
    assert told(rows, 'result.level = "clerk"', user("more", approves="x", approvedAmount="result", notBy="*")) == []


def test_a_parameter_that_takes_certain_values_asks_for_them() -> None:
    """A result that one of them was meant to be is told as well."""
    rows = table(("&lt; 5", '"clerk"'), ("-", '"boss"'))
    assert told(rows, "result != null", service("more", "unknown/topic", way="result")) == []


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("clrek", "clerk"),
        ("Clerk", "clerk"),
        ("clerks", "clerk"),
        ("proved_credti", "proved_credit"),
        ("proved-credit", "proved_credit"),
        ("proved_cash", ""),
        ("level_2", ""),
        ("ineligible", ""),
        ("tow", "two"),
        ("no", ""),
        ("clerk", ""),
        ("批准人", ""),
    ],
)
def test_what_is_a_slip_of_the_pen(value: str, near: str) -> None:
    """One letter or two; opposites and numbered values are no slips."""
    assert outcomes.meant(value, ["clerk", "proved_credit", "level_1", "eligible", "yes", "nor", "two"]) == near
