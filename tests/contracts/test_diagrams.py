"""Every diagram in processes/ is complete as a picture and reads well: nothing hidden, nothing crossed out, nothing on top of anything else."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import yaml

from engine.ground import xml

PROCESSES = Path(__file__).parents[2] / "processes"
DIAGRAMS = sorted(PROCESSES.glob("*.bpmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
SLACK = 2.0


@dataclass(frozen=True)
class Box:
    """A rectangle of the diagram plane, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, neighbour: Box) -> bool:
        """Whether the two share more than a border."""
        return (
            self.left + SLACK < neighbour.right
            and neighbour.left + SLACK < self.right
            and self.top + SLACK < neighbour.bottom
            and neighbour.top + SLACK < self.bottom
        )

    def crossed_by(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether the segment runs through the inside (Liang and Barsky's clipping)."""
        (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
        enter, leave = 0.0, 1.0
        for step, low, high in (
            (dx, self.left + SLACK - x, self.right - SLACK - x),
            (dy, self.top + SLACK - y, self.bottom - SLACK - y),
        ):
            if step == 0:
                if low >= 0 or high <= 0:
                    return False
                continue
            near, far = sorted((low / step, high / step))
            enter, leave = max(enter, near), min(leave, far)
        return enter < leave


class Drawing:
    """One file: its nodes and flows, and where each is drawn."""

    def __init__(self, path: Path) -> None:
        root = xml.parse(path.read_bytes())
        self.elements = {e.get("id"): e for e in root.iter() if isinstance(e.tag, str) and e.get("id")}
        self.flows = [e for e in self.elements.values() if xml.local(e) == "sequenceFlow"]
        self.nodes = {id: e for id, e in self.elements.items() if self._is_node(e)}
        self.shapes = {s.get("bpmnElement"): box(s.find(f"{DC}Bounds")) for s in root.iter(f"{BPMNDI}BPMNShape")}
        self.edges = {
            e.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in e.findall(f"{DI}waypoint")]
            for e in root.iter(f"{BPMNDI}BPMNEdge")
        }
        self.labels = {
            label.getparent().get("bpmnElement"): box(label.find(f"{DC}Bounds"))
            for label in root.iter(f"{BPMNDI}BPMNLabel")
            if label.find(f"{DC}Bounds") is not None
        }

    @staticmethod
    def _is_node(element: xml.Element) -> bool:
        kind = xml.local(element)
        node_kinds = ("Task", "Event", "Gateway", "callActivity", "subProcess")
        return element.tag.startswith(BPMN) and (kind == "task" or kind.endswith(node_kinds))

    def container(self, id: str) -> str | None:
        """The sub-process that holds the node, if any."""
        parent = self.elements[id].getparent()
        return parent.get("id") if xml.local(parent) == "subProcess" else None

    def near(self, flow: xml.Element) -> set[str | None]:
        """What a flow may touch: its ends, the activities its boundary events sit on and those that sit on its ends, the sub-process around it."""
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        hosts = {self.elements[end].get("attachedToRef") for end in ends}
        guests = {id for id, node in self.nodes.items() if node.get("attachedToRef") in ends}
        around = {self.container(end) for end in ends}
        return ends | hosts | guests | around


def box(bounds: xml.Element) -> Box:
    """The rectangle of a dc:Bounds."""
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    """Each diagram in turn."""
    return Drawing(request.param)


def test_everything_is_drawn(drawing: Drawing) -> None:
    """An element without a shape or an edge would run and never be seen."""
    without_shape = sorted(set(drawing.nodes) - set(drawing.shapes))
    without_edge = sorted(flow.get("id") for flow in drawing.flows if len(drawing.edges.get(flow.get("id"), [])) < 2)
    assert (without_shape, without_edge) == ([], [])


def test_no_flow_runs_through_a_foreign_shape(drawing: Drawing) -> None:
    """A line through a box reads as if the box were passed."""
    through = [
        f"{flow.get('id')} through {id}"
        for flow in drawing.flows
        for start, end in pairwise(drawing.edges.get(flow.get("id"), []))
        for id in drawing.nodes.keys() & drawing.shapes.keys() - drawing.near(flow)
        if drawing.shapes[id].crossed_by(start, end)
    ]
    assert through == []


def test_no_two_shapes_overlap(drawing: Drawing) -> None:
    """Two boxes on one spot hide each other; a boundary event on its activity and a node in its sub-process are meant to."""
    loose = [id for id, node in drawing.nodes.items() if id in drawing.shapes and not node.get("attachedToRef")]
    overlapping = [
        f"{first} and {second}"
        for first, second in combinations(loose, 2)
        if drawing.shapes[first].overlaps(drawing.shapes[second])
        and first != drawing.container(second)
        and second != drawing.container(first)
    ]
    assert overlapping == []


def test_no_label_lies_on_a_line(drawing: Drawing) -> None:
    """A word crossed by a line cannot be read."""
    crossed = [
        f"label of {owner} on {flow}"
        for owner, label in drawing.labels.items()
        for flow, points in drawing.edges.items()
        for start, end in pairwise(points)
        if label.crossed_by(start, end)
    ]
    assert crossed == []


def test_no_label_lies_on_a_shape_or_another_label(drawing: Drawing) -> None:
    """A word under a box or under another word cannot be read either."""
    nodes = {id: drawing.shapes[id] for id in drawing.nodes if id in drawing.shapes and not _is_container(drawing, id)}
    covered = [
        f"label of {owner} on {id}"
        for owner, label in drawing.labels.items()
        for id, shape in nodes.items()
        if id != owner and label.overlaps(shape)
    ]
    clashing = [
        f"labels of {first} and {second}"
        for (first, a), (second, b) in combinations(drawing.labels.items(), 2)
        if a.overlaps(b)
    ]
    assert covered + clashing == []


def test_the_main_path_runs_left_to_right(drawing: Drawing) -> None:
    """Reading starts at the left: no node stands left of the start event of its process."""
    starts = [id for id, node in drawing.nodes.items() if xml.local(node) == "startEvent" and not drawing.container(id)]
    start = drawing.shapes[starts[0]]
    assert [id for id in drawing.nodes if drawing.shapes[id].right < start.left] == []


WIDTHS = {**dict.fromkeys("iljtfrI.,;:'!|()/ ", 0.33), **dict.fromkeys("mwMW—", 0.85)}
LINE = 1.2
NEAR = 24.0
LANGUAGES = ("zh", "en")


def advance(text: str, size: float) -> float:
    """About how wide a text is, in pixels: a Chinese sign is square, a capital three quarters of it."""
    return size * sum(WIDTHS.get(c, 1.0 if c > "\u2e7f" else 0.68 if c.isupper() else 0.54) for c in text)


def lines_of(text: str, width: float, size: float) -> list[str]:
    """A label broken as it is drawn: between words, Chinese anywhere."""
    lines = [""]
    for part in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s", text):
        if lines[-1].strip() and advance((lines[-1] + part).rstrip(), size) > width:
            lines.append("")
        lines[-1] = (lines[-1] + part).lstrip()
    return lines


def written(drawing: Drawing, owner: str, text: str, *, translated: bool) -> Box:
    """Where the words of a label lie: centred from its top; English is widened to its longest word and grows upwards above what it names."""
    label, size = drawing.labels[owner], 10.0 if translated else 11.0
    width, start = label.right - label.left, label.left
    if translated:
        wider = max(0.0, max(advance(word, size) for word in text.split()) + 6 - width)
        start, width = start - (0 if _right_of(drawing, owner) else wider / 2), width + wider
    broken = lines_of(text, width, size)
    across, height = max(advance(line.strip(), size) for line in broken), len(broken) * size * LINE
    top, middle = label.top, start + width / 2
    if translated and _above(drawing, owner):
        shape = drawing.shapes.get(owner)
        bottom = min(label.bottom, shape.top - 2) if shape else label.bottom
        top = min(top, bottom - height)
    return Box(middle - across / 2, top, middle + across / 2, top + height)


def _above(drawing: Drawing, owner: str) -> bool:
    label = drawing.labels[owner]
    if owner in drawing.shapes:
        return (label.top + label.bottom) / 2 < drawing.shapes[owner].top
    middle = (label.left + label.right) / 2
    return any(
        abs(y - end) <= 1 and -NEAR / 2 < y - label.bottom < NEAR and min(x, next_x) < middle < max(x, next_x)
        for (x, y), (next_x, end) in pairwise(drawing.edges[owner])
    )


def _right_of(drawing: Drawing, owner: str) -> bool:
    label = drawing.labels[owner]
    if owner in drawing.shapes:
        shape = drawing.shapes[owner]
        return label.left >= (shape.left + shape.right) / 2
    return any(
        abs(x - end) < 1 and 0 <= label.left - x < NEAR and label.top < max(y, low) and label.bottom > min(y, low)
        for (x, y), (end, low) in pairwise(drawing.edges[owner])
    )


def named(drawing: Drawing, key: str, language: str) -> dict[str, str]:
    """What the labels of a diagram say in a language."""
    english = yaml.safe_load((PROCESSES / "translations" / f"{key}.en.yaml").read_text(encoding="utf-8"))
    names = {owner: drawing.elements[owner].get("name") or "" for owner in drawing.labels if owner in drawing.elements}
    return {owner: (english.get(owner) or name) if language == "en" else name for owner, name in names.items() if name}


def borders(drawing: Drawing) -> dict[str, list[tuple[tuple[float, float], tuple[float, float]]]]:
    """The lines around pools, lanes and sub-processes."""
    around = [id for id in drawing.shapes if xml.local(drawing.elements[id]) in ("participant", "lane", "subProcess")]
    sides = {}
    for id in around:
        box = drawing.shapes[id]
        corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
        sides[id] = list(pairwise([*corners, corners[0]]))
    return sides


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_no_words_lie_on_anything(path: Path, language: str) -> None:
    """English is longer than what a label was drawn for: measured as it is written, no word lies on a box, a line, a border or another word."""
    drawing = Drawing(path)
    texts = named(drawing, path.stem, language)
    words = {owner: written(drawing, owner, text, translated=language == "en") for owner, text in texts.items()}
    nodes = {id: drawing.shapes[id] for id in drawing.nodes if id in drawing.shapes and not _is_container(drawing, id)}
    overlaps = [
        f"{owner} on {id}" for owner, box in words.items() for id, s in nodes.items() if id != owner and box.overlaps(s)
    ]
    segments_by_id = {id: list(pairwise(points)) for id, points in drawing.edges.items()}
    overlaps += [
        f"{owner} on {id}"
        for owner, box in words.items()
        for id, segments in {**segments_by_id, **borders(drawing)}.items()
        if any(box.crossed_by(*segment) for segment in segments)
    ]
    overlaps += [f"{first} and {second}" for (first, a), (second, b) in combinations(words.items(), 2) if a.overlaps(b)]
    assert overlaps == []


def _is_container(drawing: Drawing, id: str) -> bool:
    return xml.local(drawing.nodes[id]) == "subProcess"


def handles_paper(step: xml.Element, form: str) -> bool:
    """Whether a step prints a paper, takes one in by file or number, takes one back or hands one over."""
    fields = json.loads((PROCESSES / "forms" / f"{form}.form").read_text(encoding="utf-8"))["components"]
    asked = any(
        field["type"] == "file"
        or field.get("properties", {}).get("written") == "paper"
        or field.get("key", "").endswith(("_taken_back", "_handed"))
        for field in fields
    )
    return asked or "paper" in properties_of(step)


def properties_of(step: xml.Element) -> dict[str, str]:
    """Our properties of an element."""
    properties = (node for node in step.iter() if xml.local(node) == "property")
    return {node.get("name", ""): node.get("value", "") for node in properties}


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_paper_a_step_handles_is_drawn_at_it(path: Path) -> None:
    """Whoever reads the picture sees which papers, cards and files a step needs: a data object beside it."""
    root = xml.parse(path.read_bytes())
    sheets = {reference.get("id") for reference in root.iter(f"{BPMN}dataObjectReference")}
    associations = root.iter(f"{BPMN}association")
    with_sheet = {line.get("sourceRef") for line in associations if line.get("targetRef") in sheets}
    missing = {
        (path.stem, str(step.get("id")))
        for step in root.iter(f"{BPMN}userTask")
        if step.get("id") not in with_sheet and handles_paper(step, properties_of(step)["form"])
    }
    assert missing == set()


# Papers of the manual that a step works with though no field of its form says so.
WORKED_WITH = {
    "TS-003": {"fill_summary"},
    "TS-005": {"open_complaint_form"},
    "TS-007": {"accept_short_call"},
    "BATCH-002": {"collect_forms", "check_holds"},
}


@pytest.mark.parametrize("key", WORKED_WITH)
def test_every_paper_that_the_manual_names_is_drawn_at_its_step(key: str) -> None:
    """The month's summary, the complaint form, the call list and the forms of a Thursday stand beside the steps that work with them."""
    root = xml.parse((PROCESSES / f"{key}.bpmn").read_bytes())
    sheets = {reference.get("id") for reference in root.iter(f"{BPMN}dataObjectReference")}
    associations = root.iter(f"{BPMN}association")
    with_sheet = {line.get("sourceRef") for line in associations if line.get("targetRef") in sheets}
    assert WORKED_WITH[key] - with_sheet == set()


WIDEST = 2040.0


def test_no_diagram_is_wider_than_a_page(drawing: Drawing) -> None:
    """A picture that has to be shrunk further to fit a page cannot be read there: a long row goes on below."""
    assert max(box.right for box in drawing.shapes.values()) <= WIDEST
