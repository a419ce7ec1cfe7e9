"""Which refusals nobody catches, and which events wait for one that nobody makes: those that the handler of a service task declares, and the errors that a process or a sub-process ends in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.diagrams.diagram import SERVED, Diagram, Element
from engine.ground.errors import Problem
from engine.runtime import handlers


def check(key: str, diagrams: Mapping[str, Diagram]) -> list[Problem]:
    """Return the warnings about one diagram of a package, which holds those it calls."""
    diagram = diagrams[key]
    return [*_uncaught(diagram, diagrams), *_never_thrown(diagram, diagrams)]


def _uncaught(diagram: Diagram, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    for element in diagram.elements.values():
        if element.type in SERVED and element.topic in handlers.handlers_by_topic():
            uncaught = _left(handlers.find(element.topic).errors, element, diagram)
            if uncaught:
                yield _problem(element, "refusal_not_caught", codes=", ".join(uncaught))
        elif element.type == "endEvent" and element.trigger == "error" and element.parent != diagram.key:
            if _left([element.error_code or ""], diagram.elements[element.parent], diagram):
                yield _problem(element, "error_not_caught", codes=element.error_code or "")
        elif element.type == "callActivity" and element.called in diagrams:
            uncaught = _left(ends(diagrams[element.called]), element, diagram)
            if uncaught:
                yield _problem(element, "called_error_not_caught", codes=", ".join(uncaught), called=element.called)


def _never_thrown(diagram: Diagram, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Yield events that wait for an error of a code that nothing at their activity can end in."""
    for event in diagram.elements.values():
        host = diagram.elements.get(event.attached_to)
        if event.trigger == "error" and host is not None:
            codes_thrown = _thrown(host, diagram, diagrams)
            if codes_thrown is not None and not (
                event.error_code in codes_thrown if event.error_code else codes_thrown
            ):
                codes = ", ".join(sorted(codes_thrown))
                yield _problem(event, "error_never_thrown", code=event.error_code or "", step=host.name, codes=codes)


def _thrown(host: Element, diagram: Diagram, diagrams: Mapping[str, Diagram]) -> set[str] | None:
    """Return the codes that may leave an activity, caught inside or not; None when that cannot be known."""
    if host.type in SERVED:
        return set(handlers.find(host.topic).errors) if host.topic in handlers.handlers_by_topic() else None
    if host.type == "callActivity":
        callee = diagrams.get(host.called)
        return _inside(callee.key, callee, diagrams) if callee is not None else None
    return _inside(host.id, diagram, diagrams) if host.type == "subProcess" else set()


def _inside(level: str, diagram: Diagram, diagrams: Mapping[str, Diagram]) -> set[str] | None:
    codes: set[str] = set()
    for element in diagram.elements.values():
        if element.parent != level:
            continue
        if element.type == "endEvent" and element.trigger == "error":
            codes.add(element.error_code or "")
        elif element.type in SERVED | {"subProcess", "callActivity"}:
            codes_thrown = _thrown(element, diagram, diagrams)
            if codes_thrown is None:
                return None
            codes |= codes_thrown
    return codes


def ends(diagram: Diagram) -> list[str]:
    """Return the codes of the errors in which a process may end."""
    error_ends = (e for e in diagram.elements.values() if e.type == "endEvent" and e.trigger == "error")
    return list(dict.fromkeys(e.error_code or "" for e in error_ends if e.parent == diagram.key))


def _left(codes: Iterator[str] | list[str] | tuple[str, ...], element: Element | None, diagram: Diagram) -> list[str]:
    """Return the codes that neither an element nor a sub-process around it catches."""
    remaining = list(codes)
    while element is not None and remaining:
        caught_codes = [event.error_code for event in diagram.boundary_events(element.id) if event.trigger == "error"]
        remaining = (
            []
            if None in caught_codes or "" in caught_codes
            else [code for code in remaining if code not in caught_codes]
        )
        element = diagram.elements.get(element.parent)
    return remaining


def _problem(element: Element, rule: str, **values: str) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})
