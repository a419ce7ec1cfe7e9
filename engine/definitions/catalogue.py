"""The English names of a process, read from its file in translations/; whatever an owner brings in, the answer is a mapping or None."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml


@lru_cache(maxsize=256)
def read(text: str) -> Mapping[str, Any] | None:
    """Element id → English name, the process under the empty id; None when it cannot be read.

    Shape: under "documentation" and "subject" stand mappings of their own: what a person is told at an element, what a notice's subject says there.
    """
    try:
        found = yaml.safe_load(text) or {}
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def names(text: str) -> dict[str, str]:
    """Element id → English name where there is one, the process under the empty id; none when the file cannot be read."""
    return {str(id): name for id, name in (read(text) or {}).items() if name and isinstance(name, str)}
