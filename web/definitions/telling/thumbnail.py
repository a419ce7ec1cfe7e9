"""A diagram as a small picture: the boxes and lines of its drawing, for an inline SVG; names would be too small to read and are left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine import definitions, diagrams

MARGIN = 10.0
ROUND = frozenset({"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"})


@dataclass(frozen=True)
class Box:
    """A shape as the template draws it: `form` lane, task, gateway or event."""

    form: str
    type: str
    x: int
    y: int
    width: int
    height: int

    @property
    def diamond(self) -> str:
        """The corners of a gateway."""
        middle, centre = self.y + self.height // 2, self.x + self.width // 2
        right, bottom = self.x + self.width, self.y + self.height
        return f"{centre},{self.y} {right},{middle} {centre},{bottom} {self.x},{middle}"


@dataclass(frozen=True)
class Picture:
    """Boxes back to front, lines as SVG points, and the view box that holds them."""

    boxes: list[Box]
    lines: list[str]
    view: str


@lru_cache(maxsize=64)
def _of(sha256: str, xml: bytes) -> Picture:
    drawing, types = diagrams.read_drawing(xml), {e.id: e.type for e in diagrams.parse(xml).elements.values()}
    boxes = [
        Box(_form(types.get(id, "")), types.get(id, ""), *map(round, (shape.x, shape.y, shape.width, shape.height)))
        for id, shape in drawing.shapes.items()
    ]
    boxes.sort(key=lambda box: -box.width * box.height)
    lines = [" ".join(f"{round(x)},{round(y)}" for x, y in points) for points in drawing.lines.values()]
    return Picture(boxes, lines, _view(drawing))


def of(definition: definitions.Definition) -> Picture:
    """Return the picture of a version, made once."""
    return _of(definition.sha256, definition.xml)


def _form(type: str) -> str:
    if type in ROUND:
        return "event"
    if type.endswith("Gateway"):
        return "gateway"
    return "task" if type and type != "subProcess" else "lane"


def _view(drawing: diagrams.Drawing) -> str:
    shapes = drawing.shapes.values()
    if not shapes:
        return "0 0 100 60"
    left, top = min(shape.x for shape in shapes) - MARGIN, min(shape.y for shape in shapes) - MARGIN
    right = max(shape.x + shape.width for shape in shapes) + MARGIN
    bottom = max(shape.y + shape.height for shape in shapes) + MARGIN
    return f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
