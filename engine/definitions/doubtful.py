"""Every warning: what can be executed and can hardly be meant. Names and tables, ways that stand still or are done twice, refusals that nobody catches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engine import handlers
from engine.definitions import lint, loose, names, refusals, soundness
from engine.definitions.diagram import parse
from engine.definitions.package import Package, load
from engine.errors import EngineError, Problem

MOST_KEPT = 64


def check(
    content: Package, others: Iterable[Package] = (), started: Mapping[str, str] = names.NOTHING
) -> list[Problem]:
    """The warnings about the processes of a package: as `names.check`, and those about how its own diagram goes."""
    topics = frozenset(handlers.registered())
    return [*_ways(content.canonical(), topics), *names.check(content, others, started)]


def of_file(file: Path, started: Mapping[str, str]) -> list[Problem]:
    """The warnings about a file that lies anywhere."""
    return [*(_ways_of_file(file) if file.suffix == ".bpmn" else []), *loose.warnings(file, started)]


@lru_cache(maxsize=MOST_KEPT)
def _ways(canonical: bytes, topics: frozenset[str]) -> tuple[Problem, ...]:
    """Kept, because an editor asks about the same draft again and again; a diagram that has problems is not explored."""
    content = load(canonical)
    if lint.check(content):
        return ()
    found = sorted(_of_diagrams(content), key=lambda one: one.line)
    return tuple(replace(one, file=f"{content.key}.bpmn", warning=True) for one in found)


def _of_diagrams(content: Package) -> Iterator[Problem]:
    diagrams = {key: parse(content.bpmn(key)) for key in content.processes}
    yield from soundness.check(diagrams[content.key])
    yield from refusals.check(content.key, diagrams)


def _ways_of_file(file: Path) -> list[Problem]:
    try:
        content = loose.package_of(file)
        return list(_ways(content.canonical(), frozenset(handlers.registered())))
    except (EngineError, OSError, UnicodeDecodeError):  # told as problems
        return []
