"""The office that tests share: with its demo people, customers and processes, founded once in a run, and copied on either database by whoever asks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support.once import once

if TYPE_CHECKING:
    from flask import Flask


class Copies:
    """Databases on a PostgreSQL that are copies of the one with the office."""

    def __init__(self, server: str, pattern: str) -> None:
        self._server, self._pattern = server, pattern
        self._administration = create_engine(server, isolation_level="AUTOCOMMIT")

    def make(self, name: str) -> str:
        """The URL of a database of that name, in the place of the one before it."""
        self.drop(name)
        self._do(f"CREATE DATABASE {name} TEMPLATE {self._pattern}")
        return self.url(name)

    def drop(self, name: str) -> None:
        """Whoever is connected is sent away."""
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Where a program finds it."""
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _do(self, statement: str) -> None:
        with self._administration.connect() as connection:
            connection.execute(text(statement))


def unused() -> str:
    """A name no database has."""
    return f"office_{uuid4().hex[:12]}"


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


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest) -> Flask:
    """One of the two, and then the other."""
    app: Flask = request.getfixturevalue(f"{request.param}_office")
    return app
