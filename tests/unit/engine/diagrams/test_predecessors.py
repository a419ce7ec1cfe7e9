"""What may come before an element: along the flows, around loops, and on branches that nobody has waited for."""

from __future__ import annotations

import pytest

from engine.diagrams.diagram import parse
from engine.diagrams.predecessors import Predecessors
from tests.support.drawing import boundary, end, flow, gateway, path, process, start, sub_process, user


def before(element_id: str, *parts: str) -> set[str]:
    """The user tasks that may have been done when a token comes to an element."""
    diagram = parse(process("P", start(), *parts, end()).encode())
    return {element.id for element in Predecessors(diagram).of(element_id) if element.type == "userTask"}


def branches(fork: str, join: str) -> tuple[str, ...]:
    steps = (*(user(id) for id in "abcz"), gateway("fork", fork), gateway("join", join))
    ways = (path("begun", "fork", "a", "b", "join", "z", "finished"), path("fork", "c", "join"))
    return (*steps, *ways)


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_branches_that_a_gateway_joins(kind: str) -> None:
    """The other branch may have been done, or part of it; what comes after both has not."""
    parts_drawn = branches(kind, kind)
    assert before("a", *parts_drawn) == {"c"}
    assert before("c", *parts_drawn) == {"a", "b"}
    assert before("z", *parts_drawn) == {"a", "b", "c"}


def test_branches_that_nothing_joins() -> None:
    """Where each goes on by itself, the end of one may come before the beginning of the other."""
    parts_drawn = branches("parallel", "exclusive")
    assert before("a", *parts_drawn) == {"c", "z"}
    assert before("c", *parts_drawn) == {"a", "b", "z"}


def test_a_gateway_that_does_not_wait_for_every_branch() -> None:
    """Two of three branches meet in one flow: one of them may still be under way when the gateway goes on."""
    steps = (*(user(id) for id in "abcz"), gateway("fork", "parallel"), gateway("merge"), gateway("join", "parallel"))
    ways = (path("begun", "fork", "a", "join", "z", "finished"), path("fork", "b", "merge", "join"))
    assert "z" in before("c", *steps, *ways, path("fork", "c", "merge"))


def test_a_way_round_to_the_fork() -> None:
    """Branches begun anew: nobody knows what is left of the last time."""
    steps = (user("a"), user("c"), user("z"), gateway("fork", "parallel"), gateway("join", "parallel"))
    back = (gateway("again", default="flow_again_finished"), flow("again", "fork", "z = 1"), path("again", "finished"))
    ways = (path("begun", "fork", "a", "join", "z", "again"), path("fork", "c", "join"))
    assert "z" in before("a", *steps, *back, *ways)


@pytest.mark.parametrize(("interrupting", "expected"), [(False, {"x", "y", "z"}), (True, {"x"})])
def test_an_event_beside_a_step(interrupting: bool, expected: set[str]) -> None:
    """One that interrupts leads away; one that does not goes on beside what follows the step."""
    event = boundary("late", "x", timer="accepted_at", interrupting=interrupting)
    parts = (*(user(id) for id in "xyzr"), event, end("told"), path("begun", "x", "y", "z", "finished"))
    assert before("r", *parts, path("late", "r", "told")) == expected
    assert before("y", *parts, path("late", "r", "told")) == {"x"} | ({"r"} if not interrupting else set())


def test_an_event_that_may_happen_again() -> None:
    """A message may come while what the last one began is under way."""

    def event(**kind: str) -> tuple[str, ...]:
        beginning = boundary("again", "x", interrupting=False, **kind)
        return (
            *(user(id) for id in "xrs"),
            beginning,
            end("told"),
            path("begun", "x", "finished"),
            path("again", "r", "s", "told"),
        )

    assert "s" in before("r", *event(message="told", key="1"))
    assert "s" not in before("r", *event(timer="accepted_at"))


def test_within_a_sub_process() -> None:
    """A branch inside goes on while the other does, and what lies after it comes later."""
    inner = (user("a"), user("c"), gateway("fork", "parallel"), gateway("join", "parallel"), start("in"), end("out"))
    ways = path("in", "fork", "a", "join", "out") + path("fork", "c", "join")
    parts = (sub_process("s", *inner, ways), user("z"), path("begun", "s", "z", "finished"))
    assert before("a", *parts) == {"c"}
    assert before("z", *parts) == {"a", "c"}
