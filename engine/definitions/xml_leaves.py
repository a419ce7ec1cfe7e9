"""Everything that is written in a diagram or a decision table, leaf by leaf: what a comparison falls back on where it has no words of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from engine.ground import xml

# Told by facts of their own wherever they change: ends of flows, lanes, the drawing; or what a drawing tool says of itself.
TOLD = frozenset({"incoming", "outgoing", "flowNodeRef", "BPMNDiagram", "DMNDI"})
TOLD_ATTRIBUTES = frozenset({"id", "sourceRef", "targetRef", "default", "attachedToRef", "hitPolicy", "aggregation"})
TOLD_OF_TOOLS = frozenset({"exporter", "exporterVersion"})
# What BPMN and DMN take for given where nothing is written.
GIVEN = frozenset(
    {
        ("cancelActivity", "true"),
        ("isInterrupting", "true"),
        ("isSequential", "false"),
        ("isForCompensation", "false"),
        ("startQuantity", "1"),
        ("completionQuantity", "1"),
        ("instantiate", "false"),
        ("parallelMultiple", "false"),
        ("triggeredByEvent", "false"),
        ("isClosed", "false"),
        ("gatewayDirection", "Unspecified"),
        ("isCollection", "false"),
        ("preferredOrientation", "Rule-as-Row"),
    }
)
Leaves = dict[str, str]


def leaves(text: str | None, anchors: Collection[str]) -> dict[str, Leaves]:
    """Return anchor → path → what is written there; what stands in no anchor is the whole file's, under an empty id.

    Shape: a path is made of the names of elements, each with its id, its name or its number among its like: "property[due].value".
    """
    if text is None:
        return {}
    try:
        root = xml.tree(text.encode())
    except xml.MalformedXml:
        return {}
    leaves_by_anchor: dict[str, Leaves] = {}
    for anchor, path, text_there in _of(root, "", "", frozenset(anchors)):
        leaves_by_anchor.setdefault(anchor, {})[path] = text_there
    return leaves_by_anchor


def _of(node: xml.Element, anchor: str, path: str, anchors: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    if node.get("id") in anchors and node.get("id"):
        anchor, path = node.get("id"), ""
    for attribute, value in node.attrib.items():
        name = attribute.rpartition("}")[2]
        if name not in TOLD_ATTRIBUTES | TOLD_OF_TOOLS and (name, value) not in GIVEN:
            yield (
                anchor,
                _joined(path, name),
                value.rpartition(":")[2] if attribute != name and name == "type" else value,
            )
    text = (node.text or "").strip()
    if text:
        yield anchor, path or "text", text
    numbers: Counter[str] = Counter()
    for inner in node:
        kind = xml.local(inner)
        numbers[kind] += 1
        if kind and kind not in TOLD:
            identity = inner.get("id") or inner.get("name") or numbers[kind]
            yield from _of(inner, anchor, _joined(path, f"{kind}[{identity}]"), anchors)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
