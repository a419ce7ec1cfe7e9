"""A whole office on either database, for tests of what it does beside its processes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.offices import unused
from tests.support.visitors import copy, let_go, open_office


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest, founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An office with its demo people and processes, for all tests of a file together."""
    folder = tmp_path_factory.mktemp("office")
    if request.param == "sqlite":
        copy(founded, folder)
        app = open_office(folder)
        yield app
        let_go(app)
        shutil.rmtree(folder)
        return
    copies, name = request.getfixturevalue("founded_on_postgresql"), unused()
    app = open_office(folder, copies.make(name))
    yield app
    let_go(app)
    copies.drop(name)
