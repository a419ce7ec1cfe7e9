"""Pictures written into a BPMN file for what has none. A file with a usable drawing keeps it and gets what is missing beside; any other is drawn anew."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.added_drawing import AddedDrawing
from engine.diagrams.diagram import BPMN
from engine.diagrams.identifiers import Mending
from engine.diagrams.pictures import BPMNDI, Seen, seen
from engine.diagrams.plane import SCOPES, is_node
from engine.diagrams.whole_drawing import WholeDrawing
from engine.ground import xml

MOST_BESIDE = 100


def trace(root: xml.Element) -> Iterator[Mending]:
    """Draw what is not drawn, and tell of it."""
    pictures = seen(root)
    missing = list(_missing(root, pictures))
    if not missing:
        return
    if pictures.shapes and len(missing) <= MOST_BESIDE and all(_fits_beside(node, pictures) for node in missing):
        yield from AddedDrawing(root, pictures).draw(missing)
        return
    for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(old)
    WholeDrawing(root).draw()
    yield Mending("", "drawn_anew" if pictures.shapes else "drawn", {"count": len(missing)})


def _drawn_processes(root: xml.Element) -> list[xml.Element]:
    """Return the processes that can be in the drawing: those of the pools, or of no pool when there is none."""
    processes = root.findall(f"{{{BPMN}}}process")
    pooled = {participant.get("processRef") for participant in root.iter(f"{{{BPMN}}}participant")}
    return [process for process in processes if process.get("id") in pooled] if pooled else processes


def _missing(root: xml.Element, drawn_parts: Seen) -> Iterator[xml.Element]:
    processes = _drawn_processes(root)
    ids = {process.get("id") for process in processes}
    pools = [participant for participant in root.iter(f"{{{BPMN}}}participant") if participant.get("processRef") in ids]
    for node in (*pools, *(node for process in processes for node in process.iter())):
        if not node.get("id"):
            continue
        pictures = drawn_parts.edges if xml.local(node) == "sequenceFlow" else drawn_parts.shapes
        if (is_node(node) or xml.local(node) in ("sequenceFlow", "lane", "participant")) and node.get(
            "id"
        ) not in pictures:
            yield node


def _fits_beside(node: xml.Element, pictures: Seen) -> bool:
    """Tell whether it can be drawn beside what is there: a flow, a node of the process itself, or an event on something drawn."""
    if xml.local(node) == "sequenceFlow" or node.get("attachedToRef") in pictures.shapes:
        return True
    return xml.local(xml.around(node)) == "process" and xml.local(node) not in SCOPES and is_node(node)
