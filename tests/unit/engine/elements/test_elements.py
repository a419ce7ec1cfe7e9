"""The one table of kinds: what a diagram may hold has a module, and what has none is refused."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from engine import elements
from engine.diagrams.diagram import ACTIVITIES, EVENTS, GATEWAYS, Element
from engine.elements import multi_instance
from engine.elements.kind import ANYWHERE
from engine.ground.errors import Corrupt
from engine.record.case_steps import CaseStep
from engine.record.steps import STEPS


def test_every_type_that_is_read_has_a_kind() -> None:
    """No activity, gateway or event is taken for executable and then found nowhere, and nothing else is in the table."""
    assert {type for type, _trigger in elements.KINDS} == ACTIVITIES | GATEWAYS | EVENTS


def test_every_step_at_an_element_is_said_by_a_kind() -> None:
    """What the modules list is in the vocabulary, and what names an element there is listed by one of them, but for the end of the case."""
    kinds = {*elements.KINDS.values(), multi_instance.KIND}
    said = ANYWHERE.union(*(kind.steps for kind in kinds))
    at_elements = {
        name
        for shape in get_args(CaseStep)
        if "element" in get_type_hints(shape)
        for name in get_args(get_type_hints(shape)["type"])
    }
    assert said == at_elements - {"instance_completed", "instance_cancelled"}
    assert said <= STEPS.keys()
    assert {kind.done for kind in kinds} <= said


def test_what_is_not_executed_has_no_kind() -> None:
    """An event by a trigger that nobody executes stops the run instead of being passed over."""
    signal = Element(id="x", type="boundaryEvent", name="", line=0, parent="P", trigger="signal")
    with pytest.raises(Corrupt):
        elements.drawn_kind(signal)
    assert elements.triggers("scriptTask") == frozenset()
