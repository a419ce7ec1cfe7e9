"""Doubts about what a person enters: what the office can hardly believe, though nothing forbids it. Who has been told of it may enter it all the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any, NamedTuple

from engine.language.feel import Scope
from engine.language.forms import Form, InvalidForm
from engine.runtime import runtime


class Answer(NamedTuple):
    """What a person enters in the form of a step, in stored form, with what was known before and the case it is for."""

    case_number: str
    form: Form
    entered: Mapping[str, Any]
    variables: Mapping[str, Any]
    scope: Scope


class Doubted(InvalidForm):
    """What was entered can hardly be meant; `doubts` are the codes under which it may be entered all the same."""


def check(answer: Answer, despite: Collection[str]) -> list[str]:
    """Return the codes of doubts that the person has been told of and sets aside. Errors: Doubted with every doubt, where one of them is new."""
    reasons: dict[str, list[Any]] = {}
    for doubt in runtime.current().doubts:
        for field, of_field in doubt(answer).items():
            reasons.setdefault(field, []).extend(of_field)
    codes = sorted({reason.code for reason in chain.from_iterable(reasons.values())})
    if not set(codes) <= set(despite):
        raise Doubted(reasons=reasons, doubts=codes)
    return codes
