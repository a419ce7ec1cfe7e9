"""What the benchmark measures as a gateway condition is what stands in the diagrams."""

from __future__ import annotations

from bench import feel
from engine.language.feel import compile


def test_the_conditions_are_those_of_the_diagrams() -> None:
    """A figure over no conditions at all would always reach its goal."""
    found = feel.conditions()
    assert "established = true" in found
    assert all(compile(text) for text in found)
