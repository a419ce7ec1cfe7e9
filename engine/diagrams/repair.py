"""A BPMN file made whole: ids, and a picture for everything in it. What has a picture keeps it; what has none is placed by `layout`.

Nothing that is executed is changed but ids that are missing or given twice; each change is told, so that it can be shown to the owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.diagrams import identifiers, missing_pictures, pictures
from engine.diagrams.diagram import BPMN
from engine.diagrams.identifiers import Mending
from engine.ground import xml

MOST_PARTS, MOST_REPEATED = 8_000, 200
PARTS = (f"{{{BPMN}}}*", f"{{{pictures.BPMNDI}}}*")


@dataclass(frozen=True)
class Mended:
    """The file as text, and what was changed; the very text when nothing was."""

    text: str
    changes: tuple[Mending, ...] = ()


def mend(text: str) -> Mended:
    """Set ids and draw what is not drawn; a file beyond all measure stays as it is. Errors: MalformedXml."""
    root = xml.parse(text.encode(), whole=True)
    if sum(1 for _ in root.iter(*PARTS)) > MOST_PARTS or len(pictures.repeated(root)) > MOST_REPEATED:
        return Mended(text)
    changes = [*identifiers.identify(root), *_clear(root), *missing_pictures.trace(root)]
    return Mended(xml.serialise(root).decode(), tuple(changes)) if changes else Mended(text)


def _clear(root: xml.Element) -> Iterator[Mending]:
    """Take out pictures of nothing, and all but the first of an element."""
    drawing = pictures.seen(root)
    for kind, nodes in (("picture_removed", drawing.empty), ("second_picture_removed", drawing.again)):
        for node in nodes:
            xml.around(node).remove(node)
            yield Mending(node.get("bpmnElement") or "", kind, {"shown": node.get("bpmnElement") or "—"})


def executable(text: str, key: str) -> Mended:
    """Return the file with its process under a key, to be executed: the only one, or the one that is said to be. Errors: MalformedXml."""
    root = xml.parse(text.encode(), whole=True)
    processes = root.findall(f"{{{BPMN}}}process")
    marked = [process for process in processes if process.get("isExecutable") == "true"]
    if len(marked) > 1 or (not marked and len(processes) != 1):
        return Mended(text)
    changes = [*_executed((marked or processes)[0]), *_keyed(root, (marked or processes)[0], key)]
    return Mended(xml.serialise(root).decode(), tuple(changes)) if changes else Mended(text)


def _executed(process: xml.Element) -> Iterator[Mending]:
    if process.get("isExecutable") != "true":
        process.set("isExecutable", "true")
        yield Mending(process.get("id", ""), "made_executable", {"name": process.get("name", "")})


def _keyed(root: xml.Element, process: xml.Element, key: str) -> Iterator[Mending]:
    before = process.get("id", "")
    if before == key:
        return
    ids = {node.get("id") for node in root.iter() if isinstance(node.tag, str) and node is not process}
    if key in ids:
        for node in root.iter():
            if isinstance(node.tag, str) and node is not process and node.get("id") == key:
                _rename(root, node, identifiers.free({*ids, key}, key))
    _rename(root, process, key)
    yield Mending(key, "process_id_set", {"before": before or "—", "after": key})


def _rename(root: xml.Element, node: xml.Element, after: str) -> None:
    """Give an element another id, with everything that refers to it."""
    before = node.get("id")
    node.set("id", after)
    if before:
        identifiers.refer(root, before, after, identifiers.OF_ALL)
