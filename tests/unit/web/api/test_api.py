"""The description of the API is what it does: whatever it allows to be sent is answered with a status, a kind of content and a shape that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings

import engine
from office import tokens
from tests.support.furnishing import Furnished
from tests.support.visitors import copy, open_office

NAMES = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
QUICK = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office_of_the_api(furnished: tuple[Path, Furnished], tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An office with cases under way."""
    folder = tmp_path_factory.mktemp("described")
    copy(furnished[0], folder)
    return open_office(folder)


@pytest.fixture(scope="module")
def token(office_of_the_api: Flask) -> str:
    """Cleo's."""
    with office_of_the_api.app_context():
        return tokens.create("cleo", at=engine.now())


def test_every_answer_is_described(office_of_the_api: Flask, token: str) -> None:
    """A program that was written after the description is never surprised."""
    schemathesis.checks.load_all_checks()
    held = schemathesis.checks.CHECKS.get_by_names(NAMES)
    description = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", office_of_the_api)
    for path in description.raw_schema["paths"].values():
        for method in path.keys() - {"parameters"}:
            del path[method]["responses"]["default"]  # it would describe whatever comes
    operations = [found.ok() for found in description.get_all_operations()]
    assert len(operations) == 23
    for operation in operations:

        @QUICK
        @given(case=operation.as_strategy())
        def answered(case: Any) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=held)

        answered()
