"""Which ways lead to an element: what may have been passed when a token comes to it, and the lists it stands in. Nothing of variables is known here."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagrams import graph
from engine.diagrams.diagram import Diagram, Element


def before(diagram: Diagram, element_id: str, later: Mapping[str, set[str]] | None = None) -> list[Element]:
    """The elements from which a token can come to an element, in document order; a flow stands for where it begins.

    Shape: `later` is what `all_later` gives, when it is known already.
    """
    flow = diagram.flows.get(element_id)
    target, reachable = flow.source if flow else element_id, all_later(diagram) if later is None else later
    earlier = [e for e in diagram.elements.values() if target in reachable[e.id]]
    own = diagram.elements.get(target)
    return [*earlier, own] if flow and own is not None and own not in earlier else earlier


def all_later(diagram: Diagram) -> dict[str, set[str]]:
    """Of every element those to which a token that left it can come, out of a sub-process as well."""
    following = {id: graph.successors(diagram, id) for id in diagram.elements}
    for element in diagram.elements.values():
        if element.parent in following:
            following[element.id] += [event.id for event in diagram.boundary_events(element.parent)]
            if element.type == "endEvent":
                following[element.id] += [flow.target for flow in diagram.outgoing(element.parent)]
    return {id: _closed(following, id) for id in following}


def _closed(following: Mapping[str, list[str]], element_id: str) -> set[str]:
    reached: set[str] = set()
    pending = list(following[element_id])
    while pending:
        current = pending.pop()
        if current not in reached and current in following:
            reached.add(current)
            pending += following[current]
    return reached


def around(diagram: Diagram, element_id: str) -> list[Element]:
    """The multi-instance activities that an element is or stands in, the outermost first."""
    flow, enclosing = diagram.flows.get(element_id), []
    element = diagram.elements.get(flow.source if flow else element_id)
    if flow and element is not None:  # a flow leaves the activity, not an item of it
        element = diagram.elements.get(element.parent)
    while element is not None:
        enclosing.append(element)
        element = diagram.elements.get(element.parent)
    return [activity for activity in reversed(enclosing) if activity.multi_instance is not None]
