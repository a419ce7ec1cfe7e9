"""Properties of our own that are misspelt, stand at an element that does not ask for them, or hold what means nothing; which it asks for its module says."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.diagram import Diagram, Element
from engine.diagrams.settings import AWAITS, WAITS, usable
from engine.elements import KINDS, multi_instance
from engine.ground.errors import Problem
from engine.language.feel import inferred

ANYWHERE = frozenset({"manualRef"})
MAPPINGS = ("in.", "out.")
MEANINGS = {**dict.fromkeys((WAITS, AWAITS), frozenset({"", "true", "false"})), "caseLimit": frozenset({"", "met"})}


def check(diagram: Diagram) -> Iterator[Problem]:
    """Yield what nothing would ask for, element by element."""
    for element in diagram.elements.values():
        yield from _check(element, diagram)


def asked_properties() -> dict[str, list[str]]:
    """Return our own properties by the BPMN type that asks for them; under "" those that any type does."""
    by_type = {kind: frozenset[str]() for kind in ("", *multi_instance.REPEATED)}
    for (kind, _trigger), module in KINDS.items():
        if module.properties:
            by_type[kind] = by_type.get(kind, frozenset()) | module.properties
    return {
        kind: sorted(
            properties | ANYWHERE | (multi_instance.KIND.properties if kind in multi_instance.REPEATED else set())
        )
        for kind, properties in by_type.items()
    }


def every() -> frozenset[str]:
    """Return all properties that some element asks for."""
    return ANYWHERE.union(multi_instance.KIND.properties, *(kind.properties for kind in KINDS.values()))


def _check(element: Element, diagram: Diagram) -> Iterator[Problem]:
    properties = _asked(element, diagram)
    for name, value in element.properties.items():
        if name.startswith(MAPPINGS) and element.type == "callActivity":
            if not usable(name.partition(".")[2]):
                yield _problem(element, "unusable_variable", variable=name)
        elif name not in properties:
            yield from _not_asked(element, name, value, properties)
        elif name in MEANINGS and value not in MEANINGS[name]:
            yield _problem(element, "property_without_meaning", property=name, value=value)
    for result in (element.result_variable, element.properties.get("approves", "")):
        if result and not usable(result):
            yield _problem(element, "unusable_variable", variable=result)


def _asked(element: Element, diagram: Diagram) -> frozenset[str]:
    """Return what an element asks for; a sub-process's own start has no limit."""
    kind = KINDS.get((element.type, element.trigger))
    properties = ANYWHERE | (kind.properties if kind is not None else frozenset())
    if element.multi_instance is not None:
        properties |= multi_instance.KIND.properties
    return properties - {"due"} if element.type == "startEvent" and element.parent != diagram.key else properties


def _not_asked(element: Element, name: str, value: str, properties: frozenset[str]) -> Iterator[Problem]:
    if not value.strip() and not name.startswith(MAPPINGS):
        return  # which the editor leaves behind when a field is emptied
    if name in every() or name.startswith(MAPPINGS):
        yield _problem(element, "property_not_here", property=name)
    else:
        yield _problem(element, "unknown_property", property=name, near=inferred.nearest(name, properties))


def _problem(element: Element, rule: str, **values: str) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})
