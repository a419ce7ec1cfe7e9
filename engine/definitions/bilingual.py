"""What the elements of a package are called in English, by what they are called on its diagrams: for telling about a draft, which may not be readable throughout."""

from __future__ import annotations

from engine.definitions import catalogue
from engine.definitions.diagram import parse
from engine.definitions.package import MissingFile, Package
from engine.xml import MalformedXml


def english_names(content: Package) -> dict[str, str]:
    """Name on a diagram → English name, of all processes of a package; a name that stands for two different ones is left out."""
    found: dict[str, set[str]] = {}
    for key in content.processes:
        written = catalogue.names(content.files.get(f"translations/{key}.en.yaml", ""))
        for id, name in _names(content, key).items():
            if name:
                found.setdefault(name, set()).add(written.get(id, name))
    return {name: next(iter(english)) for name, english in found.items() if len(english) == 1}


def english_by_id(content: Package) -> dict[str, str]:
    """Element id → English name of a package's own process, which has the empty id."""
    return catalogue.names(content.files.get(f"translations/{content.key}.en.yaml", ""))


def _names(content: Package, key: str) -> dict[str, str]:
    try:
        diagram = parse(content.bpmn(key))
    except (MalformedXml, MissingFile):
        return {}
    elements = {element.id: element.name for element in diagram.elements.values()}
    return elements | {flow.id: flow.name for flow in diagram.flows.values()}
