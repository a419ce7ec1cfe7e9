"""Which refusals nobody catches, and which events wait for one that nobody makes: those that the handler of a service task declares, and the errors that a process or a sub-process ends in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import handlers
from engine.definitions.diagram import SERVED, Diagram, Element
from engine.errors import Problem


def check(key: str, diagrams: Mapping[str, Diagram]) -> list[Problem]:
    """The warnings about one diagram of a package, which holds those it calls."""
    drawn = diagrams[key]
    return [*_uncaught(drawn, diagrams), *_never_thrown(drawn, diagrams)]


def _uncaught(drawn: Diagram, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    for element in drawn.elements.values():
        if element.type in SERVED and element.topic in handlers.registered():
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


def _never_thrown(drawn: Diagram, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Events that wait for an error of a code that nothing at their activity can end in."""
    for event in drawn.elements.values():
        host = drawn.elements.get(event.attached_to)
        if event.trigger == "error" and host is not None:
            thrown = _thrown(host, drawn, diagrams)
            if thrown is not None and not (event.error_code in thrown if event.error_code else thrown):
                codes = ", ".join(sorted(thrown))
                yield _problem(event, "error_never_thrown", code=event.error_code or "", step=host.name, codes=codes)


def _thrown(host: Element, drawn: Diagram, diagrams: Mapping[str, Diagram]) -> set[str] | None:
    """The codes that may leave an activity, caught inside or not; None when that cannot be known."""
    if host.type in SERVED:
        return set(handlers.find(host.topic).errors) if host.topic in handlers.registered() else None
    if host.type == "callActivity":
        called = diagrams.get(host.called)
        return _inside(called.key, called, diagrams) if called is not None else None
    return _inside(host.id, drawn, diagrams) if host.type == "subProcess" else set()


def _inside(level: str, drawn: Diagram, diagrams: Mapping[str, Diagram]) -> set[str] | None:
    found: set[str] = set()
    for element in drawn.elements.values():
        if element.parent != level:
            continue
        if element.type == "endEvent" and element.trigger == "error":
            found.add(element.error_code or "")
        elif element.type in SERVED | {"subProcess", "callActivity"}:
            thrown = _thrown(element, drawn, diagrams)
            if thrown is None:
                return None
            found |= thrown
    return found


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
