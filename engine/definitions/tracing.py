"""Pictures written into a BPMN file for what has none. A file with a usable drawing keeps it and gets what is missing beside; any other is drawn anew."""

from __future__ import annotations

from collections.abc import Iterator

from engine import xml
from engine.definitions.anew import Anew
from engine.definitions.beside import Beside
from engine.definitions.diagram import BPMN
from engine.definitions.naming import Mending
from engine.definitions.pictures import BPMNDI, Seen, seen
from engine.definitions.plane import SCOPES, is_node

MOST_BESIDE = 100


def trace(root: xml.Element) -> Iterator[Mending]:
    """Draw what is not drawn, and tell of it."""
    found = seen(root)
    missing = list(_missing(root, found))
    if not missing:
        return
    if found.shapes and len(missing) <= MOST_BESIDE and all(_fits_beside(node, found) for node in missing):
        yield from Beside(root, found).draw(missing)
        return
    for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(old)
    Anew(root).draw()
    yield Mending("", "drawn_anew" if found.shapes else "drawn", {"count": len(missing)})


def _drawn_processes(root: xml.Element) -> list[xml.Element]:
    """The processes that can be in the drawing: those of the pools, or of no pool when there is none."""
    processes = root.findall(f"{{{BPMN}}}process")
    pooled = {one.get("processRef") for one in root.iter(f"{{{BPMN}}}participant")}
    return [one for one in processes if one.get("id") in pooled] if pooled else processes


def _missing(root: xml.Element, found: Seen) -> Iterator[xml.Element]:
    drawn = _drawn_processes(root)
    ids = {one.get("id") for one in drawn}
    pools = [one for one in root.iter(f"{{{BPMN}}}participant") if one.get("processRef") in ids]
    for node in (*pools, *(node for process in drawn for node in process.iter())):
        if not node.get("id"):
            continue
        pictures = found.edges if xml.local(node) == "sequenceFlow" else found.shapes
        if (is_node(node) or xml.local(node) in ("sequenceFlow", "lane", "participant")) and node.get(
            "id"
        ) not in pictures:
            yield node


def _fits_beside(node: xml.Element, found: Seen) -> bool:
    """Whether it can be drawn beside what is there: a flow, a node of the process itself, or an event on something drawn."""
    if xml.local(node) == "sequenceFlow" or node.get("attachedToRef") in found.shapes:
        return True
    return xml.local(node.getparent()) == "process" and xml.local(node) not in SCOPES and is_node(node)
