"""A whole office on either database, for tests of what it does beside its processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from tests.support.visitors import found_office, open_office


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An office with its demo people and processes; on PostgreSQL in a database of the module's own."""
    name = request.module.__name__.rpartition(".")[2]
    folder: Path = tmp_path_factory.mktemp(name)
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
    app = open_office(folder, url)
    found_office(app)
    return app
