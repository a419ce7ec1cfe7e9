"""What can be executed and can hardly be meant is told as a warning: nobody catches a refusal, no department has a step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marshmallow import Schema

import engine
from engine import handlers
from engine.handlers import handler
from office import reference
from tests.drawing import (
    boundary,
    call,
    end,
    error_end,
    flow,
    node,
    package,
    path,
    process,
    service,
    start,
    sub_process,
    user,
)

OFFICE = [name for code, zh, _en in reference.DEPARTMENTS for name in (code, zh)]


class _Nothing(Schema):
    """No parameters and no result."""


@pytest.fixture(autouse=True, scope="module")
def refusing() -> Iterator[None]:
    """A service task that may refuse, gone when these tests are over."""
    register = handler(
        "test/refuse", parameters=_Nothing, result=_Nothing, errors=("no", "never"), title_zh="拒", title_en="Refuse"
    )
    register(lambda parameters, call: parameters)
    yield
    del handlers._registry["test/refuse"]


def told(content: engine.Package) -> list[tuple[str, str, str]]:
    """Rule, element and codes of the warnings, which keep nothing from being published."""
    assert engine.lint(content) == []
    found = engine.warnings(content)
    assert all(one.warning and one.file for one in found)
    return [(one.rule, one.element_id, one.values.get("codes", "")) for one in found]


def refused(*events: str, more: str = "") -> engine.Package:
    drawn = process(
        *("P", start(), service("x", "test/refuse"), *events, end(), path("begun", "x", "finished"), more),
        errors=("no", "never"),
    )
    return package("P", drawn)


def test_a_refusal_that_nobody_catches() -> None:
    """Each code that no event names is told; one event without a code catches all."""
    assert told(refused()) == [("refusal_not_caught", "x", "no, never")]
    one = boundary("b", "x", error="no")
    assert told(refused(one, more=flow("b", "finished"))) == [("refusal_not_caught", "x", "never")]
    every = one.replace(' errorRef="error_no"', "")
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
    found = told(package("P", process("P", *parts, errors=("no", "never", "other"))))
    assert [one for one in found if one[0] == "error_never_thrown"] == told_at


def test_a_refusal_that_is_caught_around() -> None:
    """An event at the sub-process around it is enough."""
    inside = sub_process("sub", start("in"), service("x", "test/refuse"), end("out"), path("in", "x", "out"))
    event = boundary("b", "sub", error="no").replace(' errorRef="error_no"', "")
    drawn = process(
        "P", start(), inside, event, end(), path("begun", "sub", "finished"), flow("b", "finished"), errors=("no",)
    )
    assert told(package("P", drawn)) == []


@pytest.mark.parametrize("caught", [True, False])
def test_an_error_that_a_called_process_ends_in(caught: bool) -> None:
    """It is told where it is called."""
    inner = process("C", start(), user("in"), error_end("wrong", "no"), path("begun", "in", "wrong"), errors=("no",))
    event = (boundary("b", "c", error="no"), flow("b", "finished")) if caught else ()
    drawn = process("P", start(), call("c", "C"), *event, end(), path("begun", "c", "finished"), errors=("no",))
    content = package("P", drawn, C_bpmn=inner)
    assert told(content) == ([] if caught else [("called_error_not_caught", "c", "no")])


@pytest.mark.parametrize(
    ("lane", "near"),
    [("专业厅", None), ("service_hall", None), ("主管室", "主管"), ("Nobody", ""), ("专业厅 ", "专业厅")],
)
def test_a_lane_that_is_no_department(lane: str, near: str | None) -> None:
    """Nobody would find the step on a list; where the office's departments are not known, nothing is said."""
    lanes = f'<bpmn:laneSet id="l"><bpmn:lane id="one" name="{lane}"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    content = package("P", process("P", lanes, start(), user("x", group=""), end(), path("begun", "x", "finished")))
    found = engine.warnings(content, departments=OFFICE)
    assert [(one.rule, one.element_id, one.values["near"]) for one in found] == (
        [] if near is None else [("unknown_department", "x", near)]
    )
    assert engine.warnings(content) == []


def test_a_diagram_with_problems_is_not_explored() -> None:
    """First things first."""
    content = package("P", process("P", start(), node("task", "x"), end(), path("begun", "x", "finished")))
    assert engine.warnings(content) == []
