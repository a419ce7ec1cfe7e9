"""Every expression of a process, with where it stands, what it may name, and what it has to give. Nothing is judged here; `names` does that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import handlers
from engine.definitions import setting, settings
from engine.definitions.diagram import Element
from engine.definitions.surroundings import IN, OUT, Drawn, Surroundings, form_of
from engine.language.feel import Names
from engine.language.feel.inferred import ANYTHING, BOOLEAN, LIST, Type
from engine.language.forms import Field, Form

# What means an instant, given as text too; `engine.language.instants` reads it.
TIME = Type(frozenset({"date", "date and time", "days and time duration", "years and months duration", "string"}))
EMPTY = Names({}, complete=False)
NOWHERE = Element(id="", type="userTask", name="", line=0, parent="")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An expression: the element or flow it belongs to, its place there, its variables, and the type it has to have; `takes` names what has to take it.

    `field` is the key of the form's field it stands at.
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
    file: str = ""


def expressions(around: Surroundings, drawn: Drawn) -> Iterator[Asked]:
    """The expressions of a process in document order; those of decision tables stand in `tables`."""
    for element in drawn.diagram.elements.values():
        yield from _of_element(around, drawn, element)
        form = form_of(drawn.package, element) if element.type == "userTask" else None
        if form is not None:
            yield from of_fields(form, element, around.at(drawn.key, element.id))
    for flow in drawn.diagram.flows.values():
        if flow.condition:
            yield Asked(
                line=flow.line,
                element_id=flow.id,
                name=flow.name,
                place="condition",
                text=flow.condition,
                names=around.at(drawn.key, flow.id),
                wanted=BOOLEAN,
            )


def _of_element(around: Surroundings, drawn: Drawn, element: Element) -> Iterator[Asked]:
    names = around.at(drawn.key, element.id)

    def asked(place: str, text: str, seen: Names = names, wanted: Type = ANYTHING, takes: str = "") -> Asked:
        return Asked(
            line=element.line,
            element_id=element.id,
            name=element.name,
            place=place,
            text=text,
            names=seen,
            wanted=wanted,
            takes=takes,
        )

    for place, text, wanted in (
        ("due", element.properties.get("due"), TIME),
        ("correlationKey", element.properties.get("correlationKey"), ANYTHING),
        ("timer", element.timer, TIME),
    ):
        if text:
            yield asked(place, text, wanted=wanted)
    known = handlers.registered().get(element.topic)
    for parameter in element.parameters:
        schema = known.takes.fields.get(parameter.name) if known is not None else None
        wanted = setting.taken(schema) if schema is not None else ANYTHING
        yield asked(parameter.name, parameter.expression, wanted=wanted, takes=parameter.name)
    yield from (asked(name, text) for name, text in element.properties.items() if name.startswith(IN))
    if element.type == "callActivity":
        inside = around.finally_(element.called) if element.called in around.drawn else EMPTY
        yield from (asked(name, text, inside) for name, text in element.properties.items() if name.startswith(OUT))
    filled = _after(drawn, element, names)
    yield from (asked(name, text, filled) for name in settings.APPROVED if (text := element.properties.get(name)))
    if element.multi_instance is not None:
        marker, done = element.multi_instance, around.within(drawn.key, element)
        listed = around.listing(drawn.key, element)
        yield asked("inputCollection", marker.collection, listed, wanted=LIST, takes="inputCollection")
        yield from (asked("outputElement", text, done) for text in [marker.output] if text)
        yield from (asked("completionCondition", text, done, wanted=BOOLEAN) for text in [marker.completion] if text)


def _after(drawn: Drawn, element: Element, names: Names) -> Names:
    """What is known once the form of a user task has been filled in."""
    form = form_of(drawn.package, element) if element.type == "userTask" else None
    return names.with_types(setting.of_form(form)) if form is not None else names


def of_fields(form: Form, element: Element, names: Names) -> Iterator[Asked]:
    """The expressions of a form at the task it belongs to."""
    filled = names.with_types(setting.while_filled(form))
    file = f"forms/{element.properties.get('form', '')}.form"

    def asked(one: Field | None, place: str, text: str, seen: Names, wanted: Type = ANYTHING) -> Asked:
        return Asked(
            line=element.line,
            element_id=element.id,
            name=element.name,
            place=place,
            text=text,
            names=seen,
            wanted=wanted,
            takes=one.key if one is not None else "",
            field=one.key if one is not None else "",
            file=file,
        )

    for field_ in form.fields:
        own = setting.of_form_field(field_) if field_.is_input else ANYTHING
        if field_.hide is not None:
            yield asked(field_, "hide", field_.hide.text, filled, BOOLEAN)
        for place, expression in field_.expressions.items():
            seen = names if place == "prefill" else filled
            yield asked(field_, place, expression.text, seen, own)
    for shown in form.shows:
        yield asked(None, "shows", shown.variable, names, _shown_as(shown.shown_as))


def _shown_as(drawn: str) -> Type:
    """What a display can draw: money is a number, a table or calls a list."""
    kinds = {"money": {"number"}, "balance": {"number", "context"}, "calls": {"list"}, "table": {"list", "context"}}
    return Type(frozenset(kinds[drawn])) if drawn in kinds else ANYTHING
