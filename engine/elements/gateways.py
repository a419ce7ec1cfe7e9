"""Gateways: one that waits for the first of several events, and those that may stand still because no token comes any more."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.package import Package
from engine.diagrams.diagram import Diagram, Element
from engine.diagrams.graph import in_cycle
from engine.elements import message, timer
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import WAITS, Token
from engine.ground.errors import Problem
from engine.record.steps import WorkOutcome

MANY = 2
_EVENTS = {"timer": timer.wait, "message": message.wait}


def wait_for_any(run: Running, token: Token) -> None:
    """Wait for every event that is drawn after the gateway, each under a number of its own."""
    numbers: dict[str, str] = {}
    for event in run.position.events_after(token.task):
        number = run.next_number()
        numbers[str(number)] = event.id
        _EVENTS[event.trigger](run, token._replace(number=number, element=event))
    token.task.internal_data[WAITS] = numbers


def go_on(run: Running, token: Token, _outcome: WorkOutcome) -> None:
    """Let a gateway at which the case stands still go on, as a person wants it, with what has come."""
    run.add({"type": "token_released", "scope": token.scope.number, "token": token.number, "element": token.element.id})
    run.release(token)


def problems_of_choice(element: Element, diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that every flow but the default one says when it is taken."""
    leaving = diagram.outgoing(element.id)
    if len(leaving) < MANY:
        return
    if element.default not in {flow.id for flow in leaving}:
        yield problem(element, "no_default_flow")
    for flow in leaving:
        if flow.id != element.default and not flow.condition:
            yield Problem(
                flow.line, flow.id, "no_condition", {"name": flow.name, "gateway": element.name or element.id}
            )


def problems_of_join(element: Element, diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that what waits for several tokens is passed once."""
    if in_cycle(diagram, element.id):
        yield problem(element, "parallel_gateway_in_loop")


def problems_of_both(element: Element, diagram: Diagram, content: Package) -> Iterator[Problem]:
    """Check an inclusive gateway, which chooses and joins."""
    yield from problems_of_choice(element, diagram, content)
    yield from problems_of_join(element, diagram, content)


def problems_of_events(element: Element, diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that only what waits follows."""
    for flow in diagram.outgoing(element.id):
        target = diagram.elements.get(flow.target)
        if target is not None and not _can_be_raced(diagram, target):
            yield problem(element, "event_gateway_target", target=target.name or target.id)


def _can_be_raced(diagram: Diagram, target: Element) -> bool:
    """Tell whether an event gateway may wait for it: reached from nowhere else, with no boundary event of its own."""
    waits = target.type in ("intermediateCatchEvent", "receiveTask")
    return waits and len(diagram.incoming(target.id)) == 1 and not diagram.boundary_events(target.id)


EVENT_BASED = Kind(problems=problems_of_events, arrive=wait_for_any)
RELEASED = frozenset({"token_released"})
PARALLEL = Kind(problems=problems_of_join, settle=go_on, steps=RELEASED)
INCLUSIVE = Kind(problems=problems_of_both, settle=go_on, steps=RELEASED)
EXCLUSIVE = Kind(problems=problems_of_choice)
