"""Publishing: a checked package becomes the next immutable version of its process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from engine import history
from engine.definitions import lint, package
from engine.definitions.compiled import Definition
from engine.definitions.package import Package
from engine.errors import InvalidDefinition, Problem
from engine.history import GENESIS, Head
from engine.permissions import Actor
from engine.spiff.parsing import NotExecutable, specification
from engine.steps import Step
from models.base import session, transaction
from models.definition import ProcessDefinition
from models.entry import HistoryEntry


@dataclass(frozen=True)
class Published:
    """A version in force; `new` is False when these very bytes were the newest version already."""

    definition_id: int
    key: str
    version: int
    new: bool


def publish(content: Package, *, by: Actor, note: str, at: datetime, approved_by: Actor | None = None) -> Published:
    """Check a package and make it the next version; running instances keep theirs. Same bytes, same version.

    Errors: InvalidDefinition with every problem.
    """
    problems = lint.check(content) or _unreadable(content)
    if problems:
        raise InvalidDefinition(problems=problems)
    with transaction():
        newest = _newest(content.key)
        if newest is not None and newest.sha256 == content.sha256:
            return Published(newest.id, newest.key, newest.version, False)
        return _insert(content, (newest.version if newest else 0) + 1, by, note, at, approved_by)


def _unreadable(content: Package) -> list[Problem]:
    """Whether SpiffWorkflow reads the diagrams too: found out now, and kept for the first case."""
    try:
        specification(content.sha256, content.key, {key: content.bpmn(key) for key in content.processes})
    except NotExecutable as error:
        return [Problem(0, "", "not_executable", error.values)]
    return []


def _newest(key: str) -> ProcessDefinition | None:
    query = select(ProcessDefinition).where(ProcessDefinition.key == key)
    return session().scalar(query.order_by(ProcessDefinition.version.desc()).limit(1))


def _insert(content: Package, version: int, by: Actor, note: str, at: datetime, approved_by: Actor | None) -> Published:
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
    definition_id = int(inserted.scalar_one())
    steps: list[Step] = [
        {
            "type": "definition_published",
            "version": version,
            "sha256": content.sha256,
            "note": note,
            "approved_by": approver,
        }
    ]
    history.append("definition", content.key, _head(content.key), steps, by=by.user, at=at)
    return Published(definition_id, content.key, version, True)


def _head(key: str) -> Head:
    query = select(HistoryEntry.sequence, HistoryEntry.hash).where(
        HistoryEntry.stream == "definition", HistoryEntry.stream_id == key
    )
    last = session().execute(query.order_by(HistoryEntry.sequence.desc()).limit(1)).first()
    return Head(last.sequence, last.hash) if last else Head(0, GENESIS)


def publish_directory(directory: Path, *, by: Actor, note: str, at: datetime) -> list[Published]:
    """Publish every process of a directory laid out as processes/ is. Errors: InvalidDefinition, MissingFile, MalformedXml."""
    keys = sorted(path.stem for path in directory.glob("*.bpmn"))
    return [publish(package.read(directory, key), by=by, note=note, at=at) for key in keys]


def count_published() -> int:
    """How many versions there are."""
    return int(session().scalar(select(func.count()).select_from(ProcessDefinition)) or 0)
