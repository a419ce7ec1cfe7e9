"""Whether what a process says of the manual is in it: the references of its elements, its forms and its tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from engine import xml
from engine.definitions import diagram
from engine.definitions.package import Package, own_names
from engine.errors import Problem

REF = "manualRef"


def unknown(content: Package, known: Collection[str]) -> list[Problem]:
    """A warning for each reference in the own files of a package that the manual does not have; without a list of it none is judged."""
    if not known:
        return []
    chapters = {_chapter(one) for one in known} | {"TS", "SUB", "CH1", "CH2"}
    return [
        Problem(line, element, "unknown_manual_ref", {"file": name, "ref": ref}, name, warning=True)
        for name in sorted(own_names(content))
        for line, element, ref in _references(name, content.files[name])
        if ref not in known and _chapter(ref) in chapters
    ]


def unknown_papers(content: Package, known: Collection[str]) -> list[Problem]:
    """A warning for each paper that a step of the own diagram names and that there is not."""
    name = f"{content.key}.bpmn"
    try:
        elements = diagram.parse(content.bpmn(content.key)).elements.values()
    except (xml.MalformedXml, ValueError, RecursionError):  # told elsewhere
        return []
    named = [(one, paper.strip()) for one in elements for paper in one.properties.get("paper", "").split(",")]
    told = {"known": ", ".join(sorted(known))}
    return [
        Problem(element.line, element.id, "unknown_paper", {"paper": paper, **told}, name, warning=True)
        for element, paper in named
        if paper and paper not in known
    ]


def _chapter(ref: str) -> str:
    """TS of TS-002.5; chapters that the list does not treat at all are not judged."""
    return ref.replace(".", "-").partition("-")[0]


def _references(name: str, text: str) -> Iterator[tuple[int, str, str]]:
    """(line, element, reference); nothing of what cannot be read, which is told elsewhere."""
    try:
        if name.endswith(".bpmn"):
            for element in diagram.parse(text.encode()).elements.values():
                yield from ((element.line, element.id, ref) for ref in element.manual_refs)
        elif name.endswith(".form"):
            schema = json.loads(text)
            listed = str(schema.get(REF, "")) if isinstance(schema, dict) else ""
            yield from ((0, "", ref.strip()) for ref in listed.split(",") if ref.strip())
        elif name.endswith(".dmn"):
            for node in xml.parse(text.encode()).iter():
                listed = next((said for key, said in node.attrib.items() if key.rpartition("}")[2] == REF), "")
                yield from ((node.sourceline or 0, "", ref.strip()) for ref in listed.split(",") if ref.strip())
    except (xml.MalformedXml, ValueError, RecursionError):
        return
