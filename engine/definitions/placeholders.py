"""Placeholders in texts that people read: {amount}, ${amount}, $amount. Nothing fills them in where they stand; only the wordings of a service task are filled in.

A wording is chosen by a parameter, and another hands over its values: what it asks for is held against what is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from engine.diagrams.diagram import Element
from engine.language import feel
from engine.language.feel import Doubt, FeelSyntaxError, Names, lexer
from engine.language.feel.inferred import Type, nearest
from engine.language.forms import Field, Form
from engine.runtime import handlers
from engine.runtime.declarations import Fills

WRITTEN = re.compile(
    r"(?<!\\p)(?<!\\P)(?:\$?\{\{?\s*(?P<braced>[^\W\d]\w*(?:\.\w+)*)\s*\}\}?|\$(?P<bare>[A-Za-z_]\w*))"
)
MOST_WORDINGS = 100
ANY_NAMES = Names({}, complete=False)


def check(element: Element, form: Form | None, names: Names) -> Iterator[Doubt]:
    """Yield what is doubtful at an element; `near` is the variable that seems to be meant, or empty."""
    yield from _unfilled("placeholder_shown", "documentation", element.documentation, names)
    for parameter in element.parameters:
        for text in _texts(parameter.expression):
            yield from _unfilled("placeholder_sent", parameter.name, text, names)
    yield from _wording(element, names)
    for field in form.fields if form is not None else ():
        for place, text in _of_field(field):
            yield from _unfilled("placeholder_shown", place, text, names, field=field.key)


def _of_field(field: Field) -> Iterator[tuple[str, str]]:
    texts = (("text", field.text), ("text", field.text_en), ("label", field.label), ("label", field.label_en))
    yield from (*texts, ("description", field.description), ("description", field.description_en))
    yield from [("default", field.default)] if isinstance(field.default, str) else []
    for text in _texts(field.expressions["prefill"].text) if "prefill" in field.expressions else ():
        yield "prefill", text


def _texts(expression: str) -> list[str]:
    """Return the texts that are written in an expression."""
    try:
        return [lexer.unquote(token.text) for token in lexer.tokens(expression, ()) if token.kind == "string"]
    except FeelSyntaxError:  # told as a problem
        return []


def _unfilled(rule: str, place: str, text: str, names: Names, **place_values: str) -> Iterator[Doubt]:
    for placeholder in WRITTEN.finditer(text):
        variable = placeholder["braced"] or placeholder["bare"]
        is_set = variable.partition(".")[0] in names.types
        near = variable if is_set else nearest(variable, names.types)
        yield Doubt(rule, {**place_values, "place": place, "written": placeholder[0], "near": near})


def _wording(element: Element, names: Names) -> Iterator[Doubt]:
    """Yield what a wording asks for and is not given, and what is given and not asked for."""
    handler = handlers.handlers_by_topic().get(element.topic)
    if handler is None or handler.fills is None:
        return
    types = {parameter.name: _judged(parameter.expression, names) for parameter in element.parameters}
    for parameter, placeholders in _filled(handler.fills, types).items():
        parts = types.get(parameter, Type()).parts
        if parts is not None:
            yield from _compared(parameter, placeholders, frozenset(name for name, _kind in parts))


def _filled(fills: Fills, types: Mapping[str, Type]) -> dict[str, dict[str, bool]]:
    """Return the placeholders of all wordings that may be chosen, by the parameter that fills them: a value is a must where every wording asks for it."""
    literals = {name: sorted(kind.values) for name, kind in types.items() if kind.literal and kind.values}
    merged: dict[str, dict[str, bool]] = {}
    if prod(map(len, literals.values())) > MOST_WORDINGS:
        return merged
    for choice in product(*literals.values()):
        for parameter, placeholders in fills(dict(zip(literals, choice, strict=True))).items():
            before = merged.setdefault(parameter, dict(placeholders))
            common = before.keys() & placeholders.keys()
            merged[parameter] = {
                name: name in common and before[name] and placeholders[name]
                for name in before.keys() | placeholders.keys()
            }
    return merged


def _compared(place: str, placeholders: Mapping[str, bool], names: frozenset[str]) -> Iterator[Doubt]:
    surplus = set(names - placeholders.keys())
    for part in sorted(name for name, must in placeholders.items() if must and name not in names):
        near = nearest(part, surplus)
        surplus.discard(near)
        yield Doubt("placeholder_without_value", {"place": place, "part": part, "near": near})
    for part in sorted(surplus):
        yield Doubt("value_without_placeholder", {"place": place, "part": part, "near": nearest(part, placeholders)})


def _judged(text: str, names: Names) -> Type:
    try:
        return feel.judge(text)(names, [])
    except FeelSyntaxError:
        return Type()
