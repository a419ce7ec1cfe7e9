"""Which versions a case runs on, of the process itself and of those it called, and which versions of called processes a new version took up."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cachetools import LRUCache, cached
from sqlalchemy import Row, func, select

import engine.published
from engine import definitions
from models.base import session
from models.definition import ProcessDefinition
from web.telling import names

MOST_KNOWN = 1_000


@dataclass(frozen=True)
class Used:
    """A process with the version that is used, and the one in force; 0 for a version that was never published by itself."""

    key: str
    name: str
    version: int
    newest: int


@dataclass(frozen=True)
class TakenUp:
    """A called process whose content came to be that of another version."""

    key: str
    name: str
    before: int
    after: int


def of_case(definition: definitions.Definition, processes: Iterable[str]) -> list[Used]:
    """Return the versions behind a case that went through some processes, its own first."""
    callees = sorted(set(processes) - {definition.key})
    newest = _newest([definition.key, *callees])
    own = Used(definition.key, names.process_name(definition.key), definition.version, newest.get(definition.key, 0))
    versions = [Used(k, names.process_name(k), version_in(definition, k), newest.get(k, 0)) for k in callees]
    return [own, *versions]


def passed(definition: definitions.Definition, processes: Iterable[str]) -> list[tuple[str, int]]:
    """Return the key and version of the case's own process, and of those called ones that it has gone through."""
    callees = sorted(set(processes) - {definition.key})
    return [(definition.key, definition.version), *((key, version_in(definition, key)) for key in callees)]


def taken_up(old: definitions.Definition, new: definitions.Definition) -> list[TakenUp]:
    """Return the called processes of which another version is in `new` than was in `old`."""
    shared = sorted(set(old.package.processes) & set(new.package.processes) - {new.key})
    updates = [TakenUp(key, names.process_name(key), version_in(old, key), version_in(new, key)) for key in shared]
    return [update for update in updates if update.before != update.after]


def _newest(keys: Iterable[str]) -> dict[str, int]:
    """Return the newest version of each of these that is published."""
    query = select(ProcessDefinition.key, func.max(ProcessDefinition.version)).group_by(ProcessDefinition.key)
    rows = session().execute(query.where(ProcessDefinition.key.in_(list(keys))))
    return {row[0]: row[1] for row in rows}


def _published(key: str) -> list[Row[int, int, str, datetime]]:
    """Return the versions of a process, newest first: id, version, fingerprint, and when each came into force."""
    columns = (ProcessDefinition.id, ProcessDefinition.version, ProcessDefinition.sha256)
    query = select(*columns, ProcessDefinition.published_at).where(ProcessDefinition.key == key)
    return list(session().execute(query.order_by(ProcessDefinition.version.desc())))


def version_in(definition: definitions.Definition, key: str) -> int:
    """Return the version of a called process that was in force when the caller was published, by what the caller holds of it; 0 when none is.

    Content that is in force again after a roll-back is several versions; a case has the one that it began with.
    """
    try:
        return _version_in(definition, key)
    except _NeverPublished:
        return 0


class _NeverPublished(Exception):
    """No version holds this content."""


def _of_version(definition: definitions.Definition, key: str) -> tuple[str, int, str]:
    return definition.package.sha256, definition.id, key


# a version never changes, nor does what was in force when it was published
@cached(LRUCache(MOST_KNOWN), key=_of_version, lock=threading.Lock())
def _version_in(definition: definitions.Definition, key: str) -> int:
    alike = [row for row in _published(key) if _holds(definition.package, row)]
    own = next((row for row in _published(definition.key) if row.id == definition.id), None)
    earlier = [row for row in alike if own is None or row.published_at <= own.published_at]
    candidates = [*earlier[:1], *alike[-1:]]
    if not candidates:
        raise _NeverPublished
    return int(candidates[0].version)


def _holds(package: definitions.Package, row: Row[int, int, str, datetime]) -> bool:
    published = engine.published.by_id(row.id, row.sha256).package
    return all(package.files.get(name) == published.files[name] for name in definitions.own_files(published))
