"""The files in processes/scenarios/ as values; nothing is played here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import engine


class MalformedScenario(engine.Invalid):
    """The scenario file is not laid out as it should be."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One agreed course of a process, as it stands in its file."""

    process: str
    name: str
    name_en: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Mapping[str, Any], ...] = ()
    expect: Mapping[str, Any] = field(default_factory=dict)


def read(directory: Path, keys: Iterable[str] = ()) -> list[Scenario]:
    """The scenarios of a directory laid out as processes/ is, of all processes or of those named. Errors: MalformedScenario."""
    wanted = set(keys)
    files = [f for f in sorted((directory / "scenarios").glob("*.yaml")) if not wanted or f.stem in wanted]
    return [scenario for file in files for scenario in _parse(file, file.stat().st_mtime_ns)]


@lru_cache(maxsize=64)
def _parse(file: Path, modified: int) -> list[Scenario]:
    try:
        document = engine.read_yaml(file.read_text(encoding="utf-8"), aliases=True)
        return [
            Scenario(process=document["process"], **{**entry, "steps": tuple(entry.get("steps") or ())})
            for entry in document["scenarios"]
        ]
    except (engine.MalformedYaml, UnicodeDecodeError, KeyError, TypeError) as error:
        raise MalformedScenario(file=file.name, why=str(error)) from error
