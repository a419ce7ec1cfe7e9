"""Which variables are known at an element: what tasks, service tasks, decisions and callers before it have given. Nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marshmallow import Schema, fields

from engine import handlers
from engine.definitions import dmn, graph
from engine.definitions.diagram import COUNTER, Diagram, Element, parse
from engine.definitions.package import MissingFile, Package
from engine.errors import EngineError, InvalidDefinition
from engine.language.decisions import DecisionTable
from engine.language.forms import Form
from engine.xml import MalformedXml

FORM_TYPES = {"number": "number", "checkbox": "boolean", "checklist": "list", "datetime": "date"}
SCHEMA_TYPES: tuple[tuple[type[fields.Field], str], ...] = (
    (fields.Boolean, "boolean"),
    (fields.Number, "number"),
    (fields.AwareDateTime, "date and time"),
    (fields.Date, "date"),
    (fields.List, "list"),
    (fields.Nested, "context"),
    (fields.Dict, "context"),
)
IN, OUT = "in.", "out."


@dataclass(frozen=True)
class Known:
    """A variable by name, the element that gives it (empty: known from the start), and its FEEL type."""

    name: str
    element_id: str
    type: str


def at(content: Package, process: str, element_id: str) -> list[Known]:
    """The variables known at an element of a process of the package, those of the nearest element first when names repeat.

    A diagram that cannot be read knows nothing.
    """
    try:
        drawn = parse(content.bpmn(process))
    except (MalformedXml, MissingFile):
        return []
    found: dict[str, Known] = {}
    inside = around(drawn, element_id)
    for element in before(drawn, element_id):
        hidden = [e for e in around(drawn, element.id) if e not in inside and e.id != element.id]
        if not hidden and element not in inside:
            for known in _given(element, content):
                found[known.name] = known
    for element in inside:
        for known in _of_item(element):
            found[known.name] = known
    return sorted(found.values(), key=lambda known: known.name)


def before(drawn: Diagram, element_id: str, later: Mapping[str, set[str]] | None = None) -> list[Element]:
    """The elements from which a token can come to an element, in document order; a flow stands for where it begins.

    Shape: `later` is what `all_later` gives, when it is known already.
    """
    flow = drawn.flows.get(element_id)
    target, known = flow.source if flow else element_id, all_later(drawn) if later is None else later
    found = [e for e in drawn.elements.values() if target in known[e.id]]
    own = drawn.elements.get(target)
    return [*found, own] if flow and own is not None and own not in found else found


def all_later(drawn: Diagram) -> dict[str, set[str]]:
    """Of every element those to which a token that left it can come, out of a sub-process as well."""
    following = {id: graph.successors(drawn, id) for id in drawn.elements}
    for element in drawn.elements.values():
        if element.parent in following:
            following[element.id] += [event.id for event in drawn.boundary_events(element.parent)]
            if element.type == "endEvent":
                following[element.id] += [flow.target for flow in drawn.outgoing(element.parent)]
    return {id: _closed(following, id) for id in following}


def _closed(following: Mapping[str, list[str]], element_id: str) -> set[str]:
    found: set[str] = set()
    pending = list(following[element_id])
    while pending:
        current = pending.pop()
        if current not in found and current in following:
            found.add(current)
            pending += following[current]
    return found


def around(drawn: Diagram, element_id: str) -> list[Element]:
    """The multi-instance activities that an element is or stands in, the outermost first."""
    flow, found = drawn.flows.get(element_id), []
    element = drawn.elements.get(flow.source if flow else element_id)
    if flow and element is not None:  # a flow leaves the activity, not an item of it
        element = drawn.elements.get(element.parent)
    while element is not None:
        found.append(element)
        element = drawn.elements.get(element.parent)
    return [one for one in reversed(found) if one.multi_instance is not None]


def _of_item(element: Element) -> Iterator[Known]:
    """What an item of a multi-instance activity sees beside the rest; its list does not."""
    yield Known(COUNTER, element.id, "number")
    if element.multi_instance is not None and element.multi_instance.item:
        yield Known(element.multi_instance.item, element.id, "any")


def _given(element: Element, content: Package) -> Iterator[Known]:
    if element.multi_instance is not None:
        if element.multi_instance.results:
            yield Known(element.multi_instance.results, element.id, "list")
    elif element.type == "userTask":
        yield from _form(element, content)
    elif element.type == "serviceTask":
        yield from _result(element)
    elif element.type == "businessRuleTask" and element.result_variable:
        yield from _decision(element, content)
    elif element.type == "callActivity":
        names = [name for name in element.properties if name.startswith(OUT)]
        yield from (Known(name.removeprefix(OUT), element.id, "any") for name in names)
    if element.trigger == "error":
        yield Known("refusal", element.id, "context")


def _form(element: Element, content: Package) -> Iterator[Known]:
    try:
        form = Form.parse(content.form(element.properties.get("form", "")))
    except (MissingFile, InvalidDefinition):
        return
    for field in form.inputs:
        kind = "boolean" if field.is_boolean else FORM_TYPES.get(field.type, "string")
        yield Known(field.key, element.id, kind)


def _result(element: Element) -> Iterator[Known]:
    known = handlers.registered().get(element.topic)
    if known is None or not element.result_variable:
        return
    yield Known(element.result_variable, element.id, "context")
    for name, field in known.gives.fields.items():
        yield Known(f"{element.result_variable}.{name}", element.id, type_of(field))


def type_of(field: fields.Field) -> str:
    """The FEEL type of a schema's field."""
    return next((name for kind, name in SCHEMA_TYPES if isinstance(field, kind)), "string")


def fields_of(schema: type[Schema]) -> dict[str, fields.Field]:
    """The fields of a schema by name."""
    return dict(schema().fields)


def _decision(element: Element, content: Package) -> Iterator[Known]:
    try:
        logic = dmn.parse(content.decision(element.decision)).find(element.decision).logic
    except EngineError:
        return
    outputs = [output.name for output in logic.outputs] if isinstance(logic, DecisionTable) else []
    yield Known(element.result_variable, element.id, "context" if len(outputs) > 1 else "any")
    if len(outputs) > 1:
        yield from (Known(f"{element.result_variable}.{name}", element.id, "any") for name in outputs)


def given_by_callers(content: Package, process: str) -> list[Known]:
    """What the call activities of a package hand to a process."""
    found: dict[str, Known] = {}
    for key in content.processes:
        for element in parse(content.bpmn(key)).elements.values():
            if element.type == "callActivity" and element.called == process:
                names = [name.removeprefix(IN) for name in element.properties if name.startswith(IN)]
                found |= {name: Known(name, "", "any") for name in names}
    return list(found.values())
