"""Which refusals come again for ever: from where they are caught no end is reached as long as whatever refuses goes on refusing.

A person on the way may choose otherwise where a gateway asks what they have just entered, or what was found out from it; where it asks what stood
before, it answers as it did before. Time that passes and messages are ways out as well. Values are not known here, so that findings are warnings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definitions.package import Package
from engine.definitions.surroundings import form_of
from engine.diagrams import graph
from engine.diagrams.diagram import SERVED, Diagram, Element
from engine.ground.errors import EngineError, Problem
from engine.language import feel
from engine.runtime import handlers

CALLS = frozenset({*SERVED, "callActivity"})


def check(content: Package, diagrams: Mapping[str, Diagram]) -> Iterator[Problem]:
    """Yield the warnings about the process of a package, at the events that catch refusals."""
    diagram = diagrams[content.key]
    for event in diagram.elements.values():
        host = diagram.elements.get(event.attached_to)
        if event.trigger == "error" and host is not None and not _Way(content, diagram).ends(event, host):
            yield Problem(event.line, event.id, "refused_for_ever", {"name": event.name, "step": host.name or host.id})


class _Way:
    """What is reached from a refusal while everything that can refuse does; `written` are the variables set on the way."""

    def __init__(self, content: Package, diagram: Diagram) -> None:
        self.content, self.drawn = content, diagram
        self.reached: set[str] = set()
        self.written: set[str] = set()
        self.left = False

    def ends(self, event: Element, host: Element) -> bool:
        """Tell whether some end is among it. Gateways are asked again as long as more is written."""
        before = (-1, -1)
        while not self.left and before != (len(self.reached), len(self.written)):
            before = len(self.reached), len(self.written)
            self.reached.clear()
            self._follow([event.id], host)
        return self.left

    def _follow(self, pending: list[str], host: Element) -> None:
        while pending:
            element = self.drawn.elements.get(pending.pop())
            if element is None or element.id in self.reached:
                continue
            self.reached.add(element.id)
            self.written |= self._writes(element)
            pending += self._next(element, host)

    def _next(self, element: Element, host: Element) -> list[str]:
        """Return where a token goes on from an element."""
        if element.type == "endEvent":
            return self._leave(element)
        events = [event.id for event in self.drawn.boundary_events(element.id)]
        if element.type == "subProcess":
            timed = [id for id in events if self.drawn.elements[id].trigger != "error"]
            return [*(start.id for start in self.drawn.starts(element.id)), *timed]
        if element.type in CALLS and self._refuses(element):
            return events or self._caught_around(element, "")
        targets = [flow.target for flow in self.drawn.outgoing(element.id)]
        if element.type == "exclusiveGateway" and len(targets) > 1 and not self._asks_anew(element):
            targets = [id for id in targets if host.id in {id, *graph.reached_from(self.drawn, id)}] or targets
        return [*targets, *events]

    def _leave(self, end: Element) -> list[str]:
        around = self.drawn.elements.get(end.parent)
        if around is None:
            self.left = True
            return []
        if end.trigger == "error":
            return self._caught_around(end, end.error_code or "")
        return [flow.target for flow in self.drawn.outgoing(around.id)]

    def _caught_around(self, element: Element, code: str) -> list[str]:
        """Return the events around that catch an error of a code; any refusal without one."""
        around = self.drawn.elements.get(element.parent)
        while around is not None:
            events = [event for event in self.drawn.boundary_events(around.id) if event.trigger == "error"]
            exact = [event.id for event in events if code and event.error_code == code]
            catching = exact or [event.id for event in events if not code or not event.error_code]
            if catching:
                return catching
            around = self.drawn.elements.get(around.parent)
        self.left = bool(code) or self.left
        return []

    def _refuses(self, element: Element) -> bool:
        """Tell whether it may answer no, where somebody catches that."""
        inner: Element | None = element
        while inner is not None:
            if any(event.trigger == "error" for event in self.drawn.boundary_events(inner.id)):
                topic = handlers.handlers_by_topic().get(element.topic)
                return element.type == "callActivity" or topic is None or bool(topic.errors)
            inner = self.drawn.elements.get(inner.parent) if element.type in SERVED else None
        return False

    def _asks_anew(self, gateway: Element) -> bool:
        """Tell whether a gateway asks what was written on the way, or any gateway here cannot be read."""
        for flow in self.drawn.outgoing(gateway.id):
            try:
                names = feel.compile(flow.condition).names if flow.condition else frozenset()
            except EngineError:
                return True
            if names & self.written:
                return True
        return False

    def _writes(self, element: Element) -> set[str]:
        if element.type == "userTask":
            form = form_of(self.content, element)
            return {field.key for field in form.inputs} if form is not None else set()
        if element.type == "callActivity":
            return {name[len("out.") :] for name in element.properties if name.startswith("out.")}
        if element.type in CALLS and self._refuses(element):
            return set()
        return {element.result_variable} - {""}
