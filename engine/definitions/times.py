"""Times that are written at the elements of a diagram: limits that can come, and not before they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.diagram import Diagram, Element
from engine.ground.errors import Problem
from engine.language import instants


def check(diagram: Diagram) -> Iterator[Problem]:
    """Yield problems of every limit; one that steps share is reckoned at one of them."""
    reckoned = {e.properties.get("dueGroup") for e in diagram.elements.values() if e.properties.get("due")}
    for element in diagram.elements.values():
        due, group = element.properties.get("due", ""), element.properties.get("dueGroup", "")
        if due:
            yield from of_instant(element, due)
        if group and group not in reckoned:
            yield _problem(element, "limit_never_reckoned", group=group)


def of_instant(element: Element, text: str) -> Iterator[Problem]:
    """Yield problems of what has to give an instant, or a duration from when it is asked."""
    if instants.UNQUOTED.fullmatch(text):
        yield _problem(element, "unquoted_duration", text=text.strip())
    elif instants.never(text):
        yield _problem(element, "never_an_instant", text=text)
    elif instants.over(text):
        yield _problem(element, "over_when_begun", text=text.strip())


def _problem(element: Element, rule: str, **values: object) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})
