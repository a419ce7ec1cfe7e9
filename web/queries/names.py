"""What processes, elements and departments are called in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import g
from flask_babel import gettext
from sqlalchemy import bindparam, select

import engine
from models.base import connection, session
from models.definition import ProcessDefinition
from models.identity import Department, User
from models.instance import ProcessInstance
from models.usage import Cell
from web.i18n import language
from web.queries import kinds

INSTALLATION = "installation"
ON_THE_SPOT = "on_the_spot"  # what is answered at once goes through no process
_DEPARTMENTS = select(Department.code, Department.name_zh, Department.name_en)
_PEOPLE = select(User.name, User.display_name).where(User.name.in_(bindparam("logins", expanding=True)))


def _known(key: str) -> engine.Definition:
    found = _current(key)
    if found is None:
        raise engine.UnknownProcess(process=key)
    return found


def _english(definition: engine.Definition, process: str) -> dict[str, str]:
    found = definition.english.get(process, {})
    return {str(name): str(text) for name, text in found.items() if isinstance(text, str)}


def _chinese(definition: engine.Definition, process: str) -> dict[str, str]:
    diagram = definition.processes[process].diagram
    return {"": diagram.name, **_unnamed(diagram, {}), **{e.id: e.name for e in diagram.elements.values() if e.name}}


def _unnamed(drawn: engine.Diagram, english: Mapping[str, Any]) -> dict[str, str]:
    """What the elements without a name are called, by their kinds and neighbours."""

    def called(one: engine.Element) -> str:
        return str(english.get(one.id) or one.name)

    return {one.id: kinds.unnamed(drawn, one, called) for one in drawn.elements.values() if not one.name}


@contextmanager
def of_definition(definition: engine.Definition) -> Iterator[None]:
    """Inside the block everything is called as in a definition that need not be published, such as that of a draft."""
    before = g.pop("definitions", None)
    g.definitions = dict.fromkeys(definition.processes, definition)
    try:
        yield
    finally:
        g.pop("definitions")
        if before is not None:
            g.definitions = before


def _current(key: str) -> engine.Definition | None:
    """The newest version of a process, all asked for at once and once in a request; None when it is not published."""
    known: dict[str, engine.Definition] = g.get("definitions") or {}
    if key in known:
        return known[key]
    if "in_force" not in g:
        g.in_force = engine.InForce()
    in_force: engine.InForce = g.in_force
    return in_force.get(key)


def version(definition_id: int, sha256: str = "") -> engine.Definition:
    """A version by its row, asked for once in a request; what a case says is said in the words of its own."""
    known: dict[int, engine.Definition] = g.setdefault("versions", {})
    if definition_id not in known:
        known[definition_id] = engine.definition_by_id(definition_id, sha256)
    return known[definition_id]


def versions_of(numbers: Iterable[str | None]) -> dict[str, engine.Definition]:
    """The version that each of these cases runs on, by case number."""
    columns = (ProcessInstance.business_key, ProcessInstance.definition_id, ProcessDefinition.sha256)
    query = select(*columns).join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    query = query.where(ProcessInstance.business_key.in_({one for one in numbers if one})).order_by(ProcessInstance.id)
    return {number: version(id, sha256) for number, id, sha256 in session().execute(query)}


def process_name(key: str, definition: engine.Definition | None = None) -> str:
    """The name of a process, in `definition` when that holds it, else in its newest version; its key when it is not published."""
    if key == ON_THE_SPOT:
        return gettext("Answered on the spot")
    return element_name(key, "", key, definition)


def element_name(process: str, element_id: str, fallback: str = "", definition: engine.Definition | None = None) -> str:
    """The name of an element; the empty id is the process itself. What belongs to a case is named by the `definition` it runs on."""
    if definition is None or process not in definition.processes:
        definition = _current(process)
    if definition is None:
        return fallback or element_id
    drawn = definition.processes[process].diagram
    element = drawn.elements.get(element_id)
    chinese = (element.name if element else "" if element_id else drawn.name) or fallback
    if element is not None and chinese in ("", element_id):  # nobody named it, so that its kind and neighbours do
        unnamed = _unnamed(drawn, definition.english.get(process, {}) if language() == "en" else {})
        chinese = unnamed.get(element_id, element_id)
    chinese = chinese or element_id
    if language() != "en":
        return chinese
    english = definition.english.get(process, {}).get(element_id)
    return english if isinstance(english, str) and english else chinese


def drawn_in(definition: engine.Definition, element_id: str) -> str:
    """What an element is called on the diagram it stands on, called processes included; its id when it is on none."""
    for process, compiled in definition.processes.items():
        if element_id in compiled.diagram.elements:
            return element_name(process, element_id, compiled.diagram.elements[element_id].name, definition)
    return element_id


def of_process(process: str) -> dict[str, str]:
    """All element names of a process in the language of the page; empty when it is not published."""
    definition = _current(process)
    if definition is None:
        return {}
    english = english_elements(process)
    return {**_chinese(definition, process), **_unnamed(definition.processes[process].diagram, english), **english}


def of_item(name: str, index: int | None, count: int | None) -> str:
    """The name of a step with which item of how many it is done for, when it is done for several."""
    return gettext("%(name)s (%(index)s of %(count)s)", name=name, index=index, count=count) if index else name


def english_elements(process: str, definition: engine.Definition | None = None) -> dict[str, str]:
    """All English names of what is drawn in a process, lanes among them; empty in Chinese."""
    if language() != "en":
        return {}
    if definition is None or process not in definition.processes:
        definition = _current(process)
    if definition is None:
        return {}
    return {**_english(definition, process), **_english_lanes(definition.processes[process].diagram)}


def _english_lanes(drawn: engine.Diagram) -> dict[str, str]:
    """Lane id → the English name of the department that stands on it."""
    known = {row.name_zh: row.name_en for row in _departments()}
    return {id: known[name] for id, name in drawn.lane_names.items() if known.get(name)}


def of_package(package: engine.Package) -> dict[str, str]:
    """The name of everything drawn in a package, published or not, by its id; of two with one id that of the process itself."""
    definition = engine.Definition(package)
    found: dict[str, str] = {}
    for key in sorted(definition.processes, key=lambda one: one == package.key):
        english = definition.english[key] if language() == "en" else {}
        drawn = definition.processes[key].diagram
        flows = [flow for flow in drawn.flows.values() if flow.name]
        named: list[engine.Element | engine.Flow] = [*drawn.elements.values(), *flows]
        by_kind = _unnamed(drawn, english)
        found |= {one.id: str(english.get(one.id) or one.name or by_kind[one.id]) for one in named}
        found |= _english_lanes(drawn) if language() == "en" else {}
    return found


def of_both(old: engine.Package | None, new: engine.Package) -> dict[str, str]:
    """What the elements of two versions are called on an English page, for their pictures; empty in Chinese, which is drawn."""
    if language() != "en":
        return {}
    return {**(_drawn(old) if old is not None else {}), **_drawn(new)}


def _drawn(package: engine.Package) -> dict[str, str]:
    """The English names of what a package's own diagram shows, the pool's under the empty id; a draft that cannot be executed has them as well."""
    try:
        lanes = _english_lanes(engine.read_diagram(package.bpmn(package.key)))
    except engine.EngineError:
        lanes = {}
    return {**lanes, **engine.english_by_id(package)}


def documentation(process: str, element: engine.Element, definition: engine.Definition | None = None) -> str:
    """What the owner wrote for the person at this step."""
    if language() == "en":
        holds = definition is not None and process in definition.processes
        written = (
            (definition if definition is not None and holds else _known(process))
            .english.get(process, {})
            .get("documentation")
        )
        if isinstance(written, dict) and written.get(element.id):
            return str(written[element.id])
    return element.documentation


def subject(definition: engine.Definition | None, recorded: str) -> str:
    """The subject of a notice; on an English page what the diagram of its case says in it is English, the values in it stay as recorded."""
    known = definition.subjects if definition is not None and language() == "en" else {}
    said = max((text for text in known if text in recorded), key=len, default="")
    return recorded.replace(said, known[said], 1) if said else recorded


def departments() -> dict[str, str]:
    """Department names by code, asked for once in a request."""
    column = 2 if language() == "en" else 1
    return {row[0]: row[column] for row in _departments()}


def department(named: str) -> str:
    """A department by its code or by the Chinese name that stands on the lanes; any other name as it is."""
    column = 2 if language() == "en" else 1
    return next((str(row[column]) for row in _departments() if named in (row[0], row[1])), named)


def of_draft(package: engine.Package) -> str:
    """The name of a process that need not be published or executable; empty when it has none."""
    try:
        drawn = engine.read_diagram(package.bpmn(package.key)).name
    except engine.EngineError:
        drawn = ""
    return (engine.english_by_id(package).get("") if language() == "en" else "") or drawn


def _departments() -> Sequence[Any]:
    if "departments" not in g:
        g.departments = connection().execute(_DEPARTMENTS).all()
    rows: Sequence[Any] = g.departments
    return rows


def department_codes() -> dict[str, str]:
    """Department codes by the Chinese name that stands on the lanes."""
    return dict(session().execute(select(Department.name_zh, Department.code)).all())


def person_name(login: str | None) -> str:
    """What a person is called, or what did it without one; the login itself when nobody has it."""
    if not login:
        return ""
    if login == INSTALLATION:
        return str(gettext("the installation"))
    known = _people()
    if login not in known:
        know_people({login})
    return known[login]


def know_people(logins: Iterable[str | None]) -> None:
    """Ask for the names of several people at once, before a page names one after the other."""
    known = _people()
    missing = sorted({login for login in logins if login} - known.keys())
    if missing:
        found = dict(connection().execute(_PEOPLE, {"logins": missing}).all())
        known.update({login: found.get(login, login) for login in missing})


def _people() -> dict[str, str]:
    known: dict[str, str] = g.setdefault("people", {})
    return known


def place_of(cell: str | None) -> str:
    """Where a cell stands; its code when it is not in the table."""
    row = session().get(Cell, cell) if cell else None
    return row.place if row is not None else cell or ""


def department_then(definition: engine.Definition, process: str, element_id: str, code: str) -> str:
    """What the department of a task was called when the version was drawn; departments have no English name but today's."""
    drawn = definition.processes[process].diagram if process in definition.processes else None
    element = drawn.elements.get(element_id) if drawn is not None else None
    if language() != "en" and element is not None and element.lane:
        return element.lane
    return departments().get(code, code)


def refusals(diagram: engine.Diagram, definition: engine.Definition | None = None) -> dict[str, str]:
    """What the errors that a process catches are called where it is drawn, by code."""
    caught = [element for element in diagram.elements.values() if element.error_code]
    return {
        str(element.error_code): element_name(diagram.key, element.id, element.name, definition) for element in caught
    }
