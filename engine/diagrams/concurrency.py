"""What may be done while a token is on its way elsewhere: branches that were begun together, until a gateway waits for them.

Only what cannot be is left out: where nobody can tell, everything of the companion branch counts as done before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.diagrams.diagram import ACTIVITIES, Diagram, Element

FORKS = frozenset({"parallelGateway", "inclusiveGateway"})
Following = Mapping[str, list[str]]


@dataclass(frozen=True)
class _Branch:
    """One way out of a fork: the elements it leads to at once. `again`: it may be begun once more while it is under way."""

    fork: str
    first: tuple[str, ...]
    again: bool = False


class Concurrency:
    """The branches of a diagram; `following` is, of every element, where a token goes on from it."""

    def __init__(self, diagram: Diagram, following: Following) -> None:
        self.diagram, self.following = diagram, following
        self._beside: dict[str, set[str]] = {}

    def beside(self, element_id: str) -> set[str]:
        """Return the elements that may be done, on another branch, before a token comes to an element."""
        if element_id not in self._beside:
            elements: set[str] = set()
            for own, companions in self._pairs:
                if element_id in own.elements:
                    for companion in companions:
                        elements |= companion.until(element_id, own)
            self._beside[element_id] = elements
        return self._beside[element_id]

    @cached_property
    def _pairs(self) -> list[tuple[_Way, list[_Way]]]:
        """Every branch with those that are under way with it."""
        pairs = []
        for branches in self._forks():
            ways = [_Way(self.diagram, self.following, branch) for branch in branches]
            pairs += [(own, [way for way in ways if way is not own or own.branch.again]) for own in ways]
        return pairs

    def _forks(self) -> Iterator[list[_Branch]]:
        for element in self.diagram.elements.values():
            targets = [flow.target for flow in self.diagram.outgoing(element.id)]
            if element.type in FORKS and len(targets) > 1:
                yield [_Branch(element.id, (target,)) for target in targets]
            events = self.diagram.boundary_events(element.id) if element.type in ACTIVITIES else []
            beside = [event for event in events if not event.interrupting]
            if beside:
                main = [id for id in self.following[element.id] if id not in {event.id for event in beside}]
                yield [
                    _Branch(element.id, tuple(main)),
                    *(_Branch(element.id, (event.id,), _repeats(event)) for event in beside),
                ]


class _Way:
    """A branch followed to the end of the process."""

    def __init__(self, diagram: Diagram, following: Following, branch: _Branch) -> None:
        self.diagram, self.following, self.branch = diagram, following, branch
        self._until: dict[frozenset[str], set[str]] = {}

    @cached_property
    def elements(self) -> set[str]:
        """All that it leads to."""
        return self._reached(self.branch.first)

    def until(self, element_id: str, companion: _Way) -> set[str]:
        """Return what it leads to before a gateway waits for the companion branch, on which a token is on its way to an element."""
        if companion is self:
            return self.elements
        gateways = frozenset(
            {*companion.needed, *(id for id in companion.awaited if self._waits(id, element_id, companion))}
        )
        if gateways not in self._until:
            reached = self._reached(self.branch.first, gateways)
            begins_again = self.branch.fork in reached
            self._until[gateways] = self.elements if begins_again else reached
        return self._until[gateways]

    @cached_property
    def needed(self) -> set[str]:
        """The parallel gateways that go on only when a token of this branch has come."""
        starts = [event.id for event in self.diagram.starts(self.diagram.key)]
        without = self._reached(starts, passes=self._is_another_way)
        return {
            gateway.id
            for gateway in self._joins("parallelGateway")
            if any(
                flow.source not in without or not self._is_another_way(flow.source, gateway.id)
                for flow in self.diagram.incoming(gateway.id)
            )
        }

    def _is_another_way(self, source: str, target: str) -> bool:
        return source != self.branch.fork or target not in self.branch.first

    @cached_property
    def awaited(self) -> dict[str, set[str]]:
        """The inclusive gateways to which this branch leads, each with the elements from which it comes there."""
        arriving = {gateway.id: self._arriving(gateway.id) for gateway in self._joins("inclusiveGateway")}
        return {id: sources for id, sources in arriving.items() if sources}

    def _arriving(self, gateway: str) -> set[str]:
        reached = self._reached(self.branch.first, frozenset({gateway}))
        sources = {flow.source for flow in self.diagram.incoming(gateway)}
        direct = {self.branch.fork} if gateway in self.branch.first else set()
        return (sources & (reached - {gateway})) | direct

    def _waits(self, gateway: str, element_id: str, companion: _Way) -> bool:
        """Tell whether an inclusive gateway waits for what is on its way to an element of the companion branch: it comes on a flow of its own, by that element."""
        if not companion.awaited[gateway].isdisjoint(self._arriving(gateway)):
            return False
        comes_later = element_id not in self._reached(companion.branch.first, frozenset({gateway}))
        return comes_later or gateway in self._reached([element_id])

    def _joins(self, kind: str) -> list[Element]:
        return [
            element
            for element in self.diagram.elements.values()
            if element.type == kind and len(self.diagram.incoming(element.id)) > 1
        ]

    def _reached(
        self,
        first: list[str] | tuple[str, ...],
        without: frozenset[str] = frozenset(),
        passes: Callable[[str, str], bool] = lambda _source, _target: True,
    ) -> set[str]:
        reached: set[str] = set()
        pending = list(first)
        while pending:
            current = pending.pop()
            if current in reached or current in without or current not in self.following:
                continue
            reached.add(current)
            pending += [target for target in self.following[current] if passes(current, target)]
        return reached


def _repeats(event: Element) -> bool:
    """Tell whether an event that does not interrupt may happen again before what it began is done."""
    return event.trigger != "timer" or event.timer_kind == "timeCycle"
