"""Whether what a file says is what the record says: in what was withheld then and is shown now, and in what was erased since."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from engine import ground, record
from engine.proof import Verdict
from engine.record.case_steps import CaseStep

# Stands in a rebuilt step where the record has only what no key opens any more; a private character, which no person types.
ERASED = "\ue000erased\ue000"


def readings(verdict: Verdict) -> list[Verdict]:
    """Return the case as the record has it and, of an erased one, with ERASED wherever a file may say what was there before."""
    if verdict.erasure is None:
        return [verdict]
    marked = [
        replace(entry, steps=cast(list[CaseStep], record.steps_left(entry.body, ERASED))) for entry in verdict.history
    ]
    return [verdict, replace(verdict, history=marked, erasure=None)]


def made_otherwise(verdict: Verdict, make: Callable[[Verdict, bool], Any]) -> list[Any]:
    """Return what `make` makes of each reading, with personal values and without."""
    return [make(reading, personal) for reading in readings(verdict) for personal in (False, True)]


def tells(value: Any, versions: Sequence[Any]) -> bool:
    """Tell whether a value of a file is one that we would write: `versions` are the ways in which it may have been written. An earlier version withheld less."""
    if any(version == ERASED or _same(value, version) for version in versions):
        return True
    if isinstance(value, dict):
        alike = [version for version in versions if isinstance(version, dict) and version.keys() == value.keys()]
        return bool(alike) and all(tells(inner, [version[name] for version in alike]) for name, inner in value.items())
    if isinstance(value, list):
        rows = [version for version in versions if isinstance(version, list) and len(version) == len(value)]
        return bool(rows) and all(
            tells(inner, column) for inner, column in zip(value, zip(*rows, strict=True), strict=True)
        )
    return False


def _same(value: Any, expected: Any) -> bool:
    """Tell whether two values are equal and of one type: `1`, `true` and `1.0` are three things in a file."""
    return type(value) is type(expected) and bool(value == expected)


def tells_text(text: str, versions: Sequence[str]) -> bool:
    """Tell the same of cells that hold JSON; anything else has to be one of `versions` to the letter."""
    if text in versions:
        return True
    documents = [value for value in map(_json, versions) if isinstance(value, dict | list) or value == ERASED]
    return bool(documents) and tells(_json(text), documents)


def _json(text: str) -> object:
    """Return what a cell holds; one that is no JSON, or gives a key twice, is the text it is."""
    try:
        return text if ground.key_twice(text) is not None else json.loads(text)
    except ValueError:
        return text
