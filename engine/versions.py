"""Published versions in the database, compiled once per process and kept; a version never changes, so the cache never goes stale."""

from __future__ import annotations

import threading
from collections import OrderedDict

from sqlalchemy import select

from engine.definitions import package
from engine.definitions.compiled import Definition
from engine.errors import NotFound
from models.base import session
from models.definition import ProcessDefinition

MOST_CACHED = 200


class UnknownProcess(NotFound):
    """No such process has been published."""


_compiled: OrderedDict[tuple[str, int], Definition] = OrderedDict()
_lock = threading.Lock()


def by_id(definition_id: int, sha256: str = "") -> Definition:
    """A version by its row. Errors: UnknownProcess."""
    cached = _cached(sha256, definition_id) if sha256 else None
    if cached is not None:
        return cached
    row = session().get(ProcessDefinition, definition_id)
    if row is None:
        raise UnknownProcess(definition=definition_id)
    return _compile(row)


def current(key: str, version: int | None = None) -> Definition:
    """The newest version of a process, or the one asked for. Errors: UnknownProcess."""
    query = select(ProcessDefinition.id, ProcessDefinition.sha256).where(ProcessDefinition.key == key)
    if version is not None:
        query = query.where(ProcessDefinition.version == version)
    found = session().execute(query.order_by(ProcessDefinition.version.desc()).limit(1)).first()
    if found is None:
        raise UnknownProcess(process=key, version=version)
    return by_id(found.id, found.sha256)


def _cached(sha256: str, definition_id: int) -> Definition | None:
    with _lock:
        known = _compiled.get((sha256, definition_id))
        if known is not None:
            _compiled.move_to_end((sha256, definition_id))
        return known


def _compile(row: ProcessDefinition) -> Definition:
    compiled = Definition(package.load(row.package), id=row.id, version=row.version)
    with _lock:
        _compiled[row.sha256, row.id] = compiled
        while len(_compiled) > MOST_CACHED:
            _compiled.popitem(last=False)
    return compiled
