"""The kinds of BPMN elements, each in a module of its own; which is meant by what a diagram says stands in this one table."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.package import Package
from engine.diagrams.diagram import Diagram, Element
from engine.elements import (
    call_activity,
    decision,
    end,
    error,
    gateways,
    message,
    multi_instance,
    service_task,
    sub_process,
    timer,
    user_task,
)
from engine.elements.kind import Kind
from engine.elements.token import ITEM, Token
from engine.ground.errors import Corrupt, Problem
from engine.record.scopes import Scope

# By BPMN type and, where it decides, by what triggers the event.
KINDS: dict[tuple[str, str], Kind] = {
    ("userTask", ""): user_task.KIND,
    ("serviceTask", ""): service_task.KIND,
    ("intermediateThrowEvent", "message"): service_task.THROWN,
    ("sendTask", "message"): service_task.THROWN,
    ("businessRuleTask", ""): decision.KIND,
    ("callActivity", ""): call_activity.KIND,
    ("subProcess", ""): sub_process.KIND,
    ("receiveTask", "message"): message.KIND,
    ("startEvent", ""): end.START,
    ("startEvent", "timer"): timer.START,
    ("intermediateCatchEvent", "timer"): timer.KIND,
    ("intermediateCatchEvent", "message"): message.KIND,
    ("boundaryEvent", "timer"): timer.KIND,
    ("boundaryEvent", "message"): message.KIND,
    ("boundaryEvent", "error"): error.CAUGHT,
    ("endEvent", ""): end.END,
    ("endEvent", "terminate"): end.END,
    ("endEvent", "error"): error.THROWN,
    ("exclusiveGateway", ""): gateways.EXCLUSIVE,
    ("parallelGateway", ""): gateways.PARALLEL,
    ("inclusiveGateway", ""): gateways.INCLUSIVE,
    ("eventBasedGateway", ""): gateways.EVENT_BASED,
}


def kind_of(token: Token) -> Kind:
    """Return the kind of what a token stands at: a multi-instance activity, or what it is done with each item."""
    return multi_instance.KIND if is_repeated(token) else drawn_kind(token.element)


def opener(scope: Scope, element: Element) -> Kind:
    """Return the kind that opened a scope at an element: a multi-instance activity one for an item, else what is drawn one for a call."""
    return multi_instance.KIND if scope.index else drawn_kind(element)


def is_repeated(token: Token) -> bool:
    """Tell whether a token stands at a multi-instance activity, not in one of its items."""
    return token.element.multi_instance is not None and ITEM not in token.task.internal_data


def drawn_kind(element: Element) -> Kind:
    """Return the kind of an element, or of each of its items. Errors: Corrupt for what is not executed."""
    kind = KINDS.get((element.type, element.trigger))
    if kind is None:
        raise Corrupt(element=element.id, type=element.type)
    return kind


def triggers(type: str) -> frozenset[str]:
    """Return by what elements of a BPMN type may be triggered; none for a type that is not executed."""
    return frozenset(trigger for of_type, trigger in KINDS if of_type == type)


def problems(element: Element, diagram: Diagram, content: Package) -> Iterator[Problem]:
    """Yield what the module of an element finds wrong with it, and that of multi-instance activities with its list."""
    if element.multi_instance is not None:
        yield from multi_instance.problems(element, diagram, content)
    kind = KINDS.get((element.type, element.trigger))
    if kind is not None:
        yield from kind.problems(element, diagram, content)
