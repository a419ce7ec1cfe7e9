"""A whole office on either database, for tests of what it does beside its processes."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest) -> Flask:
    """An office with its demo people and processes, for all tests of a file together."""
    app: Flask = request.getfixturevalue(f"{request.param}_office")
    return app
