"""What is executed and cannot be seen is a problem, each with its place: the smallest file that breaks a rule breaks no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import checks, definitions, published
from engine.diagrams import diagram, pictures
from tests.support.drawing import boundary, end, gateway, package, path, process, start, sub_process, user
from tests.support.other_tools import DRAWN, LANES, STEPS, drawing, edge, file, shape, whole
from tests.support.other_tools import process as foreign

PROCESSES = sorted((Path(__file__).parents[4] / "processes").glob("*.bpmn"))
SEEN = foreign(STEPS) + whole("Process_1")
F2 = edge("f2", 280)
BROKEN = {
    "no_picture": ("", file(foreign(STEPS))),
    "not_drawn": ("work", file((SEEN).replace(shape("work", 200), ""), more=DRAWN)),
    "flow_not_drawn": ("f2", file(SEEN.replace(F2, ""), more=DRAWN)),
    "picture_id_used_twice": ("f2", file(SEEN.replace("f2_di", "f1_di"), more=DRAWN)),
    "id_used_twice": ("work", file('<bpmn:message id="work"/>' + SEEN, more=DRAWN)),
}  # fmt: skip
LEFT = {
    "picture_of_nothing": ("", file(SEEN.replace(F2, F2 + edge("gone", 400)), more=DRAWN)),
    "drawn_twice": ("f2", file(SEEN.replace(F2, F2 + edge("f2", 400, "other")), more=DRAWN)),
}


def found(text: str) -> list[tuple[str, str]]:
    """Rule and element of every problem of the pictures."""
    return [
        (problem.rule, problem.element_id) for problem in pictures.check(text.encode(), diagram.parse(text.encode()))
    ]


@pytest.mark.parametrize("rule", BROKEN)
def test_what_cannot_be_seen_is_told(rule: str) -> None:
    """By its rule and the element, and by no other rule; and it keeps the file from being published."""
    element, text = BROKEN[rule]
    assert found(text) == [(rule, element)]
    problems = published.problems(definitions.Package(key="Process_1", files={"Process_1.bpmn": text}))
    assert (rule, element) in [(problem.rule, problem.element_id) for problem in problems]


@pytest.mark.parametrize("rule", LEFT)
def test_pictures_too_many_are_told(rule: str) -> None:
    """They hide nothing, so they keep nothing from being published."""
    element, text = LEFT[rule]
    assert found(text) == []
    warnings = checks.warnings_of(definitions.Package(key="Process_1", files={"Process_1.bpmn": text}))
    assert [(problem.rule, problem.element_id, problem.warning) for problem in warnings if problem.rule == rule] == [
        (rule, element, True)
    ]


@pytest.mark.parametrize(
    "broken",
    [
        SEEN.replace('x="200" y="100"', 'x="200"'),  # no bounds
        SEEN.replace('width="80"', 'width="wide"', 2).replace('width="wide"', 'width="80"', 1),
        SEEN.replace(shape("work", 200), edge("work", 200)),  # a line for a box
    ],
)
def test_a_picture_without_a_place_is_none(broken: str) -> None:
    """The editor leaves out what has no numbers, and what is drawn as something else."""
    assert ("not_drawn", "work") in found(file(broken, more=DRAWN))


def test_a_flow_without_its_points_is_not_drawn() -> None:
    """A line needs two."""
    assert ("flow_not_drawn", "f2") in found(file(SEEN.replace('<di:waypoint x="300" y="140"/>', ""), more=DRAWN))


def test_a_lane_decides_who_works_and_must_be_seen() -> None:
    """A department that stands only in the text of the file would be a secret."""
    text = file(foreign(LANES + STEPS) + whole("Process_1"), more=DRAWN)
    assert {("not_drawn", lane) for lane in ("hall", "a", "b", "empty")} <= set(found(text))


def test_what_stands_in_a_drawing_that_is_not_opened_is_not_seen() -> None:
    """An editor opens the first drawing and those of sub-processes; what stands in another is hidden."""
    second_drawing = drawing("Process_1", shape("work", 200)).replace("_1", "_2", 2)
    assert ("not_drawn", "work") in found(file(SEEN.replace(shape("work", 200), "") + second_drawing, more=DRAWN))
    inner = f'<bpmn:subProcess id="inner">{STEPS}</bpmn:subProcess>'
    for scope, is_hidden in (("inner", False), ("nowhere", True)):
        plane = whole(scope).replace("Diagram_1", "Diagram_2").replace("Plane_1", "Plane_2")
        text = file(foreign(inner) + drawing("Process_1", shape("inner", 100)) + plane, more=DRAWN)
        assert (("not_drawn", "work") in found(text)) is is_hidden


def test_a_drawn_sub_process_with_events_has_no_problem() -> None:
    """Everything inside and on its border is seen."""
    inside = sub_process("inner", start("in"), user("ask"), end("out"), path("in", "ask", "out"))
    late = boundary("late", "inner", timer='duration("P1D")')
    ways = path("begun", "inner", "g", "finished") + path("late", "g")
    assert found(process("P", start(), inside, late, gateway("g"), end(), ways)) == []


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_our_own_processes_have_none(path: Path) -> None:
    """No false alarm on what is published."""
    assert found(path.read_text(encoding="utf-8")) == []


def test_the_sentence_names_both_ends() -> None:
    """A flow mostly has no name: it is told by what it joins."""
    text = file(SEEN.replace(F2, ""), more=DRAWN)
    (problem,) = pictures.check(text.encode(), diagram.parse(text.encode()))
    assert problem.values["ends"] == "办理 → done"


def test_a_drawn_package_is_published_whole() -> None:
    """What the builder of these tests draws has no problem."""
    assert (
        published.problems(package("P", process("P", start(), user("x"), end(), path("begun", "x", "finished")))) == []
    )
