"""What is missing in a drawing, drawn beside what is there: nodes to the right, in their lane when it is drawn; flows by the shortest bend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.diagrams.diagram import BPMN
from engine.diagrams.identifiers import Mending
from engine.diagrams.pictures import DC, Seen, planes
from engine.diagrams.plane import BETWEEN, INSET, Plane, leaves, size, straight, written
from engine.diagrams.shapes import Shape
from engine.ground import xml


class AddedDrawing:
    """Draws single nodes and flows into a drawing that stays as it is."""

    def __init__(self, root: xml.Element, pictures: Seen) -> None:
        self.root = root
        self.to = Plane(root, planes(root)[0])
        self.nodes = {
            id: bounds for id, shape in pictures.shapes.items() for bounds in shape.findall(f"{{{DC}}}Bounds")[:1]
        }
        self.planes = {id: xml.around(shape) for id, shape in pictures.shapes.items()}
        self.at = {
            id: Shape(*(float(bounds.get(n)) for n in ("x", "y", "width", "height")))
            for id, bounds in self.nodes.items()
        }
        self.right = max(shape.x + shape.width for shape in self.at.values())

    def draw(self, missing: Iterable[xml.Element]) -> Iterator[Mending]:
        missing = list(missing)
        for node in sorted(
            missing, key=lambda node: (xml.local(node) == "sequenceFlow", "attachedToRef" in node.attrib)
        ):
            if xml.local(node) != "sequenceFlow":
                self.node(node)
            elif not self.flow(node):
                continue
            yield Mending(node.get("id"), "drawn_beside", {"name": self.called(node)})
        xml.indent(xml.around(planes(self.root)[0]))

    def called(self, node: xml.Element) -> str:
        """Return its name; a flow by what it joins."""
        if xml.local(node) != "sequenceFlow":
            return str(node.get("name", ""))
        names = {sibling.get("id"): sibling.get("name") or sibling.get("id") for sibling in xml.around(node)}
        return " → ".join(str(names.get(node.get(end))) for end in ("sourceRef", "targetRef"))

    def node(self, node: xml.Element) -> None:
        width, height = size(node)
        host = self.at.get(node.get("attachedToRef", ""))
        if host is not None:
            self.to.plane = self.planes[node.get("attachedToRef")]
            at = Shape(host.x + host.width / 2 - width / 2, host.y + host.height - height / 2, width, height)
        else:
            self.to.plane = planes(self.root)[0]
            at = Shape(self.right + BETWEEN, self.level(node) - height / 2, width, height)
            self.widen(at.x + width + BETWEEN)
        self.at[node.get("id")], self.planes[node.get("id")] = at, self.to.plane
        self.to.shape(node, at)

    def level(self, node: xml.Element) -> float:
        """Return the middle of its lane, or of the pool, or below the top of the drawing."""
        for lane in leaves(xml.around(node)):
            node_ids = {(node_ref.text or "").strip() for node_ref in lane.findall(f"{{{BPMN}}}flowNodeRef")}
            if node.get("id") in node_ids and lane.get("id") in self.at:
                return self.at[lane.get("id")].y + self.at[lane.get("id")].height / 2
        pools = (
            participant.get("id")
            for participant in self.root.iter(f"{{{BPMN}}}participant")
            if participant.get("processRef") == xml.around(node).get("id")
        )
        around = [self.at[id] for id in pools if id in self.at]
        return around[0].y + around[0].height / 2 if around else min(shape.y for shape in self.at.values()) + 60

    def widen(self, right: float) -> None:
        """Widen the pools and lanes that end where the drawing ended, so that they end further right."""
        for node in self.root.iter(f"{{{BPMN}}}participant", f"{{{BPMN}}}lane"):
            at = self.at.get(node.get("id", ""))
            if at is not None and abs(at.x + at.width - self.right) < INSET:
                self.at[node.get("id")] = Shape(at.x, at.y, right - at.x, at.height)
                self.nodes[node.get("id")].set("width", written(right - at.x))
        self.right = right - BETWEEN

    def flow(self, node: xml.Element) -> bool:
        source, target = node.get("sourceRef", ""), node.get("targetRef", "")
        if source not in self.at or target not in self.at:
            return False
        self.to.plane = self.planes[source]
        start, end = self.at[source], self.at[target]
        departure, arrival = (start.x + start.width, start.y + start.height / 2), (end.x, end.y + end.height / 2)
        middle = (departure[0] + arrival[0]) / 2
        bends = ((middle, departure[1]), (middle, arrival[1])) if departure[1] != arrival[1] else ()
        back = straight(start, end)
        self.to.edge(node.get("id"), (departure, *bends, arrival) if arrival[0] >= departure[0] else back)
        return True
