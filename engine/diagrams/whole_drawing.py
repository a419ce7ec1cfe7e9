"""A whole BPMN file drawn: pools below each other, in each its lanes, in those its nodes; sub-processes open."""

from __future__ import annotations

from engine.diagrams import layout
from engine.diagrams.diagram import BPMN
from engine.diagrams.layout import Box, Line
from engine.diagrams.pictures import BPMNDI
from engine.diagrams.plane import ASIDE, BETWEEN, INSET, SCOPES, Plane, is_node, leaves, size, straight
from engine.diagrams.shapes import Shape
from engine.ground import xml

CONNECTIONS = frozenset({"association", "messageFlow"})
HEAD = 30.0  # the narrow side of a pool or lane, where its name stands


class WholeDrawing:
    """Draws every part of a file that has a place on a plane."""

    def __init__(self, root: xml.Element) -> None:
        self.root, self.to = root, Plane(root)
        self.inside: dict[str, layout.Placed] = {}
        self.at: dict[str, Shape] = {}

    def draw(self) -> None:
        processes = {process.get("id"): process for process in self.root.findall(f"{{{BPMN}}}process")}
        together = self.root.find(f"{{{BPMN}}}collaboration")
        if together is None and len(processes) > 1:
            together = self.pooled(processes)
        top = 80.0
        if together is None:
            for process in processes.values():
                self.to.begin(process.get("id"))
                self.pool(process, 160.0 - INSET, top)
        else:
            self.to.begin(together.get("id"))
            for participant in together.findall(f"{{{BPMN}}}participant"):
                top = self.participant(participant, processes.get(participant.get("processRef", "")), top) + BETWEEN
        self.connections()
        if self.to.plane is not None:
            xml.indent(xml.around(self.to.plane))

    def pooled(self, processes: dict[str, xml.Element]) -> xml.Element:
        """Put several processes together as pools: each is drawn, and none is executed for it."""
        together = xml.add(self.root, f"{{{BPMN}}}collaboration", id=self.to.free("collaboration_1"))
        self.root.remove(together)
        self.root.insert(list(self.root).index(next(iter(processes.values()))), together)
        for id, process in processes.items():
            pool = xml.add(together, f"{{{BPMN}}}participant", id=self.to.free("participant_1"), processRef=id)
            if process.get("name"):
                pool.set("name", process.get("name"))
        return together

    def participant(self, participant: xml.Element, process: xml.Element | None, top: float) -> float:
        """Draw one pool; returns its lower border."""
        if process is None:
            self.put(participant, Shape(160, top, 600, 60), isHorizontal="true")
            return top + 60
        placement = self.scope(process)
        depth = _depth(process)
        width = HEAD * (1 + depth) + placement.width + INSET
        self.put(participant, Shape(160, top, width, placement.height), isHorizontal="true")
        self.pool(process, 160 + HEAD, top, width - HEAD)
        return top + placement.height

    def pool(self, process: xml.Element, left: float, top: float, width: float = 0.0) -> None:
        """Draw what is in a process, its lanes first."""
        placement, depth = self.scope(process), _depth(process)
        bands = dict(
            zip(
                [lane.get("id") for lane in leaves(process)],
                placement.lanes[len(placement.lanes) - len(leaves(process)) :],
                strict=True,
            )
        )
        for lane_set in process.findall(f"{{{BPMN}}}laneSet"):
            self.lanes(lane_set, bands, left, top, width or HEAD * depth + placement.width + INSET)
        self.contents(process, left + HEAD * depth, top)

    def lanes(
        self, lane_set: xml.Element, bands: dict[str, tuple[float, float]], left: float, top: float, width: float
    ) -> None:
        for lane in lane_set.findall(f"{{{BPMN}}}lane"):
            own = [bands[inner.get("id")] for inner in lane.iter(f"{{{BPMN}}}lane") if inner.get("id") in bands]
            above, below = min(a for a, _ in own), max(a + height for a, height in own)
            self.put(lane, Shape(left, top + above, width, below - above), isHorizontal="true")
            for inner in lane.findall(f"{{{BPMN}}}childLaneSet"):
                self.lanes(inner, bands, left + HEAD, top, width - HEAD)

    def scope(self, scope: xml.Element) -> layout.Placed:
        """Find where everything in a process or sub-process goes, from the inside outwards."""
        if scope.get("id") not in self.inside:
            lanes = _lanes_of(scope)
            without = int(
                bool(lanes)
                and any(
                    self._lane(node, lanes) < 0 for node in scope if is_node(node) and not node.get("attachedToRef")
                )
            )
            count = len(leaves(scope)) if xml.local(scope) == "process" else 0
            boxes = [
                self.box(node, scope, max(0, self._lane(node, lanes) + without))
                for node in scope
                if is_node(node) or xml.local(node) in ASIDE
            ]
            lines = [
                Line(flow.get("id"), flow.get("sourceRef", ""), flow.get("targetRef", ""))
                for flow in scope.findall(f"{{{BPMN}}}sequenceFlow[@id]")
            ]
            self.inside[scope.get("id")] = layout.place(boxes, lines, max(1, count + without))
        return self.inside[scope.get("id")]

    @staticmethod
    def _lane(node: xml.Element, lanes: dict[str, int]) -> int:
        return lanes.get(node.get("id"), 0 if xml.local(node) in ASIDE else -1)

    def box(self, node: xml.Element, scope: xml.Element, lane: int) -> Box:
        width, height = size(node)
        if xml.local(node) in SCOPES and any(is_node(child) for child in node):
            inner = self.scope(node)
            width, height = inner.width + INSET, inner.height + INSET
        beside = _partner(scope, node.get("id")) if xml.local(node) in ASIDE else ""
        return Box(node.get("id"), width, height, lane, node.get("attachedToRef", ""), beside)

    def contents(self, scope: xml.Element, left: float, top: float) -> None:
        placement = self.scope(scope)
        for node in scope:
            at = placement.boxes.get(node.get("id") or "") if isinstance(node.tag, str) else None
            if at is None:
                continue
            shape = Shape(at.x + left, at.y + top, at.width, at.height)
            opened = xml.local(node) in SCOPES
            self.put(node, shape, **({"isExpanded": "true"} if opened else {}))
            if opened:
                self.contents(node, shape.x, shape.y + INSET)
        for id, points in placement.lines.items():
            self.to.edge(id, tuple((x + left, y + top) for x, y in points))

    def put(self, node: xml.Element, at: Shape, **more: str) -> None:
        self.at[node.get("id")] = at
        self.to.shape(node, at, **more)

    def connections(self) -> None:
        """Draw associations, message flows and flows whose ends stand in different scopes: straight from one to the other."""
        edges = {edge.get("bpmnElement") for edge in self.root.iter(f"{{{BPMNDI}}}BPMNEdge")}
        for node in self.root.iter():
            if (
                xml.namespace(node) == BPMN
                and xml.local(node) in {"sequenceFlow", *CONNECTIONS}
                and node.get("id")
                and node.get("id") not in edges
            ):
                source, target = self.at.get(node.get("sourceRef", "")), self.at.get(node.get("targetRef", ""))
                if source is not None and target is not None:
                    self.to.edge(node.get("id"), straight(source, target))


def _depth(process: xml.Element) -> int:
    """Return how many lanes lie in each other."""
    lanes = process.iter(f"{{{BPMN}}}lane")
    return max((sum(xml.local(up) == "lane" for up in lane.iterancestors()) + 1 for lane in lanes), default=0)


def _lanes_of(scope: xml.Element) -> dict[str, int]:
    if xml.local(scope) != "process":
        return {}
    references = [(number, lane.findall(f"{{{BPMN}}}flowNodeRef")) for number, lane in enumerate(leaves(scope))]
    return {(node_ref.text or "").strip(): number for number, node_refs in references for node_ref in node_refs}


def _partner(scope: xml.Element, id: str) -> str:
    """Return what an annotation or a data object belongs to."""
    for association in scope.iter(f"{{{BPMN}}}association"):
        if id in (association.get("sourceRef"), association.get("targetRef")):
            return str(
                association.get("targetRef") if association.get("sourceRef") == id else association.get("sourceRef")
            )
    return "?"
