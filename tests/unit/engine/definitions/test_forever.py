"""A refusal that can never be got past is found: from where it is caught no end is reached while everything that refuses goes on refusing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from marshmallow import Schema

import engine
import service_tasks
from engine import handlers
from engine.definitions import forever
from engine.definitions.diagram import parse
from engine.definitions.package import read
from engine.handlers import handler
from tests.drawing import boundary, end, flow, gateway, package, path, process, service, start, user

PROCESSES = Path(__file__).parents[4] / "processes"
REGISTERED = service_tasks
# Where whoever is refused can only enter something else, or end the case beside the diagram; each is to get a way of its own.
LEFT = {
    ("BATCH-001", "file_refused"),
    ("TS-001", "lines_refused"),
    ("TS-003", "exceeds_charged"),
    ("TS-003", "lines_refused"),
    ("TS-005", "lines_refused"),
    ("TS-006", "number_unknown"),
    ("TS-008", "correction_refused"),
    ("TS-008", "exceeds_late_fee"),
    ("TS-008", "relief_refused"),
}


class _Nothing(Schema):
    """No parameters and no result."""


@pytest.fixture(autouse=True, scope="module")
def refusing() -> Iterator[None]:
    """Two service tasks that may refuse, gone when these tests are over."""
    for topic in ("test/pay", "test/hold"):
        register = handler(topic, parameters=_Nothing, result=_Nothing, errors=("no",), title_zh="付", title_en="Pay")
        register(lambda parameters, call: parameters)
    yield
    for topic in ("test/pay", "test/hold"):
        del handlers._registry[topic]


def found(*nodes: str) -> list[str]:
    """The events at which the warning stands."""
    drawn = process("P", start(), user("ask"), service("pay", "test/pay"), boundary("b", "pay", error="no"), end(), *nodes, errors=("no",))  # fmt: skip
    warnings = engine.warnings(package("P", drawn))
    return [one.element_id for one in warnings if one.rule == "refused_for_ever"]


STRAIGHT = (path("begun", "ask", "pay", "finished"), flow("b", "ask"))


def test_a_refusal_that_leads_back_to_the_same_question_only() -> None:
    """Nobody can do anything but be refused again."""
    assert found(*STRAIGHT) == ["b"]


@pytest.mark.parametrize(("asked", "told"), [("amount", []), ("typed_before", ["b"])])
def test_a_gateway_is_a_way_out_where_it_asks_what_was_entered_on_the_way(asked: str, told: list[str]) -> None:
    """What stood before answers as it did before."""
    other = (gateway("way", default="flow_way_pay"), flow("way", "pay"), flow("way", "done", f'{asked} = "no"'))
    assert found(path("begun", "ask", "way"), flow("pay", "finished"), flow("b", "ask"), *other, end("done")) == told


def test_two_that_send_each_other_on_are_no_way_out() -> None:
    """A credit that is refused because a hold stands, and a hold that is refused because of the credit."""
    hold = (service("hold", "test/hold"), boundary("h", "hold", error="no"), flow("h", "ask"), flow("hold", "finished"))
    way = (gateway("way", default="flow_way_pay"), flow("way", "pay"), flow("way", "hold", 'amount = "no"'))
    assert found(path("begun", "ask", "way"), flow("pay", "finished"), flow("b", "ask"), *way, *hold) == ["b", "h"]


@pytest.mark.parametrize("key", sorted(one.stem for one in PROCESSES.glob("*.bpmn")))
def test_in_every_process_an_end_is_reached_whatever_refuses(key: str) -> None:
    """A case that can only be refused again is one that nobody can close."""
    content = read(PROCESSES, key)
    diagrams = {one: parse(content.bpmn(one)) for one in content.processes}
    told = {(key, one.element_id) for one in forever.check(content, diagrams)}
    assert told == {(process, event) for process, event in LEFT if process == key}
