"""The files that begin first are there: one that was renamed would begin last again, and leave a core idle."""

from __future__ import annotations

from pathlib import Path

from tests.support import order

ROOT = Path(__file__).parents[2]


def test_every_file_that_begins_first_is_there() -> None:
    """Each is named once, as it lies in the checkout."""
    assert [file for file in order.LONGEST if not (ROOT / file).is_file()] == []
    assert len(set(order.LONGEST)) == len(order.LONGEST)
