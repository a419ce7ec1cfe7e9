"""What the elements of a package are called in English, by what they are called on its diagrams: for telling about a draft, which may not be readable throughout."""

from __future__ import annotations

from engine.definitions import catalogue
from engine.definitions.package import MissingFile, Package
from engine.diagrams.diagram import parse
from engine.ground.xml import MalformedXml
from engine.language.forms import content as form_content


def english_names(content: Package) -> dict[str, str]:
    """Return name on a diagram → English name, of all processes of a package; a name that stands for two different ones is left out."""
    translations: dict[str, set[str]] = {}
    for key in content.processes:
        catalogue_names = catalogue.names(content.files.get(f"translations/{key}.en.yaml", ""))
        for id, name in _names(content, key).items():
            if name:
                translations.setdefault(name, set()).add(catalogue_names.get(id, name))
    return {name: next(iter(english)) for name, english in translations.items() if len(english) == 1}


def english_by_id(content: Package) -> dict[str, str]:
    """Return element id → English name of a package's own process, which has the empty id."""
    return catalogue.names(content.files.get(f"translations/{content.key}.en.yaml", ""))


def english_columns(content: Package) -> dict[str, str]:
    """Return heading of a decision table → its English, of all processes of a package."""
    headings: dict[str, str] = {}
    for key in content.processes:
        columns = (catalogue.read(content.files.get(f"translations/{key}.en.yaml", "")) or {}).get("columns")
        headings |= (
            {str(name): str(text) for name, text in columns.items() if text} if isinstance(columns, dict) else {}
        )
    return headings


def field_labels(content: Package) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (file, field key) → label and English label, either of them empty; of forms that cannot be shown as well."""
    return {
        (file, key): (str(facts.get("label", "")), str(facts.get("label_en", "")))
        for file, text in content.files.items()
        if file.endswith(".form")
        for key, facts in (form_content.facts(text) or {}).items()
    }


def _names(content: Package, key: str) -> dict[str, str]:
    try:
        diagram = parse(content.bpmn(key))
    except (MalformedXml, MissingFile):
        return {}
    elements = {element.id: element.name for element in diagram.elements.values()}
    return elements | {flow.id: flow.name for flow in diagram.flows.values()}
