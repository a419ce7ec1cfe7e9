"""Every property that holds an expression is judged: a name that nothing sets is told, whatever attribute it stands in."""

from __future__ import annotations

import pytest

from engine.checks import properties
from engine.checks.lint import check
from engine.definitions import names
from engine.diagrams import settings
from tests.support.drawing import decide, each, end, package, path, process, start, user

PLAIN = {
    *(
        "form",
        "group",
        "dueGroup",
        "awaitsCustomer",
        "customerWaits",
        "caseLimit",
        "notBy",
        "tries",
        "paper",
        "approves",
        "manualRef",
    ),
    *("resultVariable", "refuses", "inputElement", "outputCollection"),
}
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d" name="D"><decisionTable>
<input><inputExpression><text>amount</text></inputExpression></input><output name="o"/>
<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"a"</text></outputEntry></rule></decisionTable></decision></definitions>"""


def test_every_property_is_an_expression_or_is_none() -> None:
    """A new one is put where it belongs, or this fails."""
    assert properties.every() == {*settings.EXPRESSIONS, *settings.NAMES, *PLAIN}
    assert not {*settings.EXPRESSIONS, *settings.NAMES} & PLAIN


def drawn(name: str, text: str) -> str:
    """A process in which one property says something."""
    step = user("x")
    if name in ("inputCollection", "outputElement"):
        step = each(user("x"), **{"collection": "[1]", "outputCollection": "all"} | _listed(name, text))
    elif name in ("refusesWhen", "about"):
        step = decide("x", "d", "result").replace(
            "<spiffworkflow:properties>", f"<spiffworkflow:properties>{_told(name, text)}"
        )
    elif name == "correlationKey":
        step = f'<bpmn:receiveTask id="x" name="x" messageRef="message_m"><bpmn:extensionElements><spiffworkflow:properties>{_told(name, text)}</spiffworkflow:properties></bpmn:extensionElements></bpmn:receiveTask>'
    else:
        step = user("x", **{name: text})
    return process("P", start(), user("first"), step, end(), path("begun", "first", "x", "finished"), messages=("m",))


def _listed(name: str, text: str) -> dict[str, str]:
    return {"collection": text} if name == "inputCollection" else {name: text}


def _told(name: str, text: str) -> str:
    return f'<spiffworkflow:property name="{name}" value="{text}"/>'


@pytest.mark.parametrize("name", [*settings.EXPRESSIONS, *settings.NAMES])
def test_a_name_that_nothing_sets(name: str) -> None:
    """The nearest is named where there is one."""
    problems = names.check(package("P", drawn(name, "amuont"), {"decisions/d.dmn": TABLE}))
    assert [
        (problem.element_id, problem.rule)
        for problem in problems
        if "variable" in problem.values and problem.values["variable"] == "amuont"
    ] == [("x", "unknown_name_near")]


@pytest.mark.parametrize("name", settings.EXPRESSIONS)
def test_an_expression_that_cannot_be_read(name: str) -> None:
    """It is a problem at the element."""
    problems = check(package("P", drawn(name, "amount +"), {"decisions/d.dmn": TABLE}))
    assert ("x", "feel_syntax") in [(problem.element_id, problem.rule) for problem in problems]


def test_what_a_refusal_is_about_is_a_list_of_names() -> None:
    """Two fields with a comma between are no expression, and nothing is wrong with them."""
    content = package("P", drawn("about", "amount, note"), {"decisions/d.dmn": TABLE})
    assert [
        problem for problem in (*check(content), *names.check(content)) if problem.values.get("place") == "about"
    ] == []


def test_what_a_decision_refuses_by_is_its_own_result() -> None:
    """It is there once the decision has been made."""
    content = package("P", drawn("refusesWhen", "result = null"), {"decisions/d.dmn": TABLE})
    assert [problem.rule for problem in names.check(content) if problem.element_id == "x"] == []


@pytest.mark.parametrize("name", ["triesWhen", "caseLimitWhen", "approvedWhen"])
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("true = false", "literals_compared"),
        ("note = note", "compared_with_itself"),
        ("false", "never_holds"),
        ("amount", "no_condition_type"),
    ],
)
def test_a_condition_that_asks_nothing(name: str, text: str, rule: str) -> None:
    """It would be so in every case."""
    problems = names.check(package("P", drawn(name, text)))
    assert [problem.rule for problem in problems if problem.values.get("place") == name] == [rule]
