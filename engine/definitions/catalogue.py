"""The English names of a process, read from its file in translations/; whatever an owner brings in, the answer is a mapping or a problem."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.ground import yaml


@lru_cache(maxsize=256)
def read(text: str) -> Mapping[str, Any] | None:
    """Return element id → English name, the process under the empty id; None when it cannot be read.

    Shape: under "documentation" and "subject" stand mappings of their own: what a person is told at an element, what a notice's subject says there.
    """
    try:
        names_by_id = yaml.read_yaml(text)
    except yaml.MalformedYaml:
        return None
    return names_by_id or {} if isinstance(names_by_id, dict | None) else None


def catalogue_fault(text: str) -> dict[str, Any] | None:
    """Return why such a text cannot be read: `line` and `why`, as MalformedYaml has them, or no_mapping; None when it can."""
    if read(text) is not None:
        return None
    try:
        yaml.read_yaml(text)
    except yaml.MalformedYaml as error:
        return error.values
    return {"line": 0, "why": "no_mapping"}


def names(text: str) -> dict[str, str]:
    """Return element id → English name where there is one, the process under the empty id; none when the file cannot be read."""
    return {str(id): name for id, name in (read(text) or {}).items() if name and isinstance(name, str)}
