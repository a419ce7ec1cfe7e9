"""What would be passed over in silence is refused before publication, in words that name the element and the setting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from engine import definitions, published
from engine.diagrams import settings
from tests.support.drawing import (
    boundary,
    catch,
    each,
    end,
    flow,
    gateway,
    package,
    path,
    process,
    start,
    user,
)
from tests.support.one_element import line, with_property

ONE_HOUR = 'duration("PT1H")'
RACE = process(
    *("P", start(), gateway("x", "eventBased"), catch("a", timer=ONE_HOUR), catch("b", timer=ONE_HOUR), end()),
    path("begun", "x", "a", "finished"),
    path("x", "b", "finished"),
)
CHOICE = process(
    *("P", start(), gateway("x", default="flow_x_finished"), user("y"), end()),
    path("begun", "x", "finished"),
    flow("x", "y", "amount > 1"),
    flow("y", "finished"),
)

BROKEN: list[tuple[str, str, str | definitions.Package]] = [
    ("setting_not_executed", "eventGatewayType", RACE.replace('name="x"', 'name="x" eventGatewayType="Parallel"')),
    ("setting_not_executed", "instantiate", RACE.replace('name="x"', 'name="x" instantiate="1"')),
    *[("setting_not_executed", name, line(user("x")).replace('name="x"', f'name="x" {name}="{value}"')) for name, value in (("startQuantity", "2"), ("completionQuantity", "0"), ("isForCompensation", "true"), ("isForCompensation", " 1 "))],
    ("setting_not_executed", "oneBehaviorEventRef", line(each(user("x"), "a").replace("isSequential", 'oneBehaviorEventRef="e" isSequential'))),
    ("setting_not_executed", "calledDecisionId", line(user("x")).replace('name="x"', 'name="x" spiffworkflow:calledDecisionId="d"')),
    *[("unknown_setting", name, line(user("x")).replace('name="x"', f'name="x" {name}="true"')) for name in ("skipExpression", "terminateAll", "assignee", "cancelactivity")],
    ("not_a_boolean", "cancelActivity", line(user("x"), boundary("late", "x", timer=ONE_HOUR).replace('"true"', '"yes"'), flow("late", "finished"))),
    ("not_a_boolean", "isSequential", line(each(user("x"), "a").replace('"false"', '"no"'))),
    ("part_given_twice", "conditionExpression", CHOICE.replace("</bpmn:conditionExpression>", "</bpmn:conditionExpression><bpmn:conditionExpression>true</bpmn:conditionExpression>")),
    ("part_given_twice", "timer", line(catch("x", timer=ONE_HOUR).replace("</bpmn:timeDuration>", '</bpmn:timeDuration><bpmn:timeDate>date("2026-12-01")</bpmn:timeDate>'))),
    ("part_given_twice", "group", line(with_property("group", "supervisor"))),
    ("event_by_reference", None, line(catch("x", timer=ONE_HOUR).replace("<bpmn:timerEvent", "<bpmn:eventDefinitionRef>e</bpmn:eventDefinitionRef><bpmn:timerEvent"))),
    ("resource_not_executed", "potentialOwner", line(user("x").replace("</bpmn:userTask>", "<bpmn:potentialOwner><bpmn:resourceAssignmentExpression/></bpmn:potentialOwner></bpmn:userTask>"))),
    ("other_expression_language", None, CHOICE.replace("<bpmn:conditionExpression", '<bpmn:conditionExpression language="http://www.w3.org/1999/XPath"')),
    ("other_expression_language", None, line(catch("x", timer=ONE_HOUR).replace("<bpmn:timeDuration", '<bpmn:timeDuration language="groovy"'))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "setting", "broken"), BROKEN)
def test_what_would_be_passed_over_is_refused(
    rule: str, setting: str | None, broken: str | definitions.Package
) -> None:
    """The problem names the element it stands at and the setting, and nothing else of the diagram is wrong."""
    problems = published.problems(broken if isinstance(broken, definitions.Package) else package("P", broken))
    assert {problem.rule for problem in problems} == {rule}
    assert all(problem.element_id and problem.line for problem in problems)
    assert setting is None or {problem.values["setting"] for problem in problems} == {setting}


def test_every_rule_is_tried() -> None:
    """A rule that is named there has a diagram above."""
    tree = ast.parse(Path(settings.__file__).read_text(encoding="utf-8"))
    rules = {
        argument.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_problem"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    tried = {rule for rule, _setting, _broken in BROKEN}
    assert rules - tried == set()


def test_what_changes_nothing_may_be_written() -> None:
    """Values that are the standard's own, and what an emptied field leaves behind, are no problem."""
    attributes = 'name="x" startQuantity="1" isForCompensation="0" implementation="##unspecified"'
    diagram = line(with_property("dueGroup", "")).replace('name="x"', attributes)
    assert published.problems(package("P", diagram)) == []
    owner = '<bpmn:performer id="who"/><bpmn:supports>s</bpmn:supports><bpmn:potentialOwner id="o"/>'
    owner += '<bpmn:supportedInterfaceRef>i</bpmn:supportedInterfaceRef><bpmn:ioBinding operationRef="o"/>'
    assert published.problems(package("P", diagram.replace("<bpmn:startEvent", f"{owner}<bpmn:startEvent", 1))) == []
