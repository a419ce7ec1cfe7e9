"""Databases in memory, each with every table and nothing in it: for a scenario that is played, for a process that is tried out.

All have one dialect, one cache of compiled statements and one empty database that they are copies of, because making tables and compiling
statements anew takes longer than most of what is done with them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from functools import lru_cache, partial
from threading import Lock
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache

from models import drivers

MOST_STATEMENTS = 2_000


@dataclass(frozen=True)
class _Pattern:
    """The empty database that every other is a copy of, and the statements compiled for any of them."""

    engine: Engine
    statements: LRUCache[Any, Any] = field(default_factory=partial(LRUCache, MOST_STATEMENTS))
    one_reader: Lock = field(default_factory=Lock)

    def prepare(self, connection: sqlite3.Connection, _record: object) -> None:
        """Give a new connection what the dialect wants there, and every table."""
        if (as_wanted := self.engine.dialect.on_connect()) is not None:
            as_wanted(connection)
        with self.one_reader:
            self.engine.raw_connection().driver_connection.backup(connection)  # type: ignore[union-attr]


def opened(metadata: MetaData) -> Engine:
    """Return the engine of a new database, which lasts until it is disposed of."""
    pattern = _pattern(metadata, len(metadata.tables))
    pool = StaticPool(_connect, dialect=pattern.engine.dialect)
    engine = Engine(
        pool, pattern.engine.dialect, pattern.engine.url, execution_options={"compiled_cache": pattern.statements}
    )
    event.listen(engine, "connect", pattern.prepare)
    drivers.listen(engine)
    return engine


def _connect() -> Any:
    return sqlite3.connect(":memory:", check_same_thread=False)


@lru_cache(maxsize=2)
def _pattern(metadata: MetaData, _tables: int) -> _Pattern:
    """Return the pattern of so many tables: a module of models that is imported later adds some."""
    engine = create_engine(drivers.IN_MEMORY, **drivers.options(drivers.IN_MEMORY))
    drivers.listen(engine)
    metadata.create_all(engine)
    return _Pattern(engine)
