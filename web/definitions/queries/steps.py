"""The page of a process for staff: its steps with who does them, by when, on which form, and what the manual asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext

from engine import definitions, diagrams, runtime
from web.definitions.queries import modeler
from web.definitions.telling import changes, time_limits
from web.lookup.departments import department_codes
from web.telling import names
from web.telling.i18n import in_language


@dataclass(frozen=True)
class Step:
    """One step in words. `form` names the form of a user task; `fields` are its labels; `calls` the process of a call activity."""

    id: str
    name: str
    kind: str
    who: str
    limit: str
    form: str
    fields: list[str]
    does: str
    calls: str
    manual: list[tuple[str, str]]
    documentation: str


def of(definition: definitions.Definition) -> list[Step]:
    """Return every activity of a process, in the order in which it is drawn."""
    departments = _Departments()
    return [_step(definition, e, departments) for e in definition.elements.values() if e.type in diagrams.ACTIVITIES]


def limit_of_all(definition: definitions.Definition) -> str:
    """Return the limit of the process as a whole, which stands at its start event; empty when it has none."""
    starts = [e for e in definition.elements.values() if e.type == "startEvent" and e.parent == definition.key]
    return time_limits.text(definition, starts[0]) if starts else ""


def _step(definition: definitions.Definition, element: diagrams.Element, departments: _Departments) -> Step:
    form = element.properties.get("form", "") if element.type == "userTask" else ""
    return Step(
        id=element.id,
        name=names.element_name(definition.key, element.id, element.name),
        kind=changes.kind(element.type),
        who=departments.of(element) if element.type in ("userTask", "receiveTask", "subProcess") else "",
        limit=time_limits.text(definition, element),
        form=form,
        fields=list(_fields(definition, form)) if form else [],
        does=_does(definition, element),
        calls=element.called,
        manual=[(ref, _manual(ref)) for ref in element.manual_refs],
        documentation=names.documentation(definition.key, element),
    )


def _fields(definition: definitions.Definition, form: str) -> Iterator[str]:
    for field in definition.form_by_id(form).inputs:
        yield in_language(field.label, field.label_en) or field.key


def named_by_form(definition: definitions.Definition, form: str) -> list[str]:
    """Return the steps of a process that are done on a form, in the order in which they are drawn."""
    elements = definition.elements.values()
    on_form = (element for element in elements if element.type == "userTask" and element.properties.get("form") == form)
    return [names.element_name(definition.key, element.id, element.name) for element in on_form]


def _does(definition: definitions.Definition, element: diagrams.Element) -> str:
    """Return what the desk does by itself at a service task, or which table decides."""
    operator = runtime.handlers_by_topic().get(element.topic)
    if operator is not None:
        return in_language(operator.title_zh, operator.title_en)
    if not element.decision:
        return ""
    return in_language(definition.decision_name(element.decision), gettext("by a decision table"))


def _manual(ref: str) -> str:
    item = modeler.manual().get(ref)
    return in_language(item.title_zh, item.title_en) if item is not None else ""


class _Departments:
    """Names of departments by the lane or the group of an element."""

    def __init__(self) -> None:
        self.by_code = names.departments()
        self.codes = department_codes()

    def of(self, element: diagrams.Element) -> str:
        code = element.properties.get("group") or self.codes.get(element.lane, element.lane)
        return self.by_code.get(code, code)
