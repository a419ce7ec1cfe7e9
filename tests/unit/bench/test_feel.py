"""What the benchmark measures as a gateway condition is what stands in the diagrams."""

from __future__ import annotations

from bench import feel
from engine.language.feel import compile as compiled


def test_the_conditions_are_those_of_the_diagrams() -> None:
    """A figure over no conditions at all would always reach its goal."""
    conditions = feel.conditions()
    assert "account_check.ok = true" in conditions
    assert all(compiled(text) for text in conditions)
