"""Questions about the shape of a diagram: what can be reached, what lies on a cycle, who calls whom."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagrams.diagram import Diagram


def successors(diagram: Diagram, element_id: str) -> list[str]:
    """Return where a token may go from an element: along flows, to its boundary events, into its sub-process."""
    targets = [flow.target for flow in diagram.outgoing(element_id)]
    targets += [event.id for event in diagram.boundary_events(element_id)]
    targets += [event.id for event in diagram.starts(element_id)]
    return targets


def reachable(diagram: Diagram) -> set[str]:
    """Return the elements a token can reach from the start of the process."""
    return _closure(diagram, [event.id for event in diagram.starts(diagram.key)])


def _closure(diagram: Diagram, pending: list[str]) -> set[str]:
    reached: set[str] = set()
    while pending:
        current = pending.pop()
        if current not in reached and current in diagram.elements:
            reached.add(current)
            pending.extend(successors(diagram, current))
    return reached


def in_cycle(diagram: Diagram, element_id: str) -> bool:
    """Tell whether a token that left an element can come back to it."""
    return element_id in reached_from(diagram, element_id)


def reached_from(diagram: Diagram, element_id: str) -> set[str]:
    """Return the elements to which a token that left an element can come."""
    return _closure(diagram, successors(diagram, element_id))


def followed_by(diagram: Diagram, element_id: str) -> set[str]:
    """Return the elements that can come after one, beyond the ends of the sub-processes it stands in."""
    reached, around = reached_from(diagram, element_id), diagram.elements.get(diagram.elements[element_id].parent)
    while around is not None:
        reached |= reached_from(diagram, around.id)
        around = diagram.elements.get(around.parent)
    return reached


def recursive_calls(diagrams: Mapping[str, Diagram]) -> list[str]:
    """Return processes that call themselves, directly or through others."""
    calls = {key: [c for c in diagram.called_processes() if c in diagrams] for key, diagram in diagrams.items()}
    return sorted(key for key in calls if key in _called_from(calls, key))


def _called_from(calls: Mapping[str, list[str]], key: str) -> set[str]:
    reached: set[str] = set()
    pending = list(calls[key])
    while pending:
        current = pending.pop()
        if current not in reached:
            reached.add(current)
            pending.extend(calls[current])
    return reached
