"""One way in which a play came out otherwise than agreed: a kind and its values. In words of a language it is told at the edge; `str` is for logs and the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SAID = {
    "not_open": "{element} is not open; open: {open}{incidents}",
    "no_such_process": "there is no process {process}",
    "no_such_step": "{element} is a step that the process no longer has; open: {open}",
    "no_such_field": "{element}: its form no longer has {fields}; besides: {why}",
    "nobody_waits": "nobody waits for {message} with {key}",
    "no_incident": "no incident at {element}",
    "not_a_duration": "{text!r} is not a duration such as PT48H",
    "unknown_step": "none of {kinds}",
    "not_refused": "{element} was completed; agreed: {refused}",
    "form": "{element}: {why}",
    "refused": "{message}",
    "invalid": "line {line}: {element}: {rule} {values}",
    "path": "path: {element} was not reached (in this order); was: {reached}",
    "end": "end: expected {expected}, stands at {stands}{incidents}",
    "other_end": "end: expected {expected}, ended at {ends}",
    "ledger": "ledger {account}: expected {expected:+d} fen, moved {moved:+d}; all: {all}",
    "ledger_unnamed": "ledger {account}: moved {moved:+d} fen, and nothing was agreed about it",
    "variable": "{name}: expected {expected!r}, is {found!r}",
    "not_verified": "the record of the case does not verify: {what}",
}


@dataclass(frozen=True)
class Difference:
    """A kind of `SAID` with its values, which are what JSON has; `step` is the number of the step that could not be done, else 0."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    step: int = 0

    def __str__(self) -> str:
        text = SAID[self.kind].format(**{name: _listed(value) for name, value in self.values.items()})
        return f"step {self.step}: {text}" if self.step else text


def _listed(value: Any) -> object:
    if isinstance(value, Mapping) and not value:
        return "nothing"
    if not isinstance(value, list | tuple):
        return value
    if value and isinstance(value[0], Mapping) and "trace" not in value[0]:  # picked lines, say
        return json.dumps(value, ensure_ascii=False, default=str)
    if value and isinstance(value[0], Mapping):  # incidents: element, kind, message, trace
        return "".join("; incident at {element}: {kind} {message}\n{trace}".format(**incident) for incident in value)
    return " ".join(map(str, value)) or ""


def dump(differences: Iterable[Difference]) -> str:
    """Return differences as a JSON list."""
    return json.dumps(
        [[difference.kind, difference.values, difference.step] for difference in differences],
        ensure_ascii=False,
        default=str,
    )


def load(text: str) -> tuple[Difference, ...] | None:
    """Return what `dump` wrote; None when an earlier release wrote it, which kept sentences, or kept less of them."""
    try:
        differences = tuple(Difference(kind, values, step) for kind, values, step in json.loads(text))
        for difference in differences:
            str(difference)  # every value that its sentence needs is there
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return differences
