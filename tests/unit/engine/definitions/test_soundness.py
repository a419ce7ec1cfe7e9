"""Standing still and doing twice are found before a case does, with the way there; what is drawn rightly is not accused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given

from engine import checks, definitions
from engine.definitions import soundness
from engine.diagrams.diagram import parse
from tests.properties.processes import Plan, drawn, plans
from tests.support.drawing import (
    boundary,
    catch,
    end,
    error_end,
    flow,
    gateway,
    path,
    process,
    start,
    sub_process,
    user,
)

PROCESSES = Path(__file__).parents[4] / "processes"
HOUR = 'duration("PT1H")'
TERMINATE = "<bpmn:terminateEventDefinition/>"


def found(*parts: str) -> list[tuple[str, str, str]]:
    """Rule, element and what is missing, of the warnings about a process."""
    problems = soundness.check(parse(process("P", start(), *parts, errors=("no",), messages=("go",)).encode()))
    return [(problem.rule, problem.element_id, ", ".join(problem.values["missing"])) for problem in problems]


def choice(id: str, default: str) -> str:
    return gateway(id, default=f"flow_{id}_{default}")


def fork(id: str = "fork", kind: str = "parallel") -> str:
    return gateway(id, kind)


XOR_INTO_AND = (
    *(choice("which", "a"), user("a"), user("b"), fork("join"), end()),
    *(path("begun", "which", "a", "join", "finished"), flow("which", "b", "x > 1"), flow("b", "join")),
)
AND_INTO_XOR = (
    *(fork(), user("a"), user("b"), gateway("merge"), user("after"), end()),
    *(path("begun", "fork", "a", "merge", "after", "finished"), path("fork", "b", "merge")),
)


def test_a_choice_that_is_joined_stands_still() -> None:
    """Only one branch is ever taken, and the join waits for both."""
    assert {(rule, element) for rule, element, _ in found(*XOR_INTO_AND)} == {("always_stands_still", "join")}


def test_a_fork_that_is_merged_does_twice() -> None:
    """Nobody waits for the second branch."""
    assert found(*AND_INTO_XOR) == [("done_twice", "merge", "")]


def test_the_way_is_told() -> None:
    """The elements and flows to the place, in order, so that the page can show them."""
    (problem,) = soundness.check(parse(process("P", start(), *XOR_INTO_AND).encode()))
    way = problem.values["way"]
    way_of_a = ["begun", "flow_begun_which", "which", "flow_which_a", "a", "flow_a_join"]
    way_of_b = [name.replace("flow_which_a", "flow_which_b").replace("flow_a_", "flow_b_") if name != "a" else "b" for name in way_of_a]  # fmt: skip
    assert [id for id in way if id in way_of_a] == way_of_a or [id for id in way if id in way_of_b] == way_of_b


def test_a_branch_taken_away_by_a_timer() -> None:
    """The interrupted step goes another way than to the join."""
    assert found(
        *(fork(), user("a"), user("b"), boundary("late", "a", timer=HOUR), fork("join"), end(), end("gone")),
        *(path("begun", "fork", "a", "join", "finished"), path("fork", "b", "join"), path("late", "gone")),
    ) == [("stands_still", "join", "a")]


def test_a_branch_that_may_end_inside_a_fork() -> None:
    """An exclusive gateway inside the fork lets one branch end."""
    parts = (
        *(fork(), user("a"), user("b"), choice("which", "join"), fork("join"), end(), end("over")),
        *(path("begun", "fork", "a", "which", "join", "finished"), path("fork", "b", "join")),
        flow("which", "over", "x > 1"),
    )
    assert found(*parts) == [("stands_still", "join", "which")]


def test_a_reminder_that_comes_back_does_twice() -> None:
    """An event that leaves its step going on makes a second token."""
    parts = (
        *(user("a"), boundary("late", "a", timer=HOUR, interrupting=False), user("remind"), gateway("merge")),
        *(user("after"), end(), path("begun", "a", "merge", "after", "finished"), path("late", "remind", "merge")),
    )
    assert found(*parts) == [("done_twice", "merge", "")]


def test_inside_a_sub_process() -> None:
    """A sub-process is explored by itself, under its own start."""
    inside = sub_process(
        "sub",
        *(start("in"), choice("which", "a"), user("a"), user("b"), fork("join"), end("out")),
        *(path("in", "which", "a", "join", "out"), flow("which", "b", "x > 1"), flow("b", "join")),
    )
    assert {rule for rule, _, _ in found(inside, end(), path("begun", "sub", "finished"))} == {"always_stands_still"}


def test_a_loop_around_a_fork() -> None:
    """What comes back enters before the fork: sound; what comes back into a branch never reaches the join with all."""
    sound = (
        *(gateway("back"), fork(), user("a"), user("b"), fork("join"), choice("again", "finished"), end()),
        *(path("begun", "back", "fork", "a", "join", "again", "finished"), path("fork", "b", "join")),
        flow("again", "back", "x > 1"),
    )
    assert found(*sound) == []
    wrong = [
        part.replace('targetRef="back"', 'targetRef="into"') if "flow_again_back" in part else part for part in sound
    ]
    broken = (*wrong, gateway("into"))
    broken = tuple(p.replace('sourceRef="fork" targetRef="a"', 'sourceRef="fork" targetRef="into"') for p in broken)
    assert ("stands_still", "join", "b") in found(*broken, flow("into", "a"))


@pytest.mark.parametrize(
    "parts",
    [
        # an inclusive fork and join: whatever is chosen is waited for
        (gateway("or", "inclusive", "flow_or_a"), user("a"), user("b"), user("c"), fork("join", "inclusive"), end(), path("begun", "or", "a", "join", "finished"), flow("or", "b", "x > 1"), flow("or", "c", "x > 2"), path("b", "join"), path("c", "join")),
        # an exclusive choice may be joined inclusively
        (choice("which", "a"), user("a"), user("b"), fork("join", "inclusive"), end(), path("begun", "which", "a", "join", "finished"), flow("which", "b", "x > 1"), flow("b", "join")),
        # branches that end by themselves, at one end or several
        (fork(), user("a"), user("b"), end(), path("begun", "fork", "a", "finished"), path("fork", "b", "finished")),
        # nothing is done after the merge
        (fork(), user("a"), user("b"), gateway("merge"), end(), path("begun", "fork", "a", "merge", "finished"), path("fork", "b", "merge")),
        # one branch ends everything, or leaves by an error
        (fork(), user("a"), user("b"), fork("join"), end(), user("c"), end("halted", TERMINATE), path("begun", "fork", "a", "join", "finished"), path("fork", "b", "join"), path("fork", "c", "halted")),
        (sub_process("sub", start("in"), fork(), user("a"), user("b"), error_end("wrong", "no"), end("out"), path("in", "fork", "a", "out"), path("fork", "b", "wrong")), boundary("no", "sub", error="no"), end(), end("gone"), path("begun", "sub", "finished"), path("no", "gone")),
        # a race, a loop, an interrupted step that comes back
        (gateway("race", "eventBased"), catch("t", timer=HOUR), catch("m", message="go", key='"k"'), gateway("merge"), user("after"), end(), path("begun", "race", "t", "merge", "after", "finished"), path("race", "m", "merge")),
        (gateway("back"), user("a"), choice("again", "finished"), end(), path("begun", "back", "a", "again", "finished"), flow("again", "back", "x > 1")),
        (user("a"), boundary("late", "a", timer=HOUR), end(), path("begun", "a", "finished"), flow("late", "a")),
        # a parallel gateway with one flow in and one out
        (fork("one"), user("a"), end(), path("begun", "one", "a", "finished")),
    ],
)  # fmt: skip
def test_what_is_sound_is_not_accused(parts: tuple[str, ...]) -> None:
    """No false alarm on what an owner may well draw."""
    assert found(*parts) == []


def test_no_alarm_on_our_own_processes() -> None:
    """The diagrams in use are sound, as far as can be seen, and explored to their ends."""
    for file in sorted(PROCESSES.glob("*.bpmn")):
        assert soundness.check(parse(file.read_bytes())) == [], file.name


@given(plan=plans())
def test_no_alarm_on_random_processes(plan: Plan) -> None:
    """Well-formed processes, nested as deep as they come."""
    content = drawn(plan)
    for key in content.processes:
        assert soundness.check(parse(content.bpmn(key))) == []


@given(plan=plans(2))
@pytest.mark.parametrize(("index", "rule"), [(-1, "always_stands_still"), (-2, "done_twice")])
def test_a_gateway_of_the_wrong_kind_is_found(index: int, rule: str, plan: Plan) -> None:
    """A fork turned into a choice, and a join turned into a merge, in random surroundings; what ends everything at once ends a standstill, too."""
    assume(rule == "done_twice" or "cut" not in str(plan))
    whole = drawn(("seq", plan, ("and", ("user",), ("user",)), ("user",))).files["P.bpmn"]
    (id,) = re.findall(r'<bpmn:parallelGateway id="(\w+)"', whole)[index : index + 1 or None]
    mended = re.sub(
        rf'(</?bpmn:)parallelGateway( id="{id}".*?</bpmn:)parallelGateway',
        r"\1exclusiveGateway\2exclusiveGateway",
        whole,
    )
    assert rule in {problem.rule for problem in soundness.check(parse(mended.encode()))}


def test_what_is_too_large_is_said() -> None:
    """More states than are looked at: the finding says how many, and that it is not known."""
    ids = [f"x{n}" for n in range(14)]
    parts = [fork(), fork("join"), end(), path("begun", "fork"), path("join", "finished")]
    for id in ids:
        parts += [choice(id, f"{id}a"), user(f"{id}a"), user(f"{id}b"), path("fork", id, f"{id}a", "join"), flow(id, f"{id}b", "x > 1"), end(f"{id}end"), path(f"{id}b", f"{id}end")]  # fmt: skip
    problems = soundness.check(parse(process("P", start(), *parts).encode()))
    assert ("not_explored", soundness.MOST_STATES) in {(problem.rule, problem.values["limit"]) for problem in problems}


def test_a_refused_step_that_nobody_catches_is_told() -> None:
    """Errors of ends inside are told by the same check of a package."""
    inside = sub_process("sub", start("in"), error_end("wrong", "no"), path("in", "wrong"))
    content = definitions.Package(
        key="P",
        files={"P.bpmn": process("P", start(), inside, end(), path("begun", "sub", "finished"), errors=("no",))},
    )
    assert [(problem.rule, problem.element_id, problem.warning) for problem in checks.warnings_of(content)] == [
        ("error_not_caught", "wrong", True)
    ]
