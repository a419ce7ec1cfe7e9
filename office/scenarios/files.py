"""Files of scenarios, those in processes/scenarios/ and those handed over, as values; nothing is played here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import engine
from engine import ground


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


_NOT_YAML = {
    "not_well_formed": "this is not YAML",
    "duplicate_key": "the same key stands there twice",
    "tag": "tags are not read, but for a text or a time",
    "too_long": "the file is too long",
    "too_deep": "too deep",
    "too_many": "too many values",
    "number": "a number without end",
}
FIELDS = frozenset({"name", "name_en", "given", "steps", "expect"})
EXPECTED = frozenset({"path", "end", "ledger", "variables"})


def read(directory: Path, keys: Iterable[str] = ()) -> list[Scenario]:
    """Return the scenarios of a directory laid out as processes/ is, of all processes or of those named. Errors: MalformedScenario."""
    chosen_keys = set(keys)
    files = [
        file for file in sorted((directory / "scenarios").glob("*.yaml")) if not chosen_keys or file.stem in chosen_keys
    ]
    return read_files(files)


def read_files(files: Iterable[Path]) -> list[Scenario]:
    """Return the scenarios of files that may lie anywhere, in the order of the files. Errors: MalformedScenario, with the file and why."""
    scenarios: list[Scenario] = []
    for file in files:
        try:
            scenarios += _parse(file, file.stat().st_mtime_ns)
        except OSError as error:
            raise MalformedScenario(file=file.name, why=str(error.strerror)) from error
    return scenarios


@lru_cache(maxsize=64)
def _parse(file: Path, modified: int) -> list[Scenario]:
    try:
        document = ground.read_yaml(file.read_text(encoding="utf-8"), aliases=True)
    except ground.MalformedYaml as error:
        reason = f"line {error.values['line']}: {_NOT_YAML.get(error.values['why'], error.values['why'])}"
        raise MalformedScenario(file=file.name, why=reason) from error
    except UnicodeDecodeError as error:
        raise MalformedScenario(file=file.name, why="it is not written in UTF-8") from error
    wrong = _wrong(document)
    if wrong:
        raise MalformedScenario(file=file.name, why="; ".join(wrong))
    return [
        Scenario(process=document["process"], **{**entry, "steps": tuple(entry.get("steps") or ())})
        for entry in document["scenarios"]
    ]


def _wrong(document: Any) -> list[str]:
    """Return everything that keeps a file's content from being scenarios."""
    if not isinstance(document, Mapping):
        return ["it has no process and no scenarios"]
    wrong = [] if isinstance(document.get("process"), str) else ["process names no process"]
    entries = document.get("scenarios")
    if not isinstance(entries, list):
        return [*wrong, "scenarios is no list"]
    return [
        *wrong,
        *(
            f"scenario {number}: {reason}"
            for number, entry in enumerate(entries, start=1)
            for reason in _wrong_in(entry)
        ),
    ]


def _wrong_in(entry: Any) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield "it is no mapping"
        return
    if not isinstance(entry.get("name"), str):
        yield "it has no name"
    yield from (f"{name} is nothing that a scenario has" for name in entry if name not in FIELDS)
    yield from _wrong_given(entry.get("given") or {})
    yield from _wrong_steps(entry.get("steps") or [])
    yield from _wrong_expected(entry.get("expect") or {})


def _wrong_given(situation: Any) -> Iterator[str]:
    if not isinstance(situation, Mapping):
        yield "given is no mapping"
    elif not _is_instant(situation.get("at", "2026-01-01")):
        yield "given.at is no instant"
    elif not isinstance(situation.get("variables") or {}, Mapping):
        yield "given.variables is no mapping"


def _wrong_steps(steps: Any) -> Iterator[str]:
    if not isinstance(steps, list):
        yield "steps is no list"
        return
    for number, step in enumerate(steps, start=1):
        if not isinstance(step, Mapping):
            yield f"step {number} is no mapping"
        elif not isinstance(step.get("form") or {}, Mapping):
            yield f"step {number}: form is no mapping"
        elif not _is_instant(step.get("until", "2026-01-01")):
            yield f"step {number}: until is no instant"
        elif not isinstance(step.get("advance", ""), str):
            yield f"step {number}: advance is no duration"


def _wrong_expected(expect: Any) -> Iterator[str]:
    if not isinstance(expect, Mapping):
        yield "expect is no mapping"
        return
    yield from (f"expect.{name} is nothing that is compared" for name in expect if name not in EXPECTED)
    if not isinstance(expect.get("path") or [], list):
        yield "expect.path is no list"
    for name in ("ledger", "variables"):
        if not isinstance(expect.get(name) or {}, Mapping):
            yield f"expect.{name} is no mapping"
    ledger = expect.get("ledger")
    for account, amount in ledger.items() if isinstance(ledger, Mapping) else ():
        if isinstance(amount, bool) or not isinstance(amount, int):
            yield f"expect.ledger.{account} is no whole number of fen"


def _is_instant(value: Any) -> bool:
    if isinstance(value, datetime):
        return True
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
