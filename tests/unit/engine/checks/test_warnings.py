"""What can be executed and can hardly be meant is told as a warning: nobody catches a refusal, no department has a step."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

import engine
import engine.runtime
from engine import checks, definitions, published
from engine.runtime import Call, handler
from office import departments_and_duties
from tests.support.drawing import (
    boundary,
    call,
    catch,
    end,
    error_end,
    flow,
    gateway,
    node,
    package,
    path,
    process,
    service,
    start,
    sub_process,
    user,
)

OFFICE = [name for code, zh, _en in departments_and_duties.DEPARTMENTS for name in (code, zh)]


class _Nothing(Schema):
    """No parameters and no result."""


class _Message(Schema):
    """The message that is to be brought."""

    message = fields.String()


@handler("test/refuse", parameters=_Nothing, result=_Nothing, errors=("no", "never"), title_zh="拒", title_en="Refuse")
def _refuse(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return parameters


@handler("test/bring", parameters=_Message, result=_Nothing, title_zh="送", title_en="Bring")
def _bring(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return {}


@pytest.fixture(autouse=True)
def refusing(runtime: engine.runtime.Runtime) -> None:
    """A service task that may refuse, and one that brings a message."""
    runtime.serve(_refuse, _bring)


def told(content: definitions.Package) -> list[tuple[str, str, str]]:
    """Rule, element and codes of the warnings, which keep nothing from being published."""
    assert published.problems(content) == []
    problems = checks.warnings_of(content)
    assert all(problem.warning and problem.file for problem in problems)
    return [(problem.rule, problem.element_id, problem.values.get("codes", "")) for problem in problems]


def refused(*events: str, more: str = "") -> definitions.Package:
    diagram = process(
        *("P", start(), service("x", "test/refuse"), *events, end(), path("begun", "x", "finished"), more),
        errors=("no", "never"),
    )
    return package("P", diagram)


def test_a_refusal_that_nobody_catches() -> None:
    """Each code that no event names is told; one event without a code catches all."""
    assert told(refused()) == [("refusal_not_caught", "x", "no, never")]
    catcher = boundary("b", "x", error="no")
    assert told(refused(catcher, more=flow("b", "finished"))) == [("refusal_not_caught", "x", "never")]
    every = catcher.replace(' errorRef="error_no"', "")
    assert told(refused(every, more=flow("b", "finished"))) == []


@pytest.mark.parametrize(
    ("host", "event", "told_at"),
    [
        (service("x", "test/refuse"), "other", [("error_never_thrown", "b", "never, no")]),
        (service("x", "test/refuse"), "no", []),
        (user("x"), "no", [("error_never_thrown", "b", "")]),
        (sub_process("x", start("in"), service("y", "test/refuse"), end("out"), path("in", "y", "out")), "other", [("error_never_thrown", "b", "never, no")]),
        (sub_process("x", start("in"), error_end("out", "other"), path("in", "out")), "other", []),
    ],
)  # fmt: skip
def test_a_refusal_that_nobody_makes(host: str, event: str, told_at: list[tuple[str, str, str]]) -> None:
    """An event that can never happen, for a misspelt code or at a step that refuses nothing."""
    parts = (
        start(),
        host,
        boundary("b", "x", error=event),
        end(),
        path("begun", "x", "finished"),
        flow("b", "finished"),
    )
    problems = told(package("P", process("P", *parts, errors=("no", "never", "other"))))
    assert [problem for problem in problems if problem[0] == "error_never_thrown"] == told_at


def test_a_refusal_that_is_caught_around() -> None:
    """An event at the sub-process around it is enough."""
    inside = sub_process("sub", start("in"), service("x", "test/refuse"), end("out"), path("in", "x", "out"))
    event = boundary("b", "sub", error="no").replace(' errorRef="error_no"', "")
    diagram = process(
        "P", start(), inside, event, end(), path("begun", "sub", "finished"), flow("b", "finished"), errors=("no",)
    )
    assert told(package("P", diagram)) == []


@pytest.mark.parametrize("is_caught", [True, False])
def test_an_error_that_a_called_process_ends_in(is_caught: bool) -> None:
    """It is told where it is called."""
    inner = process("C", start(), user("in"), error_end("wrong", "no"), path("begun", "in", "wrong"), errors=("no",))
    event = (boundary("b", "c", error="no"), flow("b", "finished")) if is_caught else ()
    diagram = process("P", start(), call("c", "C"), *event, end(), path("begun", "c", "finished"), errors=("no",))
    content = package("P", diagram, C_bpmn=inner)
    assert told(content) == ([] if is_caught else [("called_error_not_caught", "c", "no")])


@pytest.mark.parametrize(
    ("lane", "near"),
    [("专业厅", None), ("service_hall", None), ("主管室", "主管"), ("Nobody", ""), ("专业厅 ", "专业厅")],
)
def test_a_lane_that_is_no_department(lane: str, near: str | None) -> None:
    """Nobody would find the step on a list, which keeps it from being published; where the office's departments are not known, nothing is said."""
    lanes = f'<bpmn:laneSet id="l"><bpmn:lane id="one" name="{lane}"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    content = package("P", process("P", lanes, start(), user("x", group=""), end(), path("begun", "x", "finished")))
    problems = checks.warnings_of(content, departments=OFFICE)
    assert [(problem.rule, problem.element_id, problem.values["near"]) for problem in problems] == (
        [] if near is None else [("unknown_department", "x", near)]
    )
    assert not any(problem.warning for problem in problems)
    assert checks.warnings_of(content) == []


def test_a_diagram_with_problems_is_not_explored() -> None:
    """First things first; that it was not is said."""
    content = package("P", process("P", start(), node("task", "x"), end(), path("begun", "x", "finished")))
    assert {problem.rule for problem in checks.warnings_of(content)} == {"names_not_judged", "ways_not_judged"}


def sending(key: str, message: str) -> definitions.Package:
    """A process that throws a message."""
    definition = f'<bpmn:messageEventDefinition messageRef="message_{message}"/>'
    operator = '<spiffworkflow:serviceTaskOperator id="test/bring" resultVariable="x"/>'
    throwing = node("intermediateThrowEvent", "send", extensions=operator, body=definition)
    return package(key, process(key, start(), throwing, end(), path("begun", "send", "finished"), messages=(message,)))


def waiting(key: str, message: str) -> definitions.Package:
    """A process that waits for a message."""
    awaited = catch("await", message=message, key='"1"')
    return package(key, process(key, start(), awaited, end(), path("begun", "await", "finished"), messages=(message,)))


def told_beside(content: definitions.Package, *in_force: definitions.Package) -> list[tuple[str, str]]:
    """The messages that are told, with the event."""
    problems = [problem for problem in checks.warnings_of(content, in_force) if problem.rule.startswith("message_")]
    assert all(problem.warning and problem.line for problem in problems)
    return [(problem.rule, problem.element_id) for problem in problems]


def test_a_message_that_no_process_sends_or_waits_for() -> None:
    """Whoever waits for it waits for ever; whoever sends it wakes nobody. Of a process alone nothing is known."""
    assert told_beside(waiting("W", "done"), sending("S", "done"), waiting("W", "done")) == []
    assert told_beside(sending("S", "done"), waiting("W", "done")) == []
    assert told_beside(waiting("W", "done"), sending("S", "dome")) == [("message_never_sent", "await")]
    assert told_beside(sending("S", "dome"), waiting("W", "done")) == [("message_never_awaited", "send")]
    assert told_beside(waiting("W", "done")) == []


def test_a_service_task_that_is_told_which_message_to_bring() -> None:
    """A batch of an older version releases its cases by a service task."""
    brings = process("S", start(), service("x", "test/bring", message='"done"'), end(), path("begun", "x", "finished"))
    assert told_beside(waiting("W", "done"), package("S", brings)) == []


CONTRADICTORY = """{"id": "narrow", "components": [
  {"key": "amount", "type": "number", "label": "金额", "labelEn": "Amount", "validate": {"min": 9, "max": 1}}]}"""


def test_what_is_wrong_with_a_form_is_told_once() -> None:
    """However many steps use it; what is wrong at each step is told at each."""
    steps = (user("x", form="narrow"), user("y", form="narrow"), user("a", form="gone"), user("b", form="gone"))
    diagram = process("P", start(), *steps, end(), path("begun", "x", "y", "a", "b", "finished"))
    problems = published.problems(package("P", diagram, {"forms/narrow.form": CONTRADICTORY}))
    assert [problem.element_id for problem in problems if problem.file == "forms/narrow.form"] == ["x"]
    assert [problem.element_id for problem in problems if problem.rule == "unknown_form"] == ["a", "b"]


def test_a_misspelt_name_is_told_beside_what_is_wrong_with_the_drawing() -> None:
    """Also where a form that cannot be read may set anything; what cannot be judged yet is said."""
    entered = """{"id": "entered", "components": [{"key": "disputed_amount", "type": "number", "label": "金额", "labelEn": "Amount"}]}"""
    choice = gateway("choice", default="to_other")
    parts = (start(), user("x", form="entered"), user("lost", form="gone"), choice, end(), end("other"))
    parts = (*parts, path("begun", "x", "lost", "choice"), flow("choice", "finished", "disputed_amonut > 5"))
    parts = (*parts, flow("choice", "other", id="to_other"), user("apart"))
    findings = checks.warnings_of(package("P", process("P", *parts), {"forms/entered.form": entered}))
    rules = {finding.rule: finding for finding in findings}
    assert rules["unknown_name_near"].values["near"] == "disputed_amount"
    assert (rules["names_not_judged"].element_id, "ways_not_judged" in rules) == ("lost", True)
    strange = [part.replace("disputed_amonut", "weather") for part in parts]
    findings = checks.warnings_of(package("P", process("P", *strange), {"forms/entered.form": entered}))
    assert not [finding for finding in findings if finding.rule.startswith("unknown_name")]
