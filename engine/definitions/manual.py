"""Whether what a process says of the manual is in it: the references of its elements, its forms and its tables."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from engine.definitions.package import Package, own_files
from engine.diagrams import diagram
from engine.ground import xml
from engine.ground.errors import Problem

REF = "manualRef"


def unknown_manual_refs(content: Package, manual_ids: Collection[str]) -> list[Problem]:
    """Return a warning for each reference in the own files of a package that the manual does not have; without a list of it none is judged."""
    if not manual_ids:
        return []
    chapters = {_chapter(manual_id) for manual_id in manual_ids} | {"TS", "SUB", "CH1", "CH2"}
    return [
        Problem(line, element, "unknown_manual_ref", {"file": name, "ref": ref}, name, warning=True)
        for name in sorted(own_files(content))
        for line, element, ref in _references(name, content.files[name])
        if ref not in manual_ids and _chapter(ref) in chapters
    ]


def unknown_papers(content: Package, papers: Collection[str]) -> list[Problem]:
    """Return a warning for each paper that a step of the own diagram names and that there is not."""
    name = f"{content.key}.bpmn"
    try:
        elements = diagram.parse(content.bpmn(content.key)).elements.values()
    except (xml.MalformedXml, ValueError, RecursionError):  # told elsewhere
        return []
    pairs = [
        (element, paper.strip()) for element in elements for paper in element.properties.get("paper", "").split(",")
    ]
    values = {"known": ", ".join(sorted(papers))}
    return [
        Problem(element.line, element.id, "unknown_paper", {"paper": paper, **values}, name, warning=True)
        for element, paper in pairs
        if paper and paper not in papers
    ]


def _chapter(ref: str) -> str:
    """Return TS of TS-002.5; chapters that the list does not treat at all are not judged."""
    return ref.replace(".", "-").partition("-")[0]


def _references(name: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, element, reference); nothing of what cannot be read, which is told elsewhere."""
    try:
        if name.endswith(".bpmn"):
            for element in diagram.parse(text.encode()).elements.values():
                yield from ((element.line, element.id, ref) for ref in element.manual_refs)
        elif name.endswith(".form"):
            schema = json.loads(text)
            references_listed = str(schema.get(REF, "")) if isinstance(schema, dict) else ""
            yield from ((0, "", ref.strip()) for ref in references_listed.split(",") if ref.strip())
        elif name.endswith(".dmn"):
            for node in xml.tree(text.encode()).iter():
                references_listed = next(
                    (value for key, value in node.attrib.items() if key.rpartition("}")[2] == REF), ""
                )
                yield from (
                    (node.sourceline or 0, "", ref.strip()) for ref in references_listed.split(",") if ref.strip()
                )
    except (xml.MalformedXml, ValueError, RecursionError):
        return
