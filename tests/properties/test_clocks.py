"""Random processes that wait for the customer, for the world outside and for the clock: whatever comes in whatever order, rows, record and engine agree.

A finding prints what to paste into FOUND, where it is tried again every time.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from models.base import scratch
from tests.properties.playing import Path
from tests.properties.processes import Plan, clocks
from tests.properties.test_execution import A_FEW, MANY, QUIETLY
from tests.properties.waiting import Waiting, World

pytestmark = pytest.mark.usefixtures("working", "keys")
taken = st.tuples(st.integers(0, 47), st.integers(0, 5))
long = st.lists(taken, min_size=18, max_size=18)
paths = st.lists(taken, min_size=1, max_size=3) | long | long | long
trying = given(plan=clocks(), path=paths)


def assert_agreement(at: datetime, world: World, plan: Plan, path: Path) -> None:
    """Play a path through a plan and prove the whole case afterwards."""
    with scratch() as current:  # the clock, messages and the queue know no case from another
        case = Waiting(current, plan, at, world)
        for number, amount in path:
            if not case.step(number, amount):
                break
        case.finish()


@settings(max_examples=A_FEW, deadline=None, suppress_health_check=QUIETLY)
@trying
def test_what_waits_agrees(at: datetime, world: World, plan: Plan, path: Path) -> None:
    """No limit, question, answer, incident or cancellation lets rows, record and engine part, and an error changes nothing."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(at, world, plan, path)


@pytest.mark.long
@settings(max_examples=MANY, deadline=None, suppress_health_check=QUIETLY)
@trying
def test_much_that_waits_agrees(at: datetime, world: World, plan: Plan, path: Path) -> None:
    """The same with more of it; DESK_EXAMPLES says how many."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(at, world, plan, path)


WAITS = ("user", "waits")
FOUND: list[tuple[Plan, Path]] = [
    (("send", ""), [(0, 5), (1, 0)]),  # queued work that became an incident was something else when done again
    (
        ("limited", ("seq", ("and", WAITS, ("seq", ("user",), WAITS)), ("user",))),
        [(1, 0), (0, 0), (0, 0)],
    ),  # the time before the second question was lost
    (
        ("limited", ("sub", ("and", ("user",), ("seq", WAITS, ("and", WAITS, ("work",)))), "error")),
        [(1, 4)],
    ),  # a question taken back at once undid the move of what was cancelled before it
    (("limited", ("seq", WAITS, ("user",))), [(0, 0)]),  # the limit of the case moved by whole seconds only
]


@pytest.mark.parametrize("plan, path", FOUND)
def test_what_was_found_stays_mended(at: datetime, world: World, plan: Plan, path: Path) -> None:
    """Processes and paths on which they once disagreed."""
    assert_agreement(at, world, plan, path)
