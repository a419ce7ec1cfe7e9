"""An office with its demo people, customers and processes: made once in a run, copied by whoever needs one, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.offices import Copies, unused


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
