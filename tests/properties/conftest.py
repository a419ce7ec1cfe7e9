"""What the random processes need: service tasks that do as their amount says."""

from __future__ import annotations

from typing import Any

import pytest

import engine.runtime
from engine.runtime import Call, handler
from tests.properties.playing import Amount, Given, work
from tests.properties.waiting import Nothing, World


@pytest.fixture
def working(runtime: engine.runtime.Runtime) -> None:
    """A service task that refuses one amount and breaks over another."""
    handler("test/work", parameters=Amount, result=Given, errors=("no",), title_zh="做", title_en="Work")(work)
    runtime.serve(work)


@pytest.fixture
def world(runtime: engine.runtime.Runtime) -> World:
    """A service task that reaches outside, and the house that answers there."""
    house = World()

    @handler(
        "test/send", parameters=Nothing, result=Given, errors=("no",), outside=True, title_zh="送", title_en="Send"
    )
    def send(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
        return house.answer(parameters, call)

    runtime.serve(send)
    return house
