"""Placeholders in texts that people read: {amount}, ${amount}, $amount. Nothing fills them in where they stand; only the wordings of a service task are filled in.

A wording is chosen by a parameter, and another hands over its values: what it asks for is held against what is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine import handlers
from engine.definitions.diagram import Element
from engine.language import feel
from engine.language.feel import Doubt, FeelSyntaxError, Names, lexer
from engine.language.feel.inferred import Type, nearest
from engine.language.forms import Field, Form

WRITTEN = re.compile(
    r"(?<!\\p)(?<!\\P)(?:\$?\{\{?\s*(?P<braced>[^\W\d]\w*(?:\.\w+)*)\s*\}\}?|\$(?P<bare>[A-Za-z_]\w*))"
)
ANY_NAMES = Names({}, complete=False)


def check(element: Element, form: Form | None, names: Names) -> Iterator[Doubt]:
    """What is doubtful at an element; `near` is the variable that seems to be meant, or empty."""
    yield from _unfilled("placeholder_shown", "documentation", element.documentation, names)
    for parameter in element.parameters:
        for text in _texts(parameter.expression):
            yield from _unfilled("placeholder_sent", parameter.name, text, names)
    yield from _wording(element, names)
    for field in form.fields if form is not None else ():
        for place, text in _of_field(field):
            yield from _unfilled("placeholder_shown", place, text, names, field=field.key)


def _of_field(field: Field) -> Iterator[tuple[str, str]]:
    shown = (("text", field.text), ("text", field.text_en), ("label", field.label), ("label", field.label_en))
    yield from (*shown, ("description", field.description), ("description", field.description_en))
    yield from [("default", field.default)] if isinstance(field.default, str) else []
    for text in _texts(field.expressions["prefill"].text) if "prefill" in field.expressions else ():
        yield "prefill", text


def _texts(expression: str) -> list[str]:
    """The texts that are written in an expression."""
    try:
        return [lexer.unquote(one.text) for one in lexer.tokens(expression, ()) if one.kind == "string"]
    except FeelSyntaxError:  # told as a problem
        return []


def _unfilled(rule: str, place: str, text: str, names: Names, **where: str) -> Iterator[Doubt]:
    for found in WRITTEN.finditer(text):
        variable = found["braced"] or found["bare"]
        known = variable.partition(".")[0] in names.types
        near = variable if known else nearest(variable, names.types)
        yield Doubt(rule, {**where, "place": place, "written": found[0], "near": near})


def _wording(element: Element, names: Names) -> Iterator[Doubt]:
    """What a wording asks for and is not given, and what is given and not asked for."""
    known = handlers.registered().get(element.topic)
    if known is None or known.fills is None:
        return
    judged = {one.name: _judged(one.expression, names) for one in element.parameters}
    written = {name: next(iter(kind.values)) for name, kind in judged.items() if kind.literal and kind.values}
    for parameter, asked in known.fills(written).items():
        given = judged.get(parameter, Type()).parts
        if given is not None:
            yield from _compared(parameter, asked, frozenset(name for name, _kind in given))


def _compared(place: str, asked: Mapping[str, bool], given: frozenset[str]) -> Iterator[Doubt]:
    surplus = set(given - asked.keys())
    for part in sorted(name for name, must in asked.items() if must and name not in given):
        near = nearest(part, surplus)
        surplus.discard(near)
        yield Doubt("placeholder_without_value", {"place": place, "part": part, "near": near})
    for part in sorted(surplus):
        yield Doubt("value_without_placeholder", {"place": place, "part": part, "near": nearest(part, asked)})


def _judged(text: str, names: Names) -> Any:
    try:
        return feel.judge(text)(names, [])
    except FeelSyntaxError:
        return Type()
