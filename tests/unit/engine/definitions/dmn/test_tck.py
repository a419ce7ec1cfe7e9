"""The Technology Compatibility Kit of DMN: what any engine must answer for these files."""

from __future__ import annotations

import pytest

from tools import kit


@pytest.mark.parametrize("folder", kit.folders(2))
def test_a_folder_of_level_2(folder: str) -> None:
    """Owners bring tables from other tools; the same file must mean the same here."""
    assert [result for result in kit.play(folder) if result.verdict != kit.PASSED] == []


def test_level_2_is_complete() -> None:
    """28 folders with 116 cases and 126 expected results are read, none skipped for a shape that the reader does not know."""
    cases = [case for folder in kit.folders(2) for case in kit.cases(folder)]
    assert (len(kit.folders(2)), len(cases), sum(len(case.expected) for case in cases)) == (28, 116, 126)
