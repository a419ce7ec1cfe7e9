"""A refusal that can never be got past is found: from where it is caught no end is reached while everything that refuses goes on refusing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema

import engine
import engine.runtime
from engine import checks
from engine.definitions import endless_refusals
from engine.definitions.package import read_package
from engine.diagrams.diagram import parse
from engine.runtime import Call, handler
from tests.support.drawing import boundary, end, flow, gateway, package, path, process, service, start, user

PROCESSES = Path(__file__).parents[4] / "processes"


class _Nothing(Schema):
    """No parameters and no result."""


@handler("test/pay", parameters=_Nothing, result=_Nothing, errors=("no",), title_zh="付", title_en="Pay")
def _pay(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return parameters


@handler("test/hold", parameters=_Nothing, result=_Nothing, errors=("no",), title_zh="停", title_en="Hold")
def _hold(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return parameters


@pytest.fixture(autouse=True)
def refusing(runtime: engine.runtime.Runtime) -> None:
    """Two service tasks that may refuse."""
    runtime.serve(_pay, _hold)


def found(*nodes: str) -> list[str]:
    """The events at which the warning stands."""
    diagram = process("P", start(), user("ask"), service("pay", "test/pay"), boundary("b", "pay", error="no"), end(), *nodes, errors=("no",))  # fmt: skip
    warnings = checks.warnings_of(package("P", diagram))
    return [warning.element_id for warning in warnings if warning.rule == "refused_for_ever"]


STRAIGHT = (path("begun", "ask", "pay", "finished"), flow("b", "ask"))


def test_a_refusal_that_leads_back_to_the_same_question_only() -> None:
    """Nobody can do anything but be refused again."""
    assert found(*STRAIGHT) == ["b"]


@pytest.mark.parametrize(("variable", "events"), [("amount", []), ("typed_before", ["b"])])
def test_a_gateway_is_a_way_out_where_it_asks_what_was_entered_on_the_way(variable: str, events: list[str]) -> None:
    """What stood before answers as it did before."""
    way = (gateway("way", default="flow_way_pay"), flow("way", "pay"), flow("way", "done", f'{variable} = "no"'))
    assert found(path("begun", "ask", "way"), flow("pay", "finished"), flow("b", "ask"), *way, end("done")) == events


def test_two_that_send_each_other_on_are_no_way_out() -> None:
    """A credit that is refused because a hold stands, and a hold that is refused because of the credit."""
    hold = (service("hold", "test/hold"), boundary("h", "hold", error="no"), flow("h", "ask"), flow("hold", "finished"))
    way = (gateway("way", default="flow_way_pay"), flow("way", "pay"), flow("way", "hold", 'amount = "no"'))
    assert found(path("begun", "ask", "way"), flow("pay", "finished"), flow("b", "ask"), *way, *hold) == ["b", "h"]


@pytest.mark.parametrize("key", sorted(file.stem for file in PROCESSES.glob("*.bpmn")))
def test_in_every_process_an_end_is_reached_whatever_refuses(key: str) -> None:
    """A case that can only be refused again is one that nobody can close."""
    content = read_package(PROCESSES, key)
    diagrams = {process_key: parse(content.bpmn(process_key)) for process_key in content.processes}
    assert [problem.element_id for problem in endless_refusals.check(content, diagrams)] == []
