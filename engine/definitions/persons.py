"""Who may do a step: it is named whose completer may not, and whoever that is can have been there before. Approving what one asked for oneself is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definitions import settings
from engine.definitions.diagram import Diagram, Element
from engine.definitions.graph import reached_from
from engine.errors import Problem

EVERYBODY = "*"  # in `notBy`: whoever began the case, or did a step of it that approves nothing


def check(element: Element, diagram: Diagram, drawn: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Problems of one step; `drawn` are the processes of its package by key."""
    alone = list(_approval(element))
    yield from alone or _not_by(element, diagram, drawn)


def _not_by(element: Element, diagram: Diagram, drawn: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Whose completer may not do a step is a user task of the package that can come before it, or everybody who prepared it."""
    known = {e.id for one in drawn.values() for e in one.elements.values() if e.type == "userTask"}
    for named in sorted(_named(element) - {EVERYBODY}):
        if named not in known:
            yield _problem(element, "unknown_not_by", step=named)
        elif named in diagram.elements and _comes_after(diagram, named, element.id):
            yield _problem(element, "not_by_later", step=diagram.elements[named].name or named)


def _comes_after(diagram: Diagram, later: str, earlier: str) -> bool:
    """Whether one step comes after the other and never before it; a step of a branch beside it may be either."""
    follows = later == earlier or later in reached_from(diagram, earlier)
    return follows and earlier not in reached_from(diagram, later)


def _approval(element: Element) -> Iterator[Problem]:
    """What one person asks for another approves; and what is approved is said at a step that approves."""
    told = element.properties
    if told.get("approves") and not _named(element) - {element.id}:
        yield _problem(element, "approval_of_ones_own")
    elif not told.get("approves") and any(told.get(name) for name in settings.APPROVED):
        yield _problem(element, "approves_nothing", property=next(n for n in settings.APPROVED if told.get(n)))


def _named(element: Element) -> set[str]:
    return {one.strip() for one in element.properties.get("notBy", "").split(",")} - {""}


def _problem(element: Element, rule: str, **values: object) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})
