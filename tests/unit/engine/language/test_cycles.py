"""Repetitions: how often, and by which expression."""

from __future__ import annotations

import pytest

from engine.language.cycles import Cycle, parse


@pytest.mark.parametrize(
    "text, cycle",
    [
        ("R8/PT30M", Cycle(8, 'duration("PT30M")')),
        (" R / P1DT2H ", Cycle(None, 'duration("P1DT2H")')),
        ('R2/office_hours(now(), duration("PT2H"))', Cycle(2, 'office_hours(now(), duration("PT2H"))')),
        ("R2/PT", Cycle(2, "PT")),
        ("PT30M", None),
        ("R8/", None),
        ("R-1/PT30M", None),
    ],
)
def test_a_repetition_says_how_often_and_after_what(text: str, cycle: Cycle | None) -> None:
    """ISO durations are read as FEEL has them; every other interval is FEEL already."""
    assert parse(text) == cycle


def test_occurrences_are_counted_from_one() -> None:
    """Without a count there is always one more."""
    assert [Cycle(2, "").has(number) for number in (1, 2, 3)] == [True, True, False]
    assert Cycle(None, "").has(1_000_000)
    assert not Cycle(0, "").has(1)
