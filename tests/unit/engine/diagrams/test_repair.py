"""A file made whole: whatever another tool left out, every node and flow has an id and a picture afterwards, and says what it said."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest

from engine.diagrams import diagram, pictures, repair, shapes
from engine.ground import xml
from tests.contracts.test_diagrams import Box
from tests.support.other_tools import DRAWN as PREFIXES
from tests.support.other_tools import FILES, STEPS, drawing, edge, file, process, shape, whole

PROCESSES = sorted((Path(__file__).parents[4] / "processes").glob("*.bpmn"))
UNDRAWN = {"nowhere": {"f3"}}  # a flow that leads nowhere has no end to be drawn to


def said(text: str) -> tuple[list[tuple[str, str, str]], int]:
    """What a file says: every node with what it is and is called, and how many flows it has."""
    parsed = diagram.parse(text.encode())
    return [(e.type, e.name, e.lane) for e in parsed.elements.values()], len(parsed.flows)


def without_drawing(text: str) -> str:
    """The file as a tool without pictures would write it."""
    root = xml.parse(text.encode())
    for di in root.findall(f"{{{pictures.BPMNDI}}}BPMNDiagram"):
        root.remove(di)
    return xml.serialise(root).decode()


def boxes(text: str) -> dict[str, Box]:
    """Where everything but lanes and pools stands."""
    inside = diagram.parse(text.encode()).elements
    return {
        id: Box(b.x, b.y, b.x + b.width, b.y + b.height)
        for id, b in shapes.places(text.encode()).items()
        if id in inside
    }


@pytest.mark.parametrize("name", FILES)
def test_everything_can_be_seen_afterwards(name: str) -> None:
    """No rule about pictures finds anything, every id stands once, and a second look changes nothing."""
    mended = repair.mend(FILES[name])
    parsed = diagram.parse(mended.text.encode())
    assert pictures.check(mended.text.encode(), parsed) == []
    assert all(parsed.elements)
    assert all(parsed.flows)
    assert set(parsed.flows) - set(shapes.read_drawing(mended.text.encode()).lines) == UNDRAWN.get(name, set())
    assert repair.mend(mended.text) == repair.Mended(mended.text)


@pytest.mark.parametrize("name", sorted(set(FILES) - {"no_ids", "elements_of_one_name", "name_of_its_process"}))
def test_nothing_that_is_said_is_changed(name: str) -> None:
    """Drawing is no editing: elements, names, lanes and flows stay; without ids a file could not be read at all."""
    assert said(repair.mend(FILES[name]).text) == said(FILES[name])


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_our_own_processes_are_whole(path: Path) -> None:
    """Nothing is changed in what is drawn well; and without their drawing they get one in which no box lies on another and no line runs through one."""
    text = path.read_text(encoding="utf-8")
    assert repair.mend(text) == repair.Mended(text)
    redrawn = repair.mend(without_drawing(text)).text
    places, parsed = boxes(redrawn), diagram.parse(redrawn.encode())
    apart = [id for id, e in parsed.elements.items() if e.type not in ("subProcess", "boundaryEvent")]
    assert [pair for pair in combinations(apart, 2) if places[pair[0]].overlaps(places[pair[1]])] == []
    lines = shapes.read_drawing(redrawn.encode()).lines
    through = [
        (flow.id, id)
        for flow in parsed.flows.values()
        for a, b in pairwise(lines[flow.id])
        for id in set(apart) - {flow.source, flow.target, parsed.elements[flow.source].attached_to}
        if places[id].crossed_by(a, b)
    ]
    assert through == []


def test_lanes_hold_what_belongs_to_them() -> None:
    """Whoever moves a step afterwards must not change its department: each lies in its lane, inner lanes in outer ones."""
    places = shapes.places(repair.mend(FILES["lanes"]).text.encode())
    for inner, outer in (("begin", "a"), ("work", "b"), ("a", "hall"), ("b", "hall")):
        node, around = places[inner], places[outer]
        assert around.x <= node.x
        assert node.x + node.width <= around.x + around.width
        assert around.y <= node.y
        assert node.y + node.height <= around.y + around.height
    assert places["empty"].height > 0


def test_what_is_drawn_stays_where_it_is() -> None:
    """One flow that lost its picture does not cost the owner the arrangement of all the rest."""
    with_gap = file(
        process(STEPS)
        + drawing("Process_1", shape("begin", 100), shape("work", 200), shape("done", 300), edge("f1", 180)),
        more=PREFIXES,
    )
    mended = repair.mend(with_gap)
    assert [(change.kind, change.element_id) for change in mended.changes] == [("drawn_beside", "f2")]
    before, after = shapes.read_drawing(with_gap.encode()), shapes.read_drawing(mended.text.encode())
    assert after.shapes == before.shapes
    assert {id: line for id, line in after.lines.items() if id != "f2"} == before.lines
    assert after.lines["f2"] == ((280, 140), (300, 140))


def test_pictures_of_one_name_keep_their_places() -> None:
    """The very fault that hid a flow: both pictures are kept, under names of their own."""
    text = file(process(STEPS) + whole("Process_1").replace("f2_di", "f1_di"), more=PREFIXES)
    mended = repair.mend(text)
    assert [change.kind for change in mended.changes] == ["picture_renamed"]
    assert shapes.read_drawing(mended.text.encode()) == shapes.read_drawing(text.encode())


def test_an_element_with_the_id_of_another_keeps_its_flows() -> None:
    """Which of two a flow belongs to is said by the elements themselves."""
    parsed = diagram.parse(repair.mend(FILES["elements_of_one_name"]).text.encode())
    ended = next(e.id for e in parsed.elements.values() if e.type == "endEvent")
    assert [(flow.source, flow.target) for flow in parsed.flows.values()] == [("begin", "work"), ("work", ended)]


def test_comments_and_foreign_settings_are_kept() -> None:
    """Who drew it may have written something down beside it, and other tools have their own."""
    with_comment = FILES["signavio"].replace(
        "<semantic:startEvent", '<!-- 注 --><semantic:startEvent xmlns:x="urn:x" x:colour="red"'
    )
    mended = repair.mend(with_comment).text
    assert "<!-- 注 -->" in mended
    assert 'x:colour="red"' in mended


def test_a_process_is_put_under_its_key_with_all_that_refers_to_it() -> None:
    """The only process is executed, the drawing and its pool go on showing it, and each change is told."""
    executable = repair.executable(repair.mend(FILES["bpmn_io"]).text, "NET-001")
    assert [change.kind for change in executable.changes] == ["made_executable", "process_id_set"]
    parsed = diagram.parse(executable.text.encode())
    assert (parsed.key, parsed.executable) == ("NET-001", 1)
    assert 'bpmnElement="NET-001"' in executable.text
    assert repair.mend(executable.text).changes == ()
    pooled = repair.executable(FILES["pools"], "NET-002").text
    assert 'processRef="NET-002"' in pooled


def test_the_key_may_be_that_of_an_element() -> None:
    """The element gives way, with the flows that name it."""
    executable = repair.executable(repair.mend(FILES["default_namespace"]).text, "work")
    parsed = diagram.parse(executable.text.encode())
    assert parsed.key == "work"
    assert "work" not in parsed.elements
    assert {(f.source, f.target) for f in parsed.flows.values()} == {("begin", "work_2"), ("work_2", "done")}
    assert repair.mend(executable.text).changes == ()


def test_of_several_processes_none_is_chosen() -> None:
    """Which of two is to be executed is for the owner to say."""
    text = FILES["two_processes"].replace('isExecutable="true"', "").replace('isExecutable="false"', "")
    assert repair.executable(text, "NET-001") == repair.Mended(text)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ('<bpmn:task id="t"/>' * 20_000, "too_many_elements"),
        ("<bpmn:task/>" * 20_000, "too_many_elements"),
        ("".join(f'<bpmn:task id="t{n}"/>' for n in range(20_000)), "too_many_elements"),
        ('<bpmn:subProcess id="s">' * 200 + "</bpmn:subProcess>" * 200, "too_deep"),
    ],
    ids=["one id", "no id", "many", "deep"],
)
def test_a_file_beyond_measure_is_refused(inside: str, reason: str) -> None:
    """A file of a stranger never holds the office up or ends in an error of ours: what is too much is said, with the limit."""
    with pytest.raises(xml.MalformedXml) as error:
        diagram.parse(repair.mend(file(process(inside))).text.encode())
    assert (error.value.values["why"], error.value.values["limit"] > 0) == (reason, True)


def test_a_tangle_of_flows_is_drawn() -> None:
    """Below the limit everything is drawn, however little sense it makes."""
    tangle = "".join(f'<bpmn:sequenceFlow id="x{n}" sourceRef="work" targetRef="work"/>' for n in range(1_500))
    mended = repair.mend(file(process(STEPS + tangle)))
    assert pictures.check(mended.text.encode(), diagram.parse(mended.text.encode())) == []
    assert mended.text.count("BPMNEdge id=") >= 1_500
