"""Who may do a step: it is named whose completer may not, and whoever that is can have been there before. Approving what one asked for oneself is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.diagrams import settings
from engine.diagrams.diagram import Diagram, Element
from engine.diagrams.graph import followed_by
from engine.ground.errors import Problem

EVERYBODY = "*"  # in `notBy`: whoever began the case, or did a step of it that approves nothing


def check(element: Element, diagram: Diagram, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Yield problems of one step; `diagrams` are the processes of its package by key."""
    alone = list(_approval(element))
    yield from alone or _not_by(element, diagram, diagrams)


def _not_by(element: Element, diagram: Diagram, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Check that the step whose completer may not do this one is a user task of the package that can come before it, or that it is everybody who prepared it."""
    user_tasks = {
        e.id for other_diagram in diagrams.values() for e in other_diagram.elements.values() if e.type == "userTask"
    }
    for step in sorted(_named(element) - {EVERYBODY}):
        if step not in user_tasks:
            yield _problem(element, "unknown_not_by", step=step)
        elif step in diagram.elements and _comes_after(diagram, step, element.id):
            yield _problem(element, "not_by_later", step=diagram.elements[step].name or step)


def _comes_after(diagram: Diagram, later: str, earlier: str) -> bool:
    """Tell whether one step comes after the other and never before it; a step of a branch beside it may be either."""
    follows = later == earlier or later in followed_by(diagram, earlier)
    return follows and earlier not in followed_by(diagram, later)


def _approval(element: Element) -> Iterator[Problem]:
    """Check that what one person asks for another approves, and that what is approved is said at a step that approves."""
    properties = element.properties
    if properties.get("approves") and not _named(element) - {element.id}:
        yield _problem(element, "approval_of_ones_own")
    elif not properties.get("approves") and any(properties.get(name) for name in settings.APPROVED):
        yield _problem(element, "approves_nothing", property=next(n for n in settings.APPROVED if properties.get(n)))


def _named(element: Element) -> set[str]:
    return {step.strip() for step in element.properties.get("notBy", "").split(",")} - {""}


def _problem(element: Element, rule: str, **values: object) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})
