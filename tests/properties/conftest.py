"""What the random processes need: service tasks that do as their amount says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import execution, handlers
from engine.handlers import handler
from tests.properties.playing import Amount, Given, work
from tests.properties.waiting import Nothing, World


@pytest.fixture
def working(plain_observers: None) -> Iterator[None]:
    """A service task that refuses one amount and breaks over another; no read model of an office hangs on the engine."""
    execution._observers.clear()
    register = handler("test/work", parameters=Amount, result=Given, errors=("no",), title_zh="做", title_en="Work")
    register(work)
    yield
    del handlers._registry["test/work"]


@pytest.fixture
def world() -> Iterator[World]:
    """A service task that reaches outside, and the house that answers there."""
    house = World()
    register = handler(
        "test/send", parameters=Nothing, result=Given, errors=("no",), outside=True, title_zh="送", title_en="Send"
    )
    register(house.answer)
    yield house
    del handlers._registry["test/send"]
