"""A test office with its demo people, customers and processes: made once, copied for every test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from tests.support.furnishing import Furnished, furnish
from tests.support.offices import Copies, unused
from tests.support.visitors import Standing, copy, let_go, open_office

BOTH = ("sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow]))


@pytest.fixture(scope="session")
def standing(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """The app of this run on SQLite."""
    folder = tmp_path_factory.mktemp("desk")
    copy(founded, folder)
    return Standing(open_office(folder), partial(copy, founded, folder))


@pytest.fixture
def sqlite_desk(standing: Standing) -> Flask:
    """An app over a copy of the office on SQLite."""
    return standing.again()


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
def furnished(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Furnished]:
    """The folder of an office where cases are under way, and their numbers."""
    folder = tmp_path_factory.mktemp("furnished")
    copy(founded, folder)
    app = open_office(folder)
    cases = furnish(app)
    let_go(app)
    return folder, cases


@pytest.fixture(scope="session")
def standing_on_postgresql(founded_on_postgresql: Copies, tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """The app of this run on PostgreSQL."""
    name = unused()
    app = open_office(tmp_path_factory.mktemp("desk"), founded_on_postgresql.make(name))
    return Standing(app, partial(founded_on_postgresql.make, name))


@pytest.fixture
def postgresql_desk(standing_on_postgresql: Standing) -> Flask:
    """An app over a copy of the office on PostgreSQL."""
    return standing_on_postgresql.again()


@pytest.fixture(params=BOTH)
def any_desk(request: pytest.FixtureRequest) -> Flask:
    """An app over a copy of the office, once on SQLite and once on PostgreSQL."""
    chosen: Flask = request.getfixturevalue(f"{request.param}_desk")
    return chosen


@pytest.fixture(scope="module", params=BOTH)
def shared_desk(request: pytest.FixtureRequest) -> Flask:
    """The same, for all tests of a file together."""
    chosen: Flask = request.getfixturevalue(f"{request.param}_office")
    return chosen
