"""Random processes, random paths: whatever is drawn and whatever people do, the record, the rows and the engine agree.

A finding prints the plan and the path that failed; pasted into FOUND they are tried again every time.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.properties.playing import CANCELLED, Path, assert_agreement
from tests.properties.processes import Plan, lists, lost, nested, plans

A_FEW, MANY = 25, int(os.environ.get("DESK_EXAMPLES", "60"))


pytestmark = pytest.mark.usefixtures("working")
paths = st.lists(st.tuples(st.integers(0, CANCELLED), st.integers(0, 5)), min_size=1, max_size=14)
QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def trying(examples: int, over_plans: st.SearchStrategy[Plan] | None = None) -> Any:
    """A property over random processes and paths, tried with so many of them."""

    def over(check: Any) -> Any:
        return settings(max_examples=examples, deadline=None, suppress_health_check=QUIETLY)(
            given(plan=plans() if over_plans is None else over_plans, path=paths)(check)
        )

    return over


@trying(A_FEW)
def test_record_rows_and_engine_agree(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """Restored = never restored, pruned = unpruned, folded = living, executed again = recorded, at every step."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


@pytest.mark.long
@trying(MANY)
def test_they_agree_over_many_processes(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same with more of them; DESK_EXAMPLES says how many."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


@trying(A_FEW, lists())
def test_they_agree_over_items(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same where a step is done for each item of a list."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


@pytest.mark.long
@trying(MANY, lists())
def test_they_agree_over_many_items(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same with more of them."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


@trying(A_FEW, nested())
def test_they_agree_over_what_ends_together(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same where an activity ends with another in it, of its own accord or not."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


@pytest.mark.long
@trying(MANY, nested())
def test_they_agree_over_much_that_ends_together(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same with more of it."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


@trying(A_FEW, lost())
def test_nothing_is_lost(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same where tokens are too many or too few, keys and limits are nothing, and messages come again."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


@pytest.mark.long
@trying(MANY, lost())
def test_nothing_of_much_is_lost(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same with more of it."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    assert_agreement(database, at, plan, path)


NESTED = ("each", ("each", ("each", ("no",), "call", False, True), "sub", False, False), "sub", False, False)
FOUND: list[tuple[Plan, Path]] = [
    (("seq", ("user",), NESTED), [(0, 0)]),  # an item that ended took along what had just been taken away in it
    (("call", ("timer",), "timer"), [(0, 0)]),  # a call taken away by a boundary event still showed a token
    (
        ("loop", ("call", ("seq", ("user",), ("halt",)), "")),
        [(0, 0), (0, 4)],
    ),  # terminating a called process broke the step
    (
        ("loop", ("seq", ("work",), ("user",))),
        [(0, 0), (0, 4)],
    ),  # an uncaught refusal, executed again, was another incident
    (
        ("seq", ("user",), ("each", (), "work", False, True)),
        [(0, 3)],
    ),  # an incident that was opened and taken away in one step stayed open
    (
        ("seq", ("user",), ("each", ("each", (), "work", False, True), "sub", False, False)),
        [(0, 2), (0, 0)],
    ),
    (
        ("call", ("call", ("user",), "timer", True), ""),
        [(1, 0)],
    ),  # a call taken away in the step in which the one around it ended still showed a token
    (("seq", ("strand", ("user",), "parallel"), ("user",)), [(0, 5)] * 6),  # a join stood still and nobody was told
    (("seq", ("surplus", ("user",), ("user",), "parallel"), ("user",)), [(0, 1)] * 8),  # of two tokens one was lost
    (("seq", ("call", ("cut", ("call", ("call", ("user",), ""), ""), False), ""), ("user",)), [(0, 0)]),
    (
        ("seq", ("user",), ("each", ("throw",), "sub", True, True)),
        [(0, 2)],
    ),  # a message that could not be thrown was counted on the picture, and this test did not count it
    (
        ("seq", ("user",), ("each", ("each", ("waits",), "user", False, False), "call", False, False)),
        [(0, 0), (0, 0)],
    ),  # the clock goes on at an element of a called process, said without its scope
]


@pytest.mark.parametrize("plan, path", FOUND)
def test_what_was_found_stays_mended(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """Processes and paths on which record, rows and engine once disagreed."""
    assert_agreement(database, at, plan, path)
