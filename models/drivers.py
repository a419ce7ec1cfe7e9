"""How connections are opened and what the drivers are told, so that both databases keep the same promises; no table lives here.

A connection commits by itself what is not in a transaction, on SQLite because we write BEGIN, on PostgreSQL because it is asked to: what is read
outside a unit of work is then neither begun nor rolled back. A ROLLBACK also makes psycopg forget every statement it keeps prepared.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

import psycopg
from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy import Connection, Engine, event, exc
from sqlalchemy.pool import NullPool, StaticPool

from models.turns import OutOfTurn

AUTOCOMMIT = "AUTOCOMMIT"
SQLITE, IN_MEMORY = "sqlite", "sqlite://"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
WAIT_SECONDS = 15.0  # for the turn to write among our threads, and then for other programs
SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN})
POSTGRESQL_BUSY = ("08", "40", "53", "55P03", "57P")  # connection lost, deadlock, no room, locked, shutting down
PREPARED_AFTER, MOST_PREPARED = 2, 500
# a savepoint has a new name each time, so that SQLAlchemy would compile a new statement for it
_SAVEPOINTS = {
    "do_savepoint": "SAVEPOINT ",
    "do_rollback_to_savepoint": "ROLLBACK TO SAVEPOINT ",
    "do_release_savepoint": "RELEASE SAVEPOINT ",
}
_POOL = {"max_overflow": -1, "pool_use_lifo": True}  # the one used last has pages and statements at hand


def options(url: str) -> dict[str, Any]:
    """Return what `create_engine` is given. There is a connection for every thread that asks: one that waits for the write lock holds its own meanwhile."""
    if not url.startswith(SQLITE):
        return {**_POOL, "isolation_level": AUTOCOMMIT}
    if url == IN_MEMORY or ":memory:" in url:
        return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    return {"poolclass": NullPool} if "mode=ro" in url else {**_POOL, "connect_args": {"timeout": WAIT_SECONDS}}


def listen(engine: Engine) -> None:
    """Prepare every connection of an engine as it is opened."""
    event.listen(engine, "connect", _prepare_sqlite if is_sqlite(engine) else _prepare_psycopg)
    for verb, text in _SAVEPOINTS.items():
        setattr(engine.dialect, verb, partial(_send, text))


def _send(text: str, connection: Connection, name: str) -> None:
    connection.exec_driver_sql(text + name)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set durability and foreign keys, which SQLite wants to be told on every connection; BEGIN is ours to write."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (*PRAGMAS, f"busy_timeout={int(WAIT_SECONDS * 1000)}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_psycopg(connection: Any, _record: Any) -> None:
    """Keep a statement one and the same whatever the size of its numbers, and prepared from its third use."""
    connection.adapters.register_dumper(int, Int8BinaryDumper)
    connection.prepare_threshold, connection.prepared_max = PREPARED_AFTER, MOST_PREPARED


def is_away(error: BaseException) -> bool:
    """Tell whether something failed because the database is busy, full of connections or not there: the same may go well a moment later."""
    if isinstance(error, exc.TimeoutError | OutOfTurn):
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return (getattr(original, "sqlite_errorcode", None) or 0) & 0xFF in SQLITE_BUSY
    state = getattr(original, "sqlstate", None)
    is_lost = error.connection_invalidated or isinstance(original, psycopg.OperationalError | psycopg.InterfaceError)
    return (is_lost and not state) or str(state or "").startswith(POSTGRESQL_BUSY)


def in_transaction(engine: Engine) -> dict[str, Any]:
    """Return the options of a connection that is to hold a transaction until it is committed."""
    return {} if is_sqlite(engine) else {"isolation_level": "READ COMMITTED"}


def is_sqlite(engine: Engine) -> bool:
    """Tell whether there is one writer at a time, and BEGIN is written by hand."""
    return engine.dialect.name == SQLITE
