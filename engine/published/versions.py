"""Published versions in the database, compiled once per process and vocabulary and kept; a version never changes, so the cache never goes stale."""

from __future__ import annotations

import threading

from cachetools import LRUCache, cached
from sqlalchemy import bindparam, exists, select

from engine.definitions import package
from engine.definitions.compiled import Definition
from engine.ground.errors import NotFound
from engine.language import vocabulary
from engine.language.vocabulary import Vocabulary
from models.base import connection
from models.definition import ProcessDefinition

MOST_CACHED = 200


class UnknownProcess(NotFound):
    """No such process has been published."""


_DEFINITION = ProcessDefinition.__table__
_OF_KEY = select(_DEFINITION.c.id, _DEFINITION.c.sha256).where(_DEFINITION.c.key == bindparam("key"))
_NEWEST = _OF_KEY.order_by(_DEFINITION.c.version.desc()).limit(1)
_FINGERPRINT = select(_DEFINITION.c.sha256).where(_DEFINITION.c.id == bindparam("id"))
_CONTENT = select(*(_DEFINITION.c[name] for name in ("id", "version", "sha256", "package")))
_CONTENT = _CONTENT.where(_DEFINITION.c.id == bindparam("id"))
_OF_VERSION = _OF_KEY.where(_DEFINITION.c.version == bindparam("version"))
_LATER = _DEFINITION.alias("later")
_NEWEST_OF_EACH = select(_DEFINITION.c.key, _DEFINITION.c.id, _DEFINITION.c.sha256).where(
    ~exists().where(_LATER.c.key == _DEFINITION.c.key, _LATER.c.version > _DEFINITION.c.version)
)


def by_id(definition_id: int, sha256: str = "") -> Definition:
    """Return a version by its row. Errors: UnknownProcess."""
    fingerprint = sha256 or connection().scalar(_FINGERPRINT, {"id": definition_id})
    if not fingerprint:
        raise UnknownProcess(definition=definition_id)
    return _compiled(fingerprint, definition_id, vocabulary.in_force())


def current(key: str, version: int | None = None) -> Definition:
    """Return the newest version of a process, or the one asked for. Errors: UnknownProcess."""
    query, bindings = (_NEWEST, {}) if version is None else (_OF_VERSION, {"version": version})
    row = connection().execute(query, {"key": key, **bindings}).first()
    if row is None:
        published = version is not None and connection().execute(_NEWEST, {"key": key}).first() is not None
        raise UnknownProcess(process=key, **({"version": version} if published else {}))
    return by_id(row.id, row.sha256)


class InForce:
    """The newest version of every process as one question answered it; each is compiled when it is asked for."""

    def __init__(self) -> None:
        self._rows = {row.key: row for row in connection().execute(_NEWEST_OF_EACH)}
        self._found: dict[str, Definition] = {}

    def get(self, key: str) -> Definition | None:
        """Return the version of a process; None when it is not published."""
        if key not in self._found and key in self._rows:
            row = self._rows[key]
            self._found[key] = by_id(row.id, row.sha256)
        return self._found.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def callers_of(self, key: str) -> list[str]:
        """Return the processes that call this one, directly or not, by key."""
        callers = ((caller, self.get(caller)) for caller in sorted(self._rows) if caller != key)
        return [caller for caller, version in callers if version and f"{key}.bpmn" in version.package.files]


@cached(LRUCache(MOST_CACHED), lock=threading.Lock())
def _compiled(sha256: str, definition_id: int, _: Vocabulary) -> Definition:
    row = connection().execute(_CONTENT, {"id": definition_id}).first()
    if row is None:
        raise UnknownProcess(definition=definition_id)
    return Definition(package.load_package(row.package), id=row.id, version=row.version)
