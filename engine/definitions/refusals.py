"""Which refusals nobody catches: those that the handler of a service task declares, and the errors that a process or a sub-process ends in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import handlers
from engine.definitions.diagram import Diagram, Element
from engine.errors import Problem


def check(key: str, diagrams: Mapping[str, Diagram]) -> list[Problem]:
    """The warnings about one diagram of a package, which holds those it calls."""
    return list(_uncaught(diagrams[key], diagrams))


def _uncaught(drawn: Diagram, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    for element in drawn.elements.values():
        if element.type == "serviceTask" and element.topic in handlers.registered():
            left = _left(handlers.find(element.topic).errors, element, drawn)
            if left:
                yield _problem(element, "refusal_not_caught", codes=", ".join(left))
        elif element.type == "endEvent" and element.trigger == "error" and element.parent != drawn.key:
            if _left([element.error_code or ""], drawn.elements[element.parent], drawn):
                yield _problem(element, "error_not_caught", codes=element.error_code or "")
        elif element.type == "callActivity" and element.called in diagrams:
            left = _left(ends(diagrams[element.called]), element, drawn)
            if left:
                yield _problem(element, "called_error_not_caught", codes=", ".join(left), called=element.called)


def ends(drawn: Diagram) -> list[str]:
    """The codes of the errors in which a process may end."""
    found = (e for e in drawn.elements.values() if e.type == "endEvent" and e.trigger == "error")
    return list(dict.fromkeys(e.error_code or "" for e in found if e.parent == drawn.key))


def _left(codes: Iterator[str] | list[str] | tuple[str, ...], element: Element | None, drawn: Diagram) -> list[str]:
    """The codes that neither an element nor a sub-process around it catches."""
    left = list(codes)
    while element is not None and left:
        caught = [event.error_code for event in drawn.boundary_events(element.id) if event.trigger == "error"]
        left = [] if None in caught or "" in caught else [code for code in left if code not in caught]
        element = drawn.elements.get(element.parent)
    return left


def _problem(element: Element, rule: str, **values: str) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})
