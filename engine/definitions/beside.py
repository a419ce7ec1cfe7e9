"""What is missing in a drawing, drawn beside what is there: nodes to the right, in their lane when it is drawn; flows by the shortest bend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine import xml
from engine.definitions.diagram import BPMN
from engine.definitions.naming import Mending
from engine.definitions.pictures import DC, Seen, planes
from engine.definitions.plane import BETWEEN, INSET, Plane, leaves, size, straight, written
from engine.definitions.shapes import Shape


class Beside:
    """Draws single nodes and flows into a drawing that stays as it is."""

    def __init__(self, root: xml.Element, found: Seen) -> None:
        self.root = root
        self.to = Plane(root, planes(root)[0])
        self.nodes = {id: shape.find(f"{{{DC}}}Bounds") for id, shape in found.shapes.items()}
        self.planes = {id: shape.getparent() for id, shape in found.shapes.items()}
        self.at = {
            id: Shape(*(float(bounds.get(n)) for n in ("x", "y", "width", "height")))
            for id, bounds in self.nodes.items()
        }
        self.right = max(one.x + one.width for one in self.at.values())

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
        xml.indent(planes(self.root)[0].getparent())

    def called(self, node: xml.Element) -> str:
        """Its name; a flow by what it joins."""
        if xml.local(node) != "sequenceFlow":
            return str(node.get("name", ""))
        names = {one.get("id"): one.get("name") or one.get("id") for one in node.getparent()}
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
        """The middle of its lane, or of the pool, or below the top of the drawing."""
        for lane in leaves(node.getparent()):
            held = {(one.text or "").strip() for one in lane.findall(f"{{{BPMN}}}flowNodeRef")}
            if node.get("id") in held and lane.get("id") in self.at:
                return self.at[lane.get("id")].y + self.at[lane.get("id")].height / 2
        pools = (
            one.get("id")
            for one in self.root.iter(f"{{{BPMN}}}participant")
            if one.get("processRef") == node.getparent().get("id")
        )
        around = [self.at[id] for id in pools if id in self.at]
        return around[0].y + around[0].height / 2 if around else min(one.y for one in self.at.values()) + 60

    def widen(self, right: float) -> None:
        """Pools and lanes that end where the drawing ended, end further right now."""
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
        one, other = self.at[source], self.at[target]
        departure, arrival = (one.x + one.width, one.y + one.height / 2), (other.x, other.y + other.height / 2)
        middle = (departure[0] + arrival[0]) / 2
        bends = ((middle, departure[1]), (middle, arrival[1])) if departure[1] != arrival[1] else ()
        back = straight(one, other)
        self.to.edge(node.get("id"), (departure, *bends, arrival) if arrival[0] >= departure[0] else back)
        return True
