"""The Technology Compatibility Kit of DMN: what any engine must answer for these files."""

from __future__ import annotations

import pytest

from tests import tck


@pytest.mark.parametrize("folder", tck.folders(2))
def test_a_folder_of_level_2(folder: str) -> None:
    """Owners bring tables from other tools; the same file must mean the same here."""
    assert [result for result in tck.play(folder) if result.verdict != tck.PASSED] == []


def test_level_2_is_complete() -> None:
    """28 folders with 116 cases and 126 expected results are read, none skipped for a shape that the reader does not know."""
    cases = [case for folder in tck.folders(2) for case in tck.cases(folder)]
    assert (len(tck.folders(2)), len(cases), sum(len(case.expected) for case in cases)) == (28, 116, 126)
