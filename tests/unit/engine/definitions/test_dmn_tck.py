"""The Technology Compatibility Kit of DMN: what any engine must answer for these files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.definitions import dmn
from engine.language.calendar import Calendar
from engine.language.feel import Scope
from tests import tck


@pytest.mark.parametrize("folder", tck.FOLDERS)
def test_a_folder_of_the_kit(folder: str) -> None:
    """Owners bring tables from other tools; the same file must mean the same here."""
    model = dmn.parse(tck.model(folder))
    scope = Scope(datetime(2026, 11, 23, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    differing = [
        (case.id, name, found, expected)
        for case in tck.cases(folder)
        for name, expected in case.expected.items()
        if not tck.agrees(found := model.evaluate(name, case.inputs, scope=scope).value, expected)
    ]
    assert differing == []


def test_the_kit_is_complete() -> None:
    """28 folders with 116 cases and 126 expected results are read, none skipped for a shape that the reader does not know."""
    found = [case for folder in tck.FOLDERS for case in tck.cases(folder)]
    assert (len(tck.FOLDERS), len(found), sum(len(case.expected) for case in found)) == (28, 116, 126)
