"""Where things stand on a drawing: the shapes and edges of a BPMN file's diagram interchange, as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.ground import xml


@dataclass(frozen=True)
class Shape:
    """A box: left, top, width, height in pixels of the drawing."""

    x: float
    y: float
    width: float
    height: float


Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    """Shapes by element id, and the bends of every line by flow id."""

    shapes: dict[str, Shape]
    lines: dict[str, Points]


def read_drawing(content: bytes) -> Drawing:
    """Return the first drawing of a BPMN file; what has no readable numbers is left out. Errors: MalformedXml."""
    shapes: dict[str, Shape] = {}
    lines: dict[str, Points] = {}
    for node in xml.tree(content).iter():
        if xml.local(node) == "BPMNShape":
            shapes |= {node.get("bpmnElement", ""): box for box in _boxes(node)}
        elif xml.local(node) == "BPMNEdge":
            points = tuple(_point(p) for p in node if xml.local(p) == "waypoint")
            lines[node.get("bpmnElement", "")] = points
    return Drawing(shapes, lines)


def places(content: bytes) -> dict[str, Shape]:
    """Return where each element stands. Errors: MalformedXml."""
    return read_drawing(content).shapes


def _boxes(node: xml.Element) -> Iterator[Shape]:
    for bounds in node:
        if xml.local(bounds) == "Bounds":
            yield Shape(*(_number(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _point(node: xml.Element) -> tuple[float, float]:
    return _number(node.get("x")), _number(node.get("y"))


def _number(text: str | None) -> float:
    try:
        pixels = float(text or 0)
    except ValueError:
        return 0.0
    return pixels if abs(pixels) < MOST_PIXELS else 0.0


MOST_PIXELS = 1_000_000
