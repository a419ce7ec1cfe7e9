"""An office with its demo people, customers and processes: made once in a run, copied by whoever needs one, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from models.base import Base
from tests.support.offices import Copies, unused

# What serves pages is imported where an office is made: most tests below need none, and their collection would wait for it.


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office on SQLite, to be copied."""
    from cli.building import compile_translations
    from tests.support.visitors import found_office, let_go, open_office

    compile_translations()
    folder = tmp_path_factory.mktemp("office")
    app = open_office(folder)
    found_office(app)
    let_go(app)
    return folder


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


@pytest.fixture(scope="session")
def tables_on_postgresql(postgresql_server: str) -> Copies:
    """Copies of a database with every table and nothing in it."""
    pattern = unused()
    engine = create_engine(Copies(postgresql_server, "template1").make(pattern))
    Base.metadata.create_all(engine)
    engine.dispose()
    return Copies(postgresql_server, pattern)


@pytest.fixture
def postgresql_tables(tables_on_postgresql: Copies) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with every table."""
    name = unused()
    yield tables_on_postgresql.make(name)
    tables_on_postgresql.drop(name)
