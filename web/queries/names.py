"""What processes, elements and departments are called in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from flask import g
from flask_babel import gettext
from sqlalchemy import bindparam, select

import engine
from models.base import connection, session
from models.identity import Department, User
from models.usage import Cell
from web.i18n import language

_DEPARTMENTS = select(Department.code, Department.name_zh, Department.name_en)
_PEOPLE = select(User.name, User.display_name).where(User.name.in_(bindparam("logins", expanding=True)))


@lru_cache(maxsize=256)
def _english(sha256: str, key: str, process: str) -> dict[str, str]:
    found = _known(key).english.get(process, {})
    return {str(name): str(text) for name, text in found.items() if isinstance(text, str)}


@lru_cache(maxsize=256)
def _chinese(sha256: str, key: str) -> dict[str, str]:
    diagram = _known(key).processes[key].diagram
    return {"": diagram.name, **{e.id: e.name for e in diagram.elements.values()}}


def _known(key: str) -> engine.Definition:
    found = _current(key)
    if found is None:
        raise engine.UnknownProcess(process=key)
    return found


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


def process_name(key: str) -> str:
    """The name of a process; its key when it is not published."""
    return element_name(key, "", key)


def element_name(process: str, element_id: str, fallback: str = "") -> str:
    """The name of an element; the empty id is the process itself."""
    definition = _current(process)
    if definition is None:
        return fallback or element_id
    chinese = _chinese(definition.sha256, process).get(element_id) or fallback or element_id
    if language() != "en":
        return chinese
    return _english(definition.sha256, process, process).get(element_id) or chinese


def drawn_in(definition: engine.Definition, element_id: str) -> str:
    """What an element is called on the diagram it stands on, called processes included; its id when it is on none."""
    for process, compiled in definition.processes.items():
        if element_id in compiled.diagram.elements:
            return element_name(process, element_id, compiled.diagram.elements[element_id].name)
    return element_id


def of_process(process: str) -> dict[str, str]:
    """All element names of a process in the language of the page; empty when it is not published."""
    definition = _current(process)
    if definition is None:
        return {}
    return {**_chinese(definition.sha256, process), **english_elements(process)}


def of_item(name: str, index: int | None, count: int | None) -> str:
    """The name of a step with which item of how many it is done for, when it is done for several."""
    return gettext("%(name)s (%(index)s of %(count)s)", name=name, index=index, count=count) if index else name


def english_elements(process: str) -> dict[str, str]:
    """All English names of what is drawn in a process, lanes among them; empty in Chinese."""
    definition = _current(process) if language() == "en" else None
    if definition is None:
        return {}
    return {**_english(definition.sha256, process, process), **_english_lanes(definition.processes[process].diagram)}


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
        found |= {one.id: str(english.get(one.id) or one.name or one.id) for one in named}
        found |= _english_lanes(drawn) if language() == "en" else {}
    return found


def of_both(old: engine.Package | None, new: engine.Package) -> dict[str, str]:
    """What the elements of two versions are called on an English page, for their pictures; empty in Chinese, which is drawn."""
    if language() != "en":
        return {}
    return {**(of_package(old) if old is not None else {}), **of_package(new)}


def documentation(process: str, element: engine.Element) -> str:
    """What the owner wrote for the person at this step."""
    if language() == "en":
        written = _known(process).english.get(process, {}).get("documentation")
        if isinstance(written, dict) and written.get(element.id):
            return str(written[element.id])
    return element.documentation


def subject(process: str | None, recorded: str) -> str:
    """The subject of a notice; on an English page what the diagram says in it is English, the values in it stay as recorded."""
    definition = _current(process) if process and language() == "en" else None
    known = definition.subjects if definition is not None else {}
    said = max((text for text in known if text in recorded), key=len, default="")
    return recorded.replace(said, known[said], 1) if said else recorded


def departments() -> dict[str, str]:
    """Department names by code, asked for once in a request."""
    column = 2 if language() == "en" else 1
    return {row[0]: row[column] for row in _departments()}


def _departments() -> Sequence[Any]:
    if "departments" not in g:
        g.departments = connection().execute(_DEPARTMENTS).all()
    rows: Sequence[Any] = g.departments
    return rows


def department_codes() -> dict[str, str]:
    """Department codes by the Chinese name that stands on the lanes."""
    return dict(session().execute(select(Department.name_zh, Department.code)).all())


def person_name(login: str | None) -> str:
    """What a person is called; the login itself when nobody has it (the desk, an installation)."""
    if not login:
        return ""
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


def refusals(diagram: engine.Diagram) -> dict[str, str]:
    """What the errors that a process catches are called where it is drawn, by code."""
    caught = [element for element in diagram.elements.values() if element.error_code]
    return {str(element.error_code): element_name(diagram.key, element.id, element.name) for element in caught}
