"""Ids set where a BPMN file lacks them or gives them twice. Works on the tree; what was done is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.diagrams.diagram import BPMN
from engine.diagrams.pictures import BPMNDI, repeated
from engine.ground import xml

NAMED = re.compile(
    r"(Task|Activity|Event|Gateway|subProcess|SubProcess|sequenceFlow|messageFlow|lane|participant|process|collaboration|textAnnotation|association|group|dataObject|dataObjectReference|dataStoreReference|transaction|task)$"
)
PROCESS = "processRef"
OF_PARTS = frozenset({"sourceRef", "targetRef", "attachedToRef", "default", "bpmnElement"})
OF_ALL = OF_PARTS | {PROCESS, "calledElement"}
REFERRING = frozenset({"incoming", "outgoing", "flowNodeRef"})
ARROWS = {"incoming": "targetRef", "outgoing": "sourceRef"}


@dataclass(frozen=True)
class Mending:
    """Something that was set right: at which element (empty when it concerns the whole), of what kind, and its particulars."""

    element_id: str
    kind: str
    values: dict[str, Any] = field(default_factory=dict)


def identify(root: xml.Element) -> Iterator[Mending]:
    """Give an id to everything that is drawn and has none, and a new one to what has that of another."""
    ids = {node.get("id") for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    for node in root.iter():
        if xml.namespace(node) == BPMN and NAMED.search(xml.local(node)) and not node.get("id"):
            node.set("id", free(ids, words(xml.local(node)) + "_1"))
            yield Mending(node.get("id"), "id_given", {"name": node.get("name", "")})
    for node in repeated(root):
        before = node.get("id")
        node.set("id", free(ids, before))
        if xml.namespace(node) == BPMN:
            _lead_over(root, node, before)
            yield Mending(node.get("id"), "id_changed", {"name": node.get("name", ""), "before": before})
        else:
            yield Mending(node.get("bpmnElement", ""), "picture_renamed", {"id": before})


def _lead_over(root: xml.Element, node: xml.Element, before: str) -> None:
    """Lead the flows that the renamed element names as its own over to it, so that they begin or end there; everything does when the other bearer is no part of a process."""
    keeper = next(bearer for bearer in root.iter() if isinstance(bearer.tag, str) and bearer.get("id") == before)
    if xml.local(keeper) in ("process", "collaboration", "participant", "definitions", "message", "error", "laneSet"):
        refer(root, before, node.get("id"), OF_PARTS)
    for arrow, reference in ARROWS.items():
        own = {(flow_ref.text or "").strip() for flow_ref in node.findall(f"{{{BPMN}}}{arrow}")}
        for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
            if flow.get("id") in own and flow.get(reference) == before:
                flow.set(reference, node.get("id"))


def refer(root: xml.Element, before: str, after: str, attributes: frozenset[str]) -> None:
    """Refer to another id whatever referred to one by these attributes, or as a part of a lane or flow."""
    for node in root.iter():
        if xml.namespace(node) not in (BPMN, BPMNDI) or (xml.local(node) == "BPMNPlane" and PROCESS not in attributes):
            continue
        for name in attributes & set(node.attrib):
            if node.get(name) == before:
                node.set(name, after)
        if xml.local(node) in REFERRING and (node.text or "").strip() == before:
            node.text = after


def words(tag: str) -> str:
    """Return the words of a type: userTask → user_task, sequenceFlow → flow."""
    return "flow" if tag == "sequenceFlow" else re.sub(r"(?<!^)([A-Z])", r"_\1", tag).lower()


def free(ids: set[str], id: str) -> str:
    """Take the id, or the next with a number that is not taken; it is among the `ids` from now on."""
    stem, number = id, 1
    if (numbered := re.fullmatch(r"(.+)_(\d+)", id)) is not None:
        stem, number = numbered[1], int(numbered[2])
    while id in ids:
        number += 1
        id = f"{stem}_{number}"
    ids.add(id)
    return id
