"""The keys of a step of a person or a definition against its type: their writers hand over keywords, which no type check sees."""

from __future__ import annotations

from functools import cache
from typing import Any, NotRequired, get_args, get_origin, get_type_hints

from engine.published.definition_steps import DefinitionStep
from engine.record.person_steps import PersonStep
from engine.record.steps import Step, step


@cache
def _keys() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Every key and every required key, by type of step."""
    shapes = (*get_args(DefinitionStep), *get_args(PersonStep))
    keys: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for shape in shapes:
        hints = get_type_hints(shape, include_extras=True)
        required = frozenset(name for name, kind in hints.items() if get_origin(kind) is not NotRequired)
        keys |= dict.fromkeys(get_args(hints["type"]), (frozenset(hints), required))
    return keys


def checked(type: str, /, **fields: Any) -> Step:
    """The step as it is recorded; one that lacks a key, or has one that its type has not, breaks the test that records it."""
    made = step(type, **fields)
    if type in _keys():
        allowed, required = _keys()[type]
        assert required <= made.keys() <= allowed, (type, sorted(made.keys() ^ required))
    return made
