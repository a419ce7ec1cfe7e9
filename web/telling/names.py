"""What processes, elements and departments are called in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import engine
import engine.definitions
from engine import diagrams
from web.lookup import definitions, staff
from web.lookup.departments import department_rows
from web.telling import element_kinds
from web.telling.i18n import gettext, language
from web.telling.i18n import mark as _

NOBODY = {"installation": _("the installation"), "system": _("the system"), "scenario": _("the scenario")}
ON_THE_SPOT = "on_the_spot"  # what is answered at once goes through no process


def _english(definition: engine.definitions.Definition, process: str) -> dict[str, str]:
    texts = definition.english.get(process, {})
    return {str(name): str(text) for name, text in texts.items() if isinstance(text, str)}


def _chinese(definition: engine.definitions.Definition, process: str) -> dict[str, str]:
    diagram = definition.processes[process].diagram
    return {"": diagram.name, **_unnamed(diagram, {}), **{e.id: e.name for e in diagram.elements.values() if e.name}}


def _unnamed(diagram: diagrams.Diagram, english: Mapping[str, Any]) -> dict[str, str]:
    """Return what the elements without a name are called, by their kinds and neighbours."""

    def called(element: diagrams.Element) -> str:
        return str(english.get(element.id) or element.name)

    return {
        element.id: element_kinds.unnamed(diagram, element, called)
        for element in diagram.elements.values()
        if not element.name
    }


def process_name(key: str, definition: engine.definitions.Definition | None = None) -> str:
    """Return the name of a process, in `definition` when that holds it, else in its newest version; its key when it is not published."""
    if key == ON_THE_SPOT:
        return gettext("Answered on the spot")
    return element_name(key, "", key, definition)


def answers_to(text: str, key: str) -> bool:
    """Tell whether a process is looked for by a text: a part of its key, or of its name in either language."""
    definition = definitions.newest(key)
    process_names = (
        (definition.processes[key].diagram.name, _english(definition, key).get("", "")) if definition else ()
    )
    return any(text.strip().lower() in name.lower() for name in (key, *process_names))


def element_name(
    process: str, element_id: str, fallback: str = "", definition: engine.definitions.Definition | None = None
) -> str:
    """Return the name of an element; the empty id is the process itself. What belongs to a case is named by the `definition` it runs on."""
    if definition is None or process not in definition.processes:
        definition = definitions.newest(process)
    if definition is None:
        return fallback or element_id
    diagram = definition.processes[process].diagram
    element = diagram.elements.get(element_id)
    chinese = (element.name if element else "" if element_id else diagram.name) or fallback
    if element is not None and chinese in ("", element_id):  # nobody named it, so that its kind and neighbours do
        unnamed = _unnamed(diagram, definition.english.get(process, {}) if language() == "en" else {})
        chinese = unnamed.get(element_id, element_id)
    chinese = chinese or element_id
    if language() != "en":
        return chinese
    english = definition.english.get(process, {}).get(element_id)
    return english if isinstance(english, str) and english else chinese


def drawn_in(definition: engine.definitions.Definition, element_id: str) -> str:
    """Return what an element is called on the diagram it stands on, called processes included; its id when it is on none."""
    for process, compiled in definition.processes.items():
        if element_id in compiled.diagram.elements:
            return element_name(process, element_id, compiled.diagram.elements[element_id].name, definition)
    return element_id


def is_limit(definition: engine.definitions.Definition, element_id: str) -> bool:
    """Tell whether a timer is drawn at the edge of a step, which is over when the step is done; any other is simply waited for."""
    drawings = (compiled.diagram.elements.get(element_id) for compiled in definition.processes.values())
    element = next((element for element in drawings if element is not None), None)
    return element is not None and element.type == "boundaryEvent"


def of_process(process: str) -> dict[str, str]:
    """Return all element names of a process in the language of the page; empty when it is not published."""
    definition = definitions.newest(process)
    if definition is None:
        return {}
    english = english_elements(process)
    return {**_chinese(definition, process), **_unnamed(definition.processes[process].diagram, english), **english}


def of_item(name: str, index: int | None, count: int | None) -> str:
    """Return the name of a step with which item of how many it is done for, when it is done for several."""
    return gettext("%(name)s (%(index)s of %(count)s)", name=name, index=index, count=count) if index else name


def english_elements(process: str, definition: engine.definitions.Definition | None = None) -> dict[str, str]:
    """Return all English names of what is drawn in a process, lanes among them; empty in Chinese."""
    if language() != "en":
        return {}
    if definition is None or process not in definition.processes:
        definition = definitions.newest(process)
    if definition is None:
        return {}
    return {**_english(definition, process), **_english_lanes(definition.processes[process].diagram)}


def _english_lanes(diagram: diagrams.Diagram) -> dict[str, str]:
    """Return lane id → the English name of the department that stands on it."""
    english_names = {row.name_zh: row.name_en for row in department_rows()}
    return {id: english_names[name] for id, name in diagram.lane_names.items() if english_names.get(name)}


def of_package(package: engine.definitions.Package) -> dict[str, str]:
    """Return the name of everything drawn in a package, published or not, by its id; of two with one id that of the process itself."""
    definition = engine.definitions.Definition(package)
    texts: dict[str, str] = {}
    for key in sorted(definition.processes, key=lambda process: process == package.key):
        english = definition.english[key] if language() == "en" else {}
        diagram = definition.processes[key].diagram
        flows = [flow for flow in diagram.flows.values() if flow.name]
        parts: list[diagrams.Element | diagrams.Flow] = [*diagram.elements.values(), *flows]
        by_kind = _unnamed(diagram, english)
        texts |= {part.id: str(english.get(part.id) or part.name or by_kind[part.id]) for part in parts}
        texts |= _english_lanes(diagram) if language() == "en" else {}
    return texts


def of_both(old: engine.definitions.Package | None, new: engine.definitions.Package) -> dict[str, str]:
    """Return what the elements of two versions are called on an English page, for their pictures; empty in Chinese, which is drawn."""
    if language() != "en":
        return {}
    return {**(_drawn(old) if old is not None else {}), **_drawn(new)}


def _drawn(package: engine.definitions.Package) -> dict[str, str]:
    """Return the English names of what a package's own diagram shows, the pool's under the empty id; a draft that cannot be executed has them as well."""
    try:
        lanes = _english_lanes(diagrams.parse(package.bpmn(package.key)))
    except engine.EngineError:
        lanes = {}
    return {**lanes, **engine.definitions.english_by_id(package)}


def documentation(
    process: str, element: diagrams.Element, definition: engine.definitions.Definition | None = None
) -> str:
    """Return what the owner wrote for the person at this step."""
    if language() == "en":
        holds = definition is not None and process in definition.processes
        name = (
            (definition if definition is not None and holds else definitions.published(process))
            .english.get(process, {})
            .get("documentation")
        )
        if isinstance(name, dict) and name.get(element.id):
            return str(name[element.id])
    return element.documentation


def about(process: str, definition: engine.definitions.Definition) -> str:
    """Return what the owner wrote of the process as a whole: what it is for, and on which notice of the operator it rests."""
    if language() == "en":
        text = definition.english.get(process, {}).get("documentation")
        if isinstance(text, dict) and text.get(""):
            return str(text[""])
    return definition.processes[process].diagram.documentation


def subject(definition: engine.definitions.Definition | None, recorded: str) -> str:
    """Return the subject of a notice; on an English page what the diagram of its case says in it is English, the values in it stay as recorded."""
    subjects = definition.subjects if definition is not None and language() == "en" else {}
    subject_drawn = max((text for text in subjects if text in recorded), key=len, default="")
    return recorded.replace(subject_drawn, subjects[subject_drawn], 1) if subject_drawn else recorded


def departments() -> dict[str, str]:
    """Return department names by code, asked for once in a request."""
    column = 2 if language() == "en" else 1
    return {row[0]: row[column] for row in department_rows()}


def department(code_or_lane: str) -> str:
    """Return a department by its code or by the Chinese name that stands on the lanes; any other name as it is."""
    column = 2 if language() == "en" else 1
    return next((str(row[column]) for row in department_rows() if code_or_lane in (row[0], row[1])), code_or_lane)


def of_draft(package: engine.definitions.Package) -> str:
    """Return the name of a process that need not be published or executable; empty when it has none."""
    try:
        chinese = diagrams.parse(package.bpmn(package.key)).name
    except engine.EngineError:
        chinese = ""
    return (engine.definitions.english_by_id(package).get("") if language() == "en" else "") or chinese


def person_name(login: str | None) -> str:
    """Return what a person is called, or what did it without one; the login itself when nobody has it."""
    if not login:
        return ""
    if login in NOBODY:
        return str(gettext(NOBODY[login]))
    return staff.display_name(login)


def department_then(definition: engine.definitions.Definition, process: str, element_id: str, code: str) -> str:
    """Return what the department of a task was called when the version was drawn; one that the case named, and every one in English, is called as today."""
    diagram = definition.processes[process].diagram if process in definition.processes else None
    element = diagram.elements.get(element_id) if diagram is not None else None
    if language() != "en" and element is not None and not element.properties.get("groupFrom"):
        drawn_with = element.properties.get("group") or element.lane
        if drawn_with and drawn_with not in departments():
            return drawn_with
    return departments().get(code, code)


def refusals(diagram: diagrams.Diagram, definition: engine.definitions.Definition | None = None) -> dict[str, str]:
    """Return what the errors that a process catches are called where it is drawn, by code."""
    catching = [element for element in diagram.elements.values() if element.error_code]
    return {
        str(element.error_code): element_name(diagram.key, element.id, element.name, definition) for element in catching
    }
