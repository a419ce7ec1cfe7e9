"""Which ways lead to an element: what may have been passed when a token comes to it, and the lists it stands in. Nothing of variables is known here."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definitions import graph
from engine.definitions.diagram import Diagram, Element


def before(drawn: Diagram, element_id: str, later: Mapping[str, set[str]] | None = None) -> list[Element]:
    """The elements from which a token can come to an element, in document order; a flow stands for where it begins.

    Shape: `later` is what `all_later` gives, when it is known already.
    """
    flow = drawn.flows.get(element_id)
    target, known = flow.source if flow else element_id, all_later(drawn) if later is None else later
    found = [e for e in drawn.elements.values() if target in known[e.id]]
    own = drawn.elements.get(target)
    return [*found, own] if flow and own is not None and own not in found else found


def all_later(drawn: Diagram) -> dict[str, set[str]]:
    """Of every element those to which a token that left it can come, out of a sub-process as well."""
    following = {id: graph.successors(drawn, id) for id in drawn.elements}
    for element in drawn.elements.values():
        if element.parent in following:
            following[element.id] += [event.id for event in drawn.boundary_events(element.parent)]
            if element.type == "endEvent":
                following[element.id] += [flow.target for flow in drawn.outgoing(element.parent)]
    return {id: _closed(following, id) for id in following}


def _closed(following: Mapping[str, list[str]], element_id: str) -> set[str]:
    found: set[str] = set()
    pending = list(following[element_id])
    while pending:
        current = pending.pop()
        if current not in found and current in following:
            found.add(current)
            pending += following[current]
    return found


def around(drawn: Diagram, element_id: str) -> list[Element]:
    """The multi-instance activities that an element is or stands in, the outermost first."""
    flow, found = drawn.flows.get(element_id), []
    element = drawn.elements.get(flow.source if flow else element_id)
    if flow and element is not None:  # a flow leaves the activity, not an item of it
        element = drawn.elements.get(element.parent)
    while element is not None:
        found.append(element)
        element = drawn.elements.get(element.parent)
    return [one for one in reversed(found) if one.multi_instance is not None]
