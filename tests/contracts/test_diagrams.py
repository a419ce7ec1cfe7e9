"""Every diagram in processes/ is complete as a picture and reads well: nothing hidden, nothing crossed out, nothing on top of anything else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from engine import xml

PROCESSES = Path(__file__).parents[2] / "processes"
DIAGRAMS = sorted(PROCESSES.glob("*.bpmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
SLACK = 2.0


@dataclass(frozen=True)
class Box:
    """A rectangle of the diagram plane, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than a border."""
        return (
            self.left + SLACK < other.right
            and other.left + SLACK < self.right
            and self.top + SLACK < other.bottom
            and other.top + SLACK < self.bottom
        )

    def crossed_by(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether the segment runs through the inside (Liang and Barsky's clipping)."""
        (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
        enter, leave = 0.0, 1.0
        for step, low, high in (
            (dx, self.left + SLACK - x, self.right - SLACK - x),
            (dy, self.top + SLACK - y, self.bottom - SLACK - y),
        ):
            if step == 0:
                if low >= 0 or high <= 0:
                    return False
                continue
            near, far = sorted((low / step, high / step))
            enter, leave = max(enter, near), min(leave, far)
        return enter < leave


class Drawing:
    """One file: its nodes and flows, and where each is drawn."""

    def __init__(self, path: Path) -> None:
        root = xml.parse(path.read_bytes())
        self.elements = {e.get("id"): e for e in root.iter() if isinstance(e.tag, str) and e.get("id")}
        self.flows = [e for e in self.elements.values() if xml.local(e) == "sequenceFlow"]
        self.nodes = {id: e for id, e in self.elements.items() if self._is_node(e)}
        self.shapes = {s.get("bpmnElement"): box(s.find(f"{DC}Bounds")) for s in root.iter(f"{BPMNDI}BPMNShape")}
        self.edges = {
            e.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in e.findall(f"{DI}waypoint")]
            for e in root.iter(f"{BPMNDI}BPMNEdge")
        }
        self.labels = {
            label.getparent().get("bpmnElement"): box(label.find(f"{DC}Bounds"))
            for label in root.iter(f"{BPMNDI}BPMNLabel")
            if label.find(f"{DC}Bounds") is not None
        }

    @staticmethod
    def _is_node(element: xml.Element) -> bool:
        kind = xml.local(element)
        drawn = ("Task", "Event", "Gateway", "callActivity", "subProcess")
        return element.tag.startswith(BPMN) and (kind == "task" or kind.endswith(drawn))

    def container(self, id: str) -> str | None:
        """The sub-process that holds the node, if any."""
        parent = self.elements[id].getparent()
        return parent.get("id") if xml.local(parent) == "subProcess" else None

    def near(self, flow: xml.Element) -> set[str | None]:
        """What a flow may touch: its ends, the activities its boundary events sit on and those that sit on its ends, the sub-process around it."""
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        hosts = {self.elements[end].get("attachedToRef") for end in ends}
        guests = {id for id, node in self.nodes.items() if node.get("attachedToRef") in ends}
        around = {self.container(end) for end in ends}
        return ends | hosts | guests | around


def box(bounds: xml.Element) -> Box:
    """The rectangle of a dc:Bounds."""
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    """Each diagram in turn."""
    return Drawing(request.param)


def test_everything_is_drawn(drawing: Drawing) -> None:
    """An element without a shape or an edge would run and never be seen."""
    without_shape = sorted(set(drawing.nodes) - set(drawing.shapes))
    without_edge = sorted(flow.get("id") for flow in drawing.flows if len(drawing.edges.get(flow.get("id"), [])) < 2)
    assert (without_shape, without_edge) == ([], [])


def test_no_flow_runs_through_a_foreign_shape(drawing: Drawing) -> None:
    """A line through a box reads as if the box were passed."""
    through = [
        f"{flow.get('id')} through {id}"
        for flow in drawing.flows
        for start, end in pairwise(drawing.edges.get(flow.get("id"), []))
        for id in drawing.nodes.keys() & drawing.shapes.keys() - drawing.near(flow)
        if drawing.shapes[id].crossed_by(start, end)
    ]
    assert through == []


def test_no_two_shapes_overlap(drawing: Drawing) -> None:
    """Two boxes on one spot hide each other; a boundary event on its activity and a node in its sub-process are meant to."""
    loose = [id for id, node in drawing.nodes.items() if id in drawing.shapes and not node.get("attachedToRef")]
    overlapping = [
        f"{one} and {other}"
        for one, other in combinations(loose, 2)
        if drawing.shapes[one].overlaps(drawing.shapes[other])
        and one != drawing.container(other)
        and other != drawing.container(one)
    ]
    assert overlapping == []


def test_no_label_lies_on_a_line(drawing: Drawing) -> None:
    """A word crossed by a line cannot be read."""
    crossed = [
        f"label of {owner} on {flow}"
        for owner, label in drawing.labels.items()
        for flow, points in drawing.edges.items()
        for start, end in pairwise(points)
        if label.crossed_by(start, end)
    ]
    assert crossed == []


def test_no_label_lies_on_a_shape_or_another_label(drawing: Drawing) -> None:
    """A word under a box or under another word cannot be read either."""
    nodes = {id: drawing.shapes[id] for id in drawing.nodes if id in drawing.shapes and not _is_container(drawing, id)}
    covered = [
        f"label of {owner} on {id}"
        for owner, label in drawing.labels.items()
        for id, shape in nodes.items()
        if id != owner and label.overlaps(shape)
    ]
    clashing = [
        f"labels of {one} and {other}"
        for (one, a), (other, b) in combinations(drawing.labels.items(), 2)
        if a.overlaps(b)
    ]
    assert covered + clashing == []


def test_the_main_path_runs_left_to_right(drawing: Drawing) -> None:
    """Reading starts at the left: no node stands left of the start event of its process."""
    starts = [id for id, node in drawing.nodes.items() if xml.local(node) == "startEvent" and not drawing.container(id)]
    start = drawing.shapes[starts[0]]
    assert [id for id in drawing.nodes if drawing.shapes[id].right < start.left] == []


def _is_container(drawing: Drawing, id: str) -> bool:
    return xml.local(drawing.nodes[id]) == "subProcess"
