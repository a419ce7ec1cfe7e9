"""Which ways lead to an element: what may have been passed when a token comes to it, and the lists it stands in. Nothing of variables is known here."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagrams import graph
from engine.diagrams.concurrency import Concurrency
from engine.diagrams.diagram import Diagram, Element


class Predecessors:
    """What may come before each element of a diagram."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        following = _following(diagram)
        self._later = {id: _closed(following, id) for id in following}
        self._concurrency = Concurrency(diagram, following)

    def of(self, element_id: str) -> list[Element]:
        """Return the elements that may have been passed when a token comes to an element, in document order; a flow stands for where it begins."""
        flow = self.diagram.flows.get(element_id)
        target = flow.source if flow else element_id
        beside = self._concurrency.beside(target)
        return [
            element
            for element in self.diagram.elements.values()
            if target in self._later[element.id] or element.id in beside or (flow and element.id == target)
        ]


def _following(diagram: Diagram) -> dict[str, list[str]]:
    """Return, for every element, those to which a token goes on from it, out of a sub-process as well."""
    following = {id: graph.successors(diagram, id) for id in diagram.elements}
    for element in diagram.elements.values():
        if element.parent in following:
            following[element.id] += [event.id for event in diagram.boundary_events(element.parent)]
            if element.type == "endEvent":
                following[element.id] += [flow.target for flow in diagram.outgoing(element.parent)]
    return following


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
    """Return the multi-instance activities that an element is or stands in, the outermost first."""
    flow, enclosing = diagram.flows.get(element_id), []
    element = diagram.elements.get(flow.source if flow else element_id)
    if flow and element is not None:  # a flow leaves the activity, not an item of it
        element = diagram.elements.get(element.parent)
    while element is not None:
        enclosing.append(element)
        element = diagram.elements.get(element.parent)
    return [activity for activity in reversed(enclosing) if activity.multi_instance is not None]
