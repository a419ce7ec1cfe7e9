"""Which messages are waited for and sent by nothing, and which are sent and waited for by nothing, among all the processes of an office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from engine.definitions.package import Package
from engine.diagrams.diagram import SERVED, THROWING, Diagram, Element, parse
from engine.ground.errors import EngineError, Problem

MOST_KEPT = 256
CARRIER = "message"  # the parameter by which a service task that brings a message names it


def check(content: Package, diagram: Diagram, in_force: Iterable[Package]) -> Iterator[Problem]:
    """Yield the warnings about the messages of one diagram; what those `in_force` send and wait for counts, and without any none is judged."""
    around = [_of(package.files.get(f"{package.key}.bpmn", "")) for package in in_force if package.key != content.key]
    if not around:
        return
    own = _of_diagram(diagram)
    thrown_names = own[0].union(*(messages[0] for messages in around))
    awaited = own[1].union(*(messages[1] for messages in around))
    for element in diagram.elements.values():
        if _waits(element) and element.message not in thrown_names:
            yield _problem(element, "message_never_sent")
        elif _throws(element) and element.message not in awaited:
            yield _problem(element, "message_never_awaited")


@lru_cache(maxsize=MOST_KEPT)
def _of(bpmn: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the messages that a diagram sends, and those it waits for; a diagram that cannot be read has neither."""
    try:
        return _of_diagram(parse(bpmn.encode()))
    except EngineError:
        return frozenset(), frozenset()


def _of_diagram(diagram: Diagram) -> tuple[frozenset[str], frozenset[str]]:
    elements = diagram.elements.values()
    thrown_names = {element.message for element in elements if _throws(element)} | {
        name for element in elements for name in _brought(element)
    }
    return frozenset(thrown_names), frozenset(element.message for element in elements if _waits(element))


def _waits(element: Element) -> bool:
    return element.type in ("intermediateCatchEvent", "boundaryEvent", "receiveTask") and bool(element.message)


def _throws(element: Element) -> bool:
    return element.type in THROWING and bool(element.message)


def _brought(element: Element) -> Iterator[str]:
    """Yield what a service task that brings a message is told to bring, where it is written as a text."""
    for parameter in element.parameters if element.type in SERVED else ():
        if parameter.name == CARRIER and parameter.says:
            yield parameter.says


def _problem(element: Element, rule: str) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, "message": element.message})
