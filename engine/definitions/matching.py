"""Patterns that are written in an expression and that our reader refuses: the function would give null in every case, and nobody would be told."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions import tables
from engine.definitions.dmn import Decision, Model
from engine.errors import Problem
from engine.language import feel
from engine.language.feel import Doubt, FeelSyntaxError, Names
from engine.language.forms import Form

RULES = frozenset({"pattern_refused", "pattern_of_nothing", "replacement_refused"})
ANY_NAMES = Names({}, complete=False)


def of_text(text: str) -> list[Doubt]:
    """What is refused in an expression; nothing in one that cannot be read, which is told elsewhere."""
    found: list[Doubt] = []
    try:
        feel.judge(text)(ANY_NAMES, found)
    except FeelSyntaxError:
        return []
    return _refused(found)


def problems(form: Form) -> Iterator[Problem]:
    """What is refused in the expressions of a form."""
    for one in form.fields:
        hiding = {"hide": one.hide} if one.hide is not None else {}
        for place, expression in {**hiding, **one.expressions}.items():
            for doubt in of_text(expression.text):
                yield Problem(0, one.key, doubt.rule, {"field": one.key, "place": place, **doubt.values})


def of_decision(model: Model, decision: Decision) -> list[Doubt]:
    """What is refused in a decision and in those it requires."""
    return _refused(tables.doubts(model, decision, ANY_NAMES, asked_for=True))


def _refused(found: list[Doubt]) -> list[Doubt]:
    return [one for one in found if one.rule in RULES]
