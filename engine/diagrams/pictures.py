"""Whether everything that is executed can be seen: each id once, a picture for each flow node, flow and lane; and, as warnings, pictures too many.

What counts is what an editor draws: the first drawing of the file, and those of the sub-processes in it. Where the pictures stand is read in `shapes`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.diagrams.diagram import BPMN, LANE, Diagram
from engine.ground import xml
from engine.ground.errors import Problem

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
WITH_IDS = frozenset({BPMN, BPMNDI, DC, DI})
SHAPE, EDGE = f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge"
ENDS = ("source", "target")  # a flow that lacks one cannot be drawn, and is a problem by itself
NUMBERS = ("x", "y", "width", "height")


@dataclass(frozen=True)
class Seen:
    """What of a file an editor draws: the first usable shape and edge of each element, further ones, and pictures that show nothing: no element, or at no place."""

    shapes: dict[str, xml.Element] = field(default_factory=dict)
    edges: dict[str, xml.Element] = field(default_factory=dict)
    again: list[xml.Element] = field(default_factory=list)
    empty: list[xml.Element] = field(default_factory=list)


def check(content: bytes, diagram: Diagram) -> list[Problem]:
    """Return every such problem of a BPMN file, given what it says. Errors: MalformedXml."""
    root = xml.tree(content)
    pictures = seen(root)
    problems = list(_twice(root, set(diagram.twice)))
    if not pictures.shapes and diagram.elements:
        return [*problems, Problem(0, "", "no_picture", {})]
    return [*problems, *_unseen(root, diagram, pictures)]


def leftovers(content: bytes, diagram: Diagram) -> list[Problem]:
    """Return pictures too many, which hide nothing: warnings, of nothing and of what is drawn already. Errors: MalformedXml."""
    return list(_pictures(seen(xml.tree(content)), set(diagram.twice)))


def _twice(root: xml.Element, reported: set[str]) -> Iterator[Problem]:
    """Yield ids given twice; `reported` are those that are reported as elements already."""
    for node in repeated(root):
        id, drawn_id, line = node.get("id"), node.get("bpmnElement", ""), node.sourceline or 0
        if xml.namespace(node) == BPMN and id not in reported:
            yield Problem(line, id, "id_used_twice", {})
        elif xml.namespace(node) != BPMN:
            yield Problem(line, drawn_id, "picture_id_used_twice", {"id": id})


def repeated(root: xml.Element) -> list[xml.Element]:
    """Return elements and pictures whose id another before them has; an element goes before a picture."""
    nodes = [node for node in root.iter() if xml.namespace(node) in WITH_IDS and node.get("id")]
    ids: set[str] = set()
    repeats = []
    for node in sorted(nodes, key=lambda node: xml.namespace(node) != BPMN):
        if node.get("id") in ids:
            repeats.append(node)
        ids.add(node.get("id"))
    return repeats


def _pictures(pictures: Seen, reported: set[str]) -> Iterator[Problem]:
    for node in pictures.empty:
        drawn_id, line = node.get("bpmnElement") or "—", node.sourceline or 0
        yield Problem(line, "", "picture_of_nothing", {"shown": drawn_id}, warning=True)
    for node in pictures.again:
        drawn_id, line = node.get("bpmnElement"), node.sourceline or 0
        if drawn_id not in reported:
            yield Problem(line, drawn_id, "drawn_twice", {}, warning=True)


def _unseen(root: xml.Element, diagram: Diagram, pictures: Seen) -> Iterator[Problem]:
    """Yield what has no picture; what has no id in the file can have none, and gets both when it is brought in or opened."""
    ids = {node.get("id") for node in root.iter() if xml.namespace(node) == BPMN}
    for element in diagram.elements.values():
        if element.id in ids and element.id not in pictures.shapes:
            yield Problem(element.line, element.id, "not_drawn", {"name": element.name})
    for flow in diagram.flows.values():
        ends = [diagram.elements[id].name or id for id in (flow.source, flow.target) if id in diagram.elements]
        if flow.id in ids and flow.id not in pictures.edges and len(ends) == len(ENDS):
            yield Problem(flow.line, flow.id, "flow_not_drawn", {"name": flow.name, "ends": " → ".join(ends)})
    for lane in root.iter(LANE):
        if lane.get("id") in diagram.lane_names and lane.get("id") not in pictures.shapes:
            yield Problem(lane.sourceline or 0, lane.get("id"), "not_drawn", {"name": lane.get("name", "")})


def seen(root: xml.Element) -> Seen:
    """Return what an editor draws of a file."""
    ids = {node.get("id") for node in root.iter() if xml.namespace(node) == BPMN and node.get("id")}
    pictures = Seen()
    for plane in planes(root):
        here: set[str] = set()
        for node in plane:
            _note(node, ids, here, pictures)
    return pictures


def _note(node: xml.Element, ids: set[str], here: set[str], pictures: Seen) -> None:
    if node.tag not in (SHAPE, EDGE):
        return
    drawn_id = plain(node.get("bpmnElement"))
    if drawn_id in here:
        pictures.again.append(node)
    elif drawn_id not in ids or not has_place(node):
        pictures.empty.append(node)
    else:
        here.add(drawn_id)
        (pictures.shapes if node.tag == SHAPE else pictures.edges).setdefault(drawn_id, node)


def planes(root: xml.Element) -> list[xml.Element]:
    """Return the planes that are drawn: the first of the file, and those of sub-processes."""
    scopes = {node.get("id") for node in root.iter() if xml.local(node) in ("subProcess", "adHocSubProcess")}
    all_planes = list(root.iter(f"{{{BPMNDI}}}BPMNPlane"))
    return all_planes[:1] + [plane for plane in all_planes[1:] if plain(plane.get("bpmnElement")) in scopes]


def plain(name: str | None) -> str:
    """Return an id as it is referred to, without the prefix that a qualified name may have."""
    return (name or "").rpartition(":")[2]


def has_place(node: xml.Element) -> bool:
    """Tell whether a shape has bounds, and an edge two points at least, in numbers."""
    if node.tag == EDGE:
        points = node.findall(f"{{{DI}}}waypoint")
        return len(points) >= 2 and all(_are_numbers(point, NUMBERS[:2]) for point in points)
    bounds = node.find(f"{{{DC}}}Bounds")
    return bounds is not None and _are_numbers(bounds, NUMBERS)


def _are_numbers(node: xml.Element, names: tuple[str, ...]) -> bool:
    try:
        return all(math.isfinite(float(node.get(name, ""))) for name in names)
    except ValueError:
        return False
