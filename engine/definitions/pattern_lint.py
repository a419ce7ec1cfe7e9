"""Patterns that are written in an expression and that our reader refuses: the function would give null in every case, and nobody would be told."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions import tables
from engine.definitions.dmn import Decision, Model
from engine.ground.errors import Problem
from engine.language import feel
from engine.language.feel import Doubt, FeelSyntaxError, Names
from engine.language.forms import Form

RULES = frozenset({"pattern_refused", "pattern_of_nothing", "replacement_refused"})
ANY_NAMES = Names({}, complete=False)


def of_text(text: str) -> list[Doubt]:
    """Return what is refused in an expression; nothing in one that cannot be read, which is told elsewhere."""
    doubts: list[Doubt] = []
    try:
        feel.judge(text)(ANY_NAMES, doubts)
    except FeelSyntaxError:
        return []
    return _refused(doubts)


def problems(form: Form) -> Iterator[Problem]:
    """Yield what is refused in the expressions of a form."""
    for field in form.fields:
        hiding = {"hide": field.hide} if field.hide is not None else {}
        for place, expression in {**hiding, **field.expressions}.items():
            for doubt in of_text(expression.text):
                yield Problem(0, field.key, doubt.rule, {"field": field.key, "place": place, **doubt.values})


def of_decision(model: Model, decision: Decision) -> list[Doubt]:
    """Return what is refused in a decision and in those it requires."""
    return _refused(tables.doubts(model, decision, ANY_NAMES, asked_for=True))


def _refused(doubts: list[Doubt]) -> list[Doubt]:
    return [doubt for doubt in doubts if doubt.rule in RULES]
