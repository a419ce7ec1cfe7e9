"""What pictures are written on: shapes and edges with their numbers; and which parts of a file are drawn, how large."""

from __future__ import annotations

from engine.diagrams import identifiers
from engine.diagrams.diagram import BPMN, EVENT_DEFINITION, WITHOUT_TOKENS
from engine.diagrams.pictures import BPMNDI, DC, DI
from engine.diagrams.shapes import Points, Shape
from engine.ground import xml

PREFIXES = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
ASIDE = frozenset({"textAnnotation", "dataObjectReference", "dataStoreReference"})
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
BETWEEN = 40.0
INSET = 20.0
SIZES = {"textAnnotation": (100.0, 60.0), "dataObjectReference": (36.0, 50.0), "dataStoreReference": (50.0, 50.0)}


def is_node(node: xml.Element) -> bool:
    """Tell whether it is a flow node: read as `diagram` reads it."""
    kind, around = xml.local(node), node.getparent()
    inside = around is not None and xml.local(around) in {"process", *SCOPES}
    return inside and xml.namespace(node) == BPMN and kind not in WITHOUT_TOKENS and not kind.endswith(EVENT_DEFINITION)


def size(node: xml.Element) -> tuple[float, float]:
    """Return how large bpmn.io draws it."""
    kind = xml.local(node)
    if kind in SIZES:
        return SIZES[kind]
    if kind.endswith("Event"):
        return 36.0, 36.0
    return (50.0, 50.0) if kind.endswith("Gateway") else (100.0, 80.0)


def leaves(process: xml.Element) -> list[xml.Element]:
    """Return the lanes that hold nodes themselves, from above to below."""
    inner = f"{{{BPMN}}}childLaneSet"
    return [lane for lane in process.iter(f"{{{BPMN}}}lane") if lane.find(f"{inner}/{{{BPMN}}}lane") is None]


class Plane:
    """A plane that pictures are written on, and the ids taken in the file."""

    def __init__(self, root: xml.Element, plane: xml.Element | None = None) -> None:
        self.root = root
        self.taken = {node.get("id") for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
        self.plane = plane

    def begin(self, element_id: str) -> None:
        diagram = xml.add(self.root, f"{{{BPMNDI}}}BPMNDiagram", prefixes=PREFIXES, id=self.free("diagram_1"))
        self.plane = xml.add(diagram, f"{{{BPMNDI}}}BPMNPlane", id=self.free("plane_1"), bpmnElement=element_id)

    def add(self, tag: str, **attributes: str) -> xml.Element:
        """Add a picture on the plane that was begun last. Errors: LookupError before the first."""
        if self.plane is None:
            raise LookupError(tag)
        return xml.add(self.plane, tag, prefixes=PREFIXES, **attributes)

    def free(self, id: str) -> str:
        return identifiers.free(self.taken, id)

    def shape(self, node: xml.Element, at: Shape, **more: str) -> None:
        id = node.get("id")
        shape = self.add(f"{{{BPMNDI}}}BPMNShape", id=self.free(f"{id}_di"), bpmnElement=id, **more)
        numbers = {name: written(getattr(at, name)) for name in ("x", "y", "width", "height")}
        xml.add(shape, f"{{{DC}}}Bounds", prefixes=PREFIXES, **numbers)

    def edge(self, id: str, points: Points) -> None:
        edge = self.add(f"{{{BPMNDI}}}BPMNEdge", id=self.free(f"{id}_di"), bpmnElement=id)
        for x, y in points:
            xml.add(edge, f"{{{DI}}}waypoint", prefixes=PREFIXES, x=written(x), y=written(y))


def written(number: float) -> str:
    """Return a number of pixels as text."""
    return str(round(number))


def straight(start: Shape, end: Shape) -> Points:
    """Return the shortest line from one shape to another: down, up, or to the right."""
    middle, target = start.x + start.width / 2, end.x + end.width / 2
    if start.y + start.height <= end.y:
        return (middle, start.y + start.height), (target, end.y)
    if end.y + end.height <= start.y:
        return (middle, start.y), (target, end.y + end.height)
    return (start.x + start.width, start.y + start.height / 2), (end.x, end.y + end.height / 2)
