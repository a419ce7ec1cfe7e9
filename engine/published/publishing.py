"""Publishing: a checked package becomes the next immutable version of its process, and so do the processes that call it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, insert, select

from engine.checks import lint
from engine.definitions import package
from engine.definitions.compiled import Definition
from engine.definitions.package import Package
from engine.ground.errors import InvalidDefinition, Problem
from engine.published import definition_steps, versions
from engine.published.definition_steps import DefinitionStep
from engine.record import history
from engine.runtime.permissions import Actor
from engine.spiff.parsing import NotExecutable, specification
from models.base import in_turn, session, transaction
from models.definition import ProcessDefinition

MOST_TOLD, MOST_CHANGED = 200, 128


@dataclass(frozen=True)
class Newest:
    """The newest version of a process, without what it consists of."""

    id: int
    key: str
    version: int
    sha256: str


@dataclass(frozen=True)
class Published:
    """A version in force; `new` is False when these very bytes were the newest version already. `callers` got new versions with it."""

    definition_id: int
    key: str
    version: int
    new: bool
    callers: tuple[Published, ...] = ()


def publish(
    content: Package, *, by: Actor, note: str, at: datetime, approved_by: Actor | None = None, restores: int = 0
) -> Published:
    """Check a package and make it the next version, and its callers' with it; running instances keep theirs. Same bytes, same version.

    Shape:  `restores` is the former version whose content this is, when it was asked back into force.
    Errors: InvalidDefinition with every problem, those of the callers included.
    """
    return publish_together(
        [content], by=by, note=note, at=at, approved_by=approved_by, restores={content.key: restores}
    )[0]


def publish_together(
    contents: Sequence[Package],
    *,
    by: Actor,
    note: str,
    at: datetime,
    approved_by: Actor | None = None,
    restores: Mapping[str, int] | None = None,
) -> list[Published]:
    """Check packages and make each the next version, all of them or none, and their callers' once with them.

    Shape:  in the order of `contents`; `restores` as with `publish`, by process; what one calls of another has to stand in it as it stands there. A caller that is none of them is listed with
            the first that it calls.
    Errors: InvalidDefinition with every problem of the first that has any, callers included.
    """
    for content in contents:
        _check(content)
    restored = restores or {}
    with transaction():
        in_turn(ProcessDefinition)
        versions_made = [
            _next(content, by, note, at, approved_by, restored.get(content.key, 0)) for content in contents
        ]
        numbers = {publication.key: publication.version for publication in versions_made if publication.new}
        callers: dict[str, list[Published]] = {}
        for former, changed, callees in _callers([content for content in contents if content.key in numbers]):
            reason = ", ".join(f"{key} {numbers[key]}" for key in callees)
            callers.setdefault(callees[0], []).append(_insert(changed, former, by, reason, at, approved_by))
        return [replace(publication, callers=tuple(callers.get(publication.key, ()))) for publication in versions_made]


def _next(content: Package, by: Actor, note: str, at: datetime, approved_by: Actor | None, restores: int) -> Published:
    newest = _newest(content.key)
    if newest is not None and newest.sha256 == content.sha256:
        return Published(newest.id, newest.key, newest.version, False)
    return _insert(content, newest, by, note, at, approved_by, restores)


def problems(content: Package) -> list[Problem]:
    """Return every problem of a package, in document order; empty when it may be published, SpiffWorkflow's own among them."""
    return lint.check(content) or _unreadable(content)


def _check(content: Package) -> None:
    faults = problems(content)
    if faults:
        raise InvalidDefinition(problems=faults)


def _callers(contents: Sequence[Package]) -> Iterator[tuple[Newest, Package, list[str]]]:
    """Yield the newest version of every other process that calls some of these, what it becomes, and which it calls. Errors: InvalidDefinition."""
    keys = {content.key for content in contents}
    callers = {former.key: (former, caller) for content in contents for former, caller in callers_of(content.key)}
    for key in sorted(callers.keys() - keys):
        former, caller = callers[key]
        changed = changed_caller(caller, contents)
        if changed.sha256 != caller.sha256:
            _check(changed)
            yield former, changed, [content.key for content in contents if f"{content.key}.bpmn" in caller.files]


def changed_caller(caller: Package, contents: Iterable[Package]) -> Package:
    """Return what a caller becomes once those of the packages that it calls are in force."""
    return _changed(caller, tuple(contents))


@lru_cache(maxsize=MOST_CHANGED)
def _changed(caller: Package, contents: tuple[Package, ...]) -> Package:
    """Keep what `changed_caller` returns, because scenarios are played one by one on the same content."""
    changed = caller
    for content in contents:
        if f"{content.key}.bpmn" in caller.files:
            changed = package.package_with(changed, content.files)
    return package.pruned_package(changed)


def callers_of(key: str) -> list[tuple[Newest, Package]]:
    """Return the newest version of every process that calls `key`, directly or not, by key."""
    callers = [(row, _content(row)) for row in _newest_of_each() if row.key != key]
    return [(row, caller) for row, caller in callers if f"{key}.bpmn" in caller.files]


def in_force() -> list[Package]:
    """Return what the newest version of every process consists of, by key."""
    return [_content(row) for row in _newest_of_each()]


def _newest_of_each() -> list[Newest]:
    """Return the newest version of every process, by key."""
    newest = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version"))
    latest = newest.group_by(ProcessDefinition.key).subquery()
    here = (ProcessDefinition.key == latest.c.key) & (ProcessDefinition.version == latest.c.version)
    columns = (ProcessDefinition.id, ProcessDefinition.key, ProcessDefinition.version, ProcessDefinition.sha256)
    rows = session().execute(select(*columns).join(latest, here).order_by(ProcessDefinition.key))
    return [Newest(*row) for row in rows]


def newest_package(key: str) -> Package | None:
    """Return what the newest version of a process consists of; None when there is none."""
    row = _newest(key)
    return _content(row) if row is not None else None


def _content(row: Newest) -> Package:
    return versions.by_id(row.id, row.sha256).package


def record_definition(key: str, act: DefinitionStep, *, by: Actor, at: datetime) -> None:
    """Add a step to the history of a process definition, in the transaction of what it tells."""
    with transaction():
        in_turn(ProcessDefinition)
        history.append("definition", key, [act], by=by.user, at=at)


def _unreadable(content: Package) -> list[Problem]:
    """Tell what SpiffWorkflow cannot read of the diagrams, now and not at the first case; what it reads is kept for that."""
    try:
        specification(content.sha256, content.key, content.diagrams)
    except NotExecutable as error:
        reason = str(error.values["why"])
        rule = "too_many_in_a_row" if "RecursionError" in reason or "recursion depth" in reason else "not_executable"
        values = {"process": content.key, "detail": reason.partition("\n")[0][:MOST_TOLD]}
        return [Problem(0, "", rule, values, f"{content.key}.bpmn")]
    return []


def _newest(key: str) -> Newest | None:
    columns = (ProcessDefinition.id, ProcessDefinition.key, ProcessDefinition.version, ProcessDefinition.sha256)
    query = select(*columns).where(ProcessDefinition.key == key)
    row = session().execute(query.order_by(ProcessDefinition.version.desc()).limit(1)).first()
    return Newest(*row) if row is not None else None


def _insert(
    content: Package,
    former: Newest | None,
    by: Actor,
    note: str,
    at: datetime,
    approved_by: Actor | None,
    restores: int = 0,
) -> Published:
    version = former.version + 1 if former is not None else 1
    approver = approved_by.user if approved_by else None
    inserted = session().execute(
        insert(ProcessDefinition)
        .values(
            key=content.key,
            version=version,
            name=Definition(content).name,
            sha256=content.sha256,
            package=content.canonical(),
            published_at=at,
            published_by=by.user,
            approved_by=approver,
            note=note,
        )
        .returning(ProcessDefinition.id)
    )
    act: definition_steps.Published = {
        "type": "definition_published",
        "version": version,
        "sha256": content.sha256,
        "note": note,
        "approved_by": approver,
    }
    if restores:
        act["restores"] = restores
    record_definition(content.key, act, by=by, at=at)
    return Published(int(inserted.scalar_one()), content.key, version, True)


def publish_directory(directory: Path, *, by: Actor, note: str, at: datetime) -> list[Published]:
    """Publish every process of a directory laid out as processes/ is. Errors: InvalidDefinition, MissingFile, MalformedXml."""
    keys = sorted(path.stem for path in directory.glob("*.bpmn"))
    return [publish(package.read_package(directory, key), by=by, note=note, at=at) for key in keys]


def count_published() -> int:
    """Return how many versions there are."""
    return int(session().scalar(select(func.count()).select_from(ProcessDefinition)) or 0)
