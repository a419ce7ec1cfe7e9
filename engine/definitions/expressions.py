"""Every expression of a process, with where it stands, what it may name, and what it has to give. Nothing is judged here; `names` does that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from engine.definitions import variable_types
from engine.definitions.surroundings import IN, OUT, Drawn, Surroundings, form_of
from engine.diagrams import settings
from engine.diagrams.diagram import Element
from engine.diagrams.elements import MultiInstance
from engine.language import vocabulary
from engine.language.feel import Names
from engine.language.feel.inferred import ANYTHING, BOOLEAN, LIST, Type
from engine.language.forms import DISPLAYS, Field, Form
from engine.runtime import handlers

# What means an instant, given as text too; `engine.language.instants` reads it.
TIME = Type(frozenset({"date", "date and time", "days and time duration", "years and months duration", "string"}))
# What is asked once a step is done, and what it has to give.
AFTERWARDS = ("triesWhen", "caseLimitWhen", "refusesWhen", "approvedWhen")
AFTER = {
    **dict.fromkeys(AFTERWARDS, BOOLEAN),
    "approvedAmount": Type(frozenset({"number", "context"})),
    **dict.fromkeys(("approvedKind", "approvedPayee"), Type(frozenset({"string", "list"}))),
    "approvedLines": LIST,
}
TEXT = Type(frozenset({"string"}))
EMPTY = Names({}, complete=False)
NOWHERE = Element(id="", type="userTask", name="", line=0, parent="")


@dataclass(frozen=True, kw_only=True)
class PlacedExpression:
    """An expression: the element or flow it belongs to, its place there, its variables, and the type it has to have; `takes` names what has to take it.

    `field` is the key of the form's field it stands at, `paragraph` the text of one that has no key, in Chinese and in English.
    """

    line: int
    element_id: str
    name: str
    place: str
    text: str
    names: Names
    wanted: Type = ANYTHING
    takes: str = ""
    field: str = ""
    paragraph: tuple[str, str] = ("", "")
    file: str = ""


def expressions(around: Surroundings, process: Drawn) -> Iterator[PlacedExpression]:
    """Yield the expressions of a process in document order; those of decision tables stand in `tables`."""
    for element in process.diagram.elements.values():
        yield from _of_element(around, process, element)
        form = form_of(process.package, element) if element.type == "userTask" else None
        if form is not None:
            yield from of_fields(form, element, around.at(process.key, element.id))
    for flow in process.diagram.flows.values():
        if flow.condition:
            yield PlacedExpression(
                line=flow.line,
                element_id=flow.id,
                name=flow.name,
                place="condition",
                text=flow.condition,
                names=around.at(process.key, flow.id),
                wanted=BOOLEAN,
            )


def _of_element(around: Surroundings, process: Drawn, element: Element) -> Iterator[PlacedExpression]:
    names = around.at(process.key, element.id)
    expression = partial(_placed, element)
    for place, text, expected in (
        ("due", element.properties.get("due"), TIME),
        ("correlationKey", element.properties.get("correlationKey"), ANYTHING),
        ("groupFrom", element.properties.get("groupFrom"), TEXT),
        ("skippedWhen", element.properties.get("skippedWhen"), BOOLEAN),
        ("timer", element.timer_expression, TIME),
    ):
        if text:
            yield expression(place, text, names, expected)
    handler = handlers.handlers_by_topic().get(element.topic)
    for parameter in element.parameters:
        schema = handler.takes.fields.get(parameter.name) if handler is not None else None
        expected = variable_types.taken(schema) if schema is not None else ANYTHING
        yield expression(parameter.name, parameter.expression, names, expected, takes=parameter.name)
    yield from (expression(name, text, names) for name, text in element.properties.items() if name.startswith(IN))
    if element.type == "callActivity":
        inside = around.finally_(element.called) if element.called in around.drawn else EMPTY
        yield from (expression(name, text, inside) for name, text in element.properties.items() if name.startswith(OUT))
    yield from _of_done(element, _after(process, element, names))
    if element.multi_instance is not None:
        yield from _of_list(around, process, element, element.multi_instance)


def _of_done(element: Element, names: Names) -> Iterator[PlacedExpression]:
    """Yield what is asked once a step is done."""
    for name, expected in AFTER.items():
        if text := element.properties.get(name):
            yield _placed(element, name, text, names, expected, takes="" if expected == BOOLEAN else name)
    for name in settings.NAMES:
        variables = (variable.strip() for variable in element.properties.get(name, "").split(","))
        yield from (_placed(element, name, variable, names) for variable in variables if settings.usable(variable))


def _of_list(
    around: Surroundings, process: Drawn, element: Element, marker: MultiInstance
) -> Iterator[PlacedExpression]:
    """Yield what is asked of the list of a multi-instance activity, and of each item."""
    names = around.within(process.key, element)
    list_names = around.listing(process.key, element)
    yield _placed(element, "inputCollection", marker.collection, list_names, LIST, takes="inputCollection")
    if marker.output:
        yield _placed(element, "outputElement", marker.output, names)
    if marker.completion:
        yield _placed(element, "completionCondition", marker.completion, names, BOOLEAN)


def _placed(
    element: Element, place: str, text: str, names: Names, expected: Type = ANYTHING, takes: str = ""
) -> PlacedExpression:
    return PlacedExpression(
        line=element.line,
        element_id=element.id,
        name=element.name,
        place=place,
        text=text,
        names=names,
        wanted=expected,
        takes=takes,
    )


def _after(process: Drawn, element: Element, names: Names) -> Names:
    """Return what is known once a step is done: the form of a user task has been filled in, the result of a service task or a decision is there."""
    form = form_of(process.package, element) if element.type == "userTask" else None
    types = variable_types.of_form(form) if form is not None else {}
    if element.multi_instance is None and element.result_variable:
        types |= process.sets.get(element.id, {})
    return names.with_types(types)


def of_fields(form: Form, element: Element, names: Names) -> Iterator[PlacedExpression]:
    """Yield the expressions of a form at the task it belongs to."""
    filled = names.with_types(variable_types.while_filled(form))
    file = f"forms/{element.properties.get('form', '')}.form"

    def asked(field: Field | None, place: str, text: str, names: Names, expected: Type = ANYTHING) -> PlacedExpression:
        key = field.key if field is not None else ""
        paragraph = (field.text, field.text_en) if field is not None and not key else ("", "")
        at_element = _placed(element, place, text, names, expected, key)
        return replace(at_element, field=key, paragraph=paragraph, file=file)

    for field_ in form.fields:
        own = variable_types.of_form_field(field_) if field_.is_input else ANYTHING
        if field_.hide is not None:
            yield asked(field_, "hide", field_.hide.text, filled, BOOLEAN)
        for place, expression in field_.expressions.items():
            visible = names if place == "prefill" else filled
            expected = {"allowed": ANYTHING, "requiredWhen": BOOLEAN}.get(place, own)
            yield asked(field_, place, expression.text, visible, expected)
    for display in form.shows:
        yield asked(None, "shows", display.variable, names, _shown_as(display.shown_as))
        if display.overtaken_by:
            yield asked(None, "shows", display.overtaken_by, names, ANYTHING)


def _shown_as(display: str) -> Type:
    """Return what a display can draw."""
    return Type({**DISPLAYS, **vocabulary.in_force().displays}.get(display, frozenset()))
