"""A property of ours that nothing would ask for is refused before publication, and the nearest one is named."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from engine import definitions, diagrams, published
from engine.checks import properties
from tests.support.drawing import (
    catch,
    each,
    end,
    package,
    path,
    service,
    start,
    sub_process,
    user,
)
from tests.support.one_element import calling, line, with_property

ONE_HOUR = 'duration("PT1H")'
KEY = (
    "<bpmn:extensionElements><spiffworkflow:properties>"
    '<spiffworkflow:property name="correlationKey" value="1"/></spiffworkflow:properties></bpmn:extensionElements>'
)
INNER = sub_process("x", start("in", due='duration("PT1H")'), end("out"), path("in", "out"))
BROKEN: list[tuple[str, str | definitions.Package]] = [
    ("unknown_property", line(with_property("deu", "accepted_at"))),
    ("unknown_property", line(with_property("assignee", "cleo"))),
    ("property_not_here", line(with_property("correlationKey", "1"))),
    ("property_not_here", line(with_property("inputCollection", "[1]"))),
    ("property_not_here", line(with_property("out.amount", "amount"))),
    ("property_not_here", line(INNER)),
    ("property_without_meaning", line(user("x", customerWaits="yes"))),
    ("property_without_meaning", line(user("x", caseLimit="true"))),
    *[("unusable_variable", calling(**{f"out_{name}": "amount"})) for name in ("bill.amount", "true", "r-x", "", "1st", "a b")],
    *[("unusable_variable", calling(**{f"in_{name}": "amount"})) for name in ("bill.amount", "null", "")],
    ("unusable_variable", line(each(user("x"), "a", inputElement="if"))),
    ("property_not_here", line(catch("x", timer=ONE_HOUR).replace("<bpmn:timerEvent", f"{KEY}<bpmn:timerEvent"))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "broken"), BROKEN)
def test_what_nothing_asks_for_is_refused(rule: str, broken: str | definitions.Package) -> None:
    """The problem names the element it stands at, and nothing else of the diagram is wrong."""
    problems = published.problems(broken if isinstance(broken, definitions.Package) else package("P", broken))
    assert {problem.rule for problem in problems} == {rule}
    assert all(problem.element_id and problem.line for problem in problems)


@pytest.mark.parametrize("name", ["a.b", "true", "r-x", "", "and"])
def test_a_result_is_kept_where_it_can_be_read(name: str) -> None:
    """A service task whose result nobody could read afterwards is refused, as a decision is."""
    problems = properties.check(_drawn(name))
    assert [problem.rule for problem in problems] == (["unusable_variable"] if name else [])


def _drawn(name: str) -> diagrams.Diagram:
    return diagrams.parse(line(service("x", "test/any", result=name)).encode())


def test_every_rule_is_tried() -> None:
    """A rule that is named there has a diagram above."""
    tree = ast.parse(Path(properties.__file__).read_text(encoding="utf-8"))
    rules = {
        argument.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_problem"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    tried = {rule for rule, _broken in BROKEN}
    assert rules - tried == set()


def test_a_name_that_is_nearly_right_is_told() -> None:
    """The owner reads what was meant."""
    (problem,) = published.problems(package("P", line(with_property("deuGroup", "g"))))
    assert (problem.element_id, problem.values["near"]) == ("x", "dueGroup")
