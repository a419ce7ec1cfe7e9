"""In which order drafts go into force, and which processes are begun beside the cases of others, or by date, and have no version to begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import literal, select, union

import engine
import engine.published
from engine import Problem, definitions
from engine.definitions import Package
from models.base import session
from models.definition import DefinitionDraft, ProcessDefinition
from office import batches, drafts, intake, reviews
from office.drafts import Draft

OF_THE_OFFICE = frozenset({intake.PROCESS, reviews.PROCESS, *(kind.process for kind in batches.KINDS)})


@dataclass(frozen=True)
class Lacking:
    """A process that has no version although others begin it: by which processes, none where the office itself does, and whether it is drawn."""

    key: str
    by: tuple[str, ...]
    is_drawn: bool


@dataclass(frozen=True)
class Step:
    """A draft in the order of publication, and which of the other drafts come before it: it calls them, or begins them beside its cases."""

    draft: Draft
    after: tuple[str, ...]


def needed(package: Package) -> set[str]:
    """Return the processes that a package calls, directly or not, and those that it begins. What cannot be read needs nothing."""
    try:
        calls = {call for key in package.processes for call in definitions.called_by(package, key)}
        return {*package.processes, *calls, *definitions.begun_by(package)} - {package.key}
    except engine.EngineError:
        return set()


def order(stored: Sequence[Draft]) -> list[Step]:
    """Return drafts, what others need first; in the order of their keys where none needs another, or each the other."""
    by_key = {draft.key: draft for draft in stored}
    needs = {key: needed(by_key[key].package) & by_key.keys() for key in sorted(by_key)}
    return [Step(by_key[key], tuple(sorted(needs[key]))) for key in _sorted(needs)]


def _sorted(needs: Mapping[str, set[str]]) -> list[str]:
    """Sort them by what each needs; of drafts that need each other the one with the first key goes first, as if it needed none of the others."""
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = set(error.args[1])
        return _sorted({**needs, min(circle): needs[min(circle)] - circle})


def before(draft: Draft) -> list[str]:
    """Return the stored drafts that come before this one, in the order of publication."""
    keys = needed(draft.package)
    return [step.draft.key for step in order(drafts.listed()) if step.draft.key in keys]


def lacking(packages: Iterable[Package], *, whole: bool) -> list[Lacking]:
    """Return the processes that these packages begin and that have no version, by key; `whole`: they are all in force, so that those of the office itself count."""
    by: dict[str, list[str]] = {key: [] for key in OF_THE_OFFICE} if whole else {}
    for package in packages:
        for key in _begun(package):
            by.setdefault(key, []).append(package.key)
    published, drafted = _keys()
    return [Lacking(key, tuple(sorted(by[key])), key in drafted) for key in sorted(by) if key not in published]


def _keys() -> tuple[set[str], set[str]]:
    """Return the processes that have a version, and those that have a draft."""
    versions = select(literal(True).label("published"), ProcessDefinition.key)
    rows = session().execute(union(versions, select(literal(False), DefinitionDraft.key))).all()
    return {key for published, key in rows if published}, {key for published, key in rows if not published}


def _begun(package: Package) -> list[str]:
    try:
        return definitions.begun_by(package)
    except engine.EngineError:
        return []


def not_in_force() -> list[Lacking]:
    """Return what this office begins and cannot, of a process in force or of itself; nothing while no process is in force."""
    packages = engine.published.in_force()
    return lacking(packages, whole=True) if packages else []


def warnings(package: Package) -> list[Problem]:
    """Return a warning for each step of a draft that begins a process without a version: its cases would wait for what never begins."""
    without = {absent.key for absent in lacking([package], whole=False)}
    return [
        Problem(
            element.line,
            element.id,
            "begun_not_in_force",
            {"name": element.name, "process": process},
            file,
            warning=True,
        )
        for file, element, process in (definitions.begun_at(package) if without else ())
        if process in without
    ]
