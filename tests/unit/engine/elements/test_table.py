"""The one table of kinds: what a diagram may hold has a module, and what has none is refused."""

from __future__ import annotations

import pytest

from engine import elements
from engine.diagrams.diagram import ACTIVITIES, EVENTS, GATEWAYS, Element
from engine.ground.errors import Corrupt


def test_every_type_that_is_read_has_a_kind() -> None:
    """No activity, gateway or event is taken for executable and then found nowhere, and nothing else is in the table."""
    assert {type for type, _trigger in elements.KINDS} == ACTIVITIES | GATEWAYS | EVENTS


def test_what_is_not_executed_has_no_kind() -> None:
    """An event by a trigger that nobody executes stops the run instead of being passed over."""
    signal = Element(id="x", type="boundaryEvent", name="", line=0, parent="P", trigger="signal")
    with pytest.raises(Corrupt):
        elements.drawn_kind(signal)
    assert elements.triggers("scriptTask") == frozenset()
