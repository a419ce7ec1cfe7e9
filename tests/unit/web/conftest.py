"""A test office with its demo people, customers and processes: made once, copied for every test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from cli.building import compile_translations
from tests.support.furnishing import Furnished, furnish
from tests.support.visitors import copy, found_office, open_office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office, made once."""
    compile_translations()
    folder = tmp_path_factory.mktemp("office")
    found_office(open_office(folder))
    return folder


BOTH = ("sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow]))


@pytest.fixture
def sqlite_desk(office: Path, tmp_path: Path) -> Flask:
    """An app over a copy of the office on SQLite."""
    copy(office, tmp_path)
    return open_office(tmp_path)


@pytest.fixture
def desk(sqlite_desk: Flask) -> Flask:
    """An app over a copy of the office, for those who come by HTTP: every request has its own context. A file whose tests are of both databases has its own."""
    return sqlite_desk


@pytest.fixture
def app(desk: Flask) -> Iterator[Flask]:
    """The same with a context around the whole test, for those who call verbs beside requests."""
    with desk.app_context():
        yield desk


@pytest.fixture(scope="session")
def furnished(office: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Furnished]:
    """The folder of an office where cases are under way, and their numbers."""
    folder = tmp_path_factory.mktemp("furnished")
    copy(office, folder)
    app = open_office(folder)
    found = furnish(app)
    _let_go(app)
    return folder, found


@pytest.fixture(scope="session")
def postgresql_office(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database with an office in it, to be copied."""
    compile_translations()
    name = f"office_{uuid4().hex[:12]}"
    with _created(postgresql_server, name):
        app = open_office(tmp_path_factory.mktemp("office"), _url(postgresql_server, name))
        found_office(app)
        _let_go(app)
        yield name


@pytest.fixture
def postgresql_desk(postgresql_server: str, postgresql_office: str, tmp_path: Path) -> Iterator[Flask]:
    """An app over a copy of the office on PostgreSQL."""
    name = f"copy_{uuid4().hex[:12]}"
    with _created(postgresql_server, name, template=postgresql_office):
        app = open_office(tmp_path, _url(postgresql_server, name))
        yield app
        _let_go(app)


@pytest.fixture(params=BOTH)
def any_desk(request: pytest.FixtureRequest) -> Flask:
    """An app over a copy of the office, once on SQLite and once on PostgreSQL."""
    chosen: Flask = request.getfixturevalue(f"{request.param}_desk")
    return chosen


@pytest.fixture(scope="module", params=BOTH)
def shared_desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The same, for all tests of a file together."""
    folder = tmp_path_factory.mktemp("shared")
    if request.param == "sqlite":
        copy(request.getfixturevalue("office"), folder)
        yield open_office(folder)
        return
    server, name = request.getfixturevalue("postgresql_server"), f"shared_{uuid4().hex[:12]}"
    with _created(server, name, template=request.getfixturevalue("postgresql_office")):
        app = open_office(folder, _url(server, name))
        yield app
        _let_go(app)


@contextmanager
def _created(server: str, name: str, template: str = "template1") -> Iterator[None]:
    """A database that is there inside the block."""
    administration = create_engine(server, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administration.dispose()


def _url(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _let_go(app: Flask) -> None:
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
