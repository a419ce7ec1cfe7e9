"""Where boxes and lines go when nobody has drawn them: columns in the order of the flows, rows within lanes, lines in the gaps between. Pure numbers.

A line runs straight to its target when nothing stands between; else it leaves to the right, goes through the gap after its column and the gap between two rows, and
arrives from the left. Boxes never stand in gaps, so no line runs through a box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.diagrams.shapes import Points, Shape

GAP, TRACK, FIRST = 40.0, 10.0, 20.0
CLEAR = 12.0  # between the lowest line below a row and the border of the lane
UNDER = 34.0  # below a row: room for events on borders and for labels


@dataclass(frozen=True)
class Box:
    """Something to place: its size, in which lane (by number), on whose border, and beside what it stands when no flow leads to it."""

    id: str
    width: float
    height: float
    lane: int = 0
    host: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Line:
    """A flow from one box to another."""

    id: str
    source: str
    target: str


@dataclass
class Placed:
    """Boxes and lines from (0, 0) on; `lanes` are top and height by number."""

    boxes: dict[str, Shape] = field(default_factory=dict)
    lines: dict[str, Points] = field(default_factory=dict)
    lanes: list[tuple[float, float]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def place(boxes: Iterable[Box], lines: Iterable[Line], lanes: int = 1) -> Placed:
    """Place boxes in so many lanes, one above the other, and draw the lines between them; lines to what is not there are left out."""
    boxes_by_id = {box.id: box for box in boxes}
    return _Grid(
        boxes_by_id, [line for line in lines if line.source in boxes_by_id and line.target in boxes_by_id], lanes
    ).drawn()


class _Grid:
    def __init__(self, boxes: dict[str, Box], lines: list[Line], lanes: int) -> None:
        self.boxes, self.lines, self.lanes = boxes, lines, lanes
        self.free = [box for box in boxes.values() if not (box.host in boxes and box.host != box.id)]
        self.columns = _columns(
            [box.id for box in self.free], [(self.bearer(a.source), self.bearer(a.target)) for a in lines]
        )
        self.cells: dict[tuple[int, int, int], str] = {}
        self.rows: dict[str, tuple[int, int]] = {}
        self.below: dict[tuple[int, int], int] = defaultdict(int)
        self.fill()
        self.order = sorted(set(self.rows.values()) | {(lane, 0) for lane in range(lanes)})
        self.number = {row: number for number, row in enumerate(self.order)}
        self.channels: dict[int, int] = defaultdict(int)
        self.gutters: dict[int, int] = defaultdict(int)

    def bearer(self, id: str) -> str:
        host = self.boxes[id].host
        return host if host in self.boxes else id

    def fill(self) -> None:
        """Give every box a row in its lane: that of what leads to it when it is free, else the next."""
        leading = defaultdict(list)
        for line in self.lines:
            leading[self.bearer(line.target)].append(line.source)
        for box in sorted(self.free, key=lambda box: (bool(box.beside), self.columns[box.id])):
            if box.beside in self.boxes:
                self.columns[box.id] = self.columns.get(self.bearer(box.beside), 0)
            self.settle(box, self.wanted(box, leading[box.id]))

    def wanted(self, box: Box, sources: list[str]) -> int:
        for source in sources:
            row = self.rows.get(self.bearer(source))
            if row is not None and row[0] == box.lane:
                return row[1] + (self.bearer(source) != source)
        return 1 if box.beside else 0

    def settle(self, box: Box, row: int) -> None:
        column = self.columns[box.id]
        if (box.lane, row, column) in self.cells:
            row = self.below[box.lane, column]
        self.below[box.lane, column] = max(self.below[box.lane, column], row + 1)
        self.cells[box.lane, row, column] = box.id
        self.rows[box.id] = (box.lane, row)

    def drawn(self) -> Placed:
        routes = [self.route(line) for line in self.lines]
        lefts, tops, width = self.measured()
        placement = Placed(width=width, height=tops[-1] - FIRST)
        for box in self.free:
            placement.boxes[box.id] = self.at(box, lefts, tops)
        self.borders(placement)
        for line, route in zip(self.lines, routes, strict=True):
            placement.lines[line.id] = self.bent(line, route, placement, lefts, tops)
        placement.lanes = self.bands(tops)
        return placement

    def route(self, line: Line) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]] | None:
        """Return the tracks a line takes: channel after its source, gutter, channel before its target; None when it runs straight."""
        source, target = self.bearer(line.source), self.bearer(line.target)
        on_border = source != line.source
        (source_column, target_column) = self.columns[source], self.columns[target]
        (above, below) = self.number[self.rows[source]], self.number[self.rows[target]]
        if (
            not on_border
            and above == below
            and target_column > source_column
            and self.clear(self.rows[source], source_column, target_column)
        ):
            return None
        last = self.track(self.channels, target_column)
        if not on_border and target_column == source_column + 1:
            return last, last, last
        gutter = above if on_border or above == below else (below - 1 if below > above else below)
        first = last if on_border else self.track(self.channels, source_column + 1)
        return first, self.track(self.gutters, gutter), last

    def clear(self, row: tuple[int, int], first: int, last: int) -> bool:
        return not any((*row, column) in self.cells for column in range(first + 1, last))

    @staticmethod
    def track(tracks: dict[int, int], number: int) -> tuple[int, int]:
        tracks[number] += 1
        return number, tracks[number] - 1

    def measured(self) -> tuple[list[float], list[float], float]:
        """Return where each column begins, where each row begins, and how wide all is."""
        count = max(self.columns.values(), default=0) + 1
        widths, heights = [0.0] * count, [0.0] * len(self.order)
        for box in self.free:
            column, row = self.columns[box.id], self.number[self.rows[box.id]]
            widths[column], heights[row] = max(widths[column], box.width), max(heights[row], box.height)
        lefts, x = [], 0.0
        for column in range(count + 1):
            x += GAP + TRACK * self.channels[column]
            lefts.append(x)
            x += widths[column] if column < count else 0
        self.widths, self.heights = widths, heights
        tops = [FIRST]
        for row in range(len(self.order)):
            tops.append(tops[-1] + (heights[row] or 60) + UNDER + TRACK * self.gutters[row] + FIRST)
        return lefts, tops, x

    def at(self, box: Box, lefts: list[float], tops: list[float]) -> Shape:
        column, row = self.columns[box.id], self.number[self.rows[box.id]]
        x = lefts[column] + (self.widths[column] - box.width) / 2
        return Shape(x, tops[row] + (self.heights[row] - box.height) / 2, box.width, box.height)

    def borders(self, placement: Placed) -> None:
        """Place events on the lower border of what they are attached to, side by side."""
        guests = defaultdict(list)
        for box in self.boxes.values():
            if box.id not in placement.boxes:
                guests[box.host].append(box)
        for host, events in guests.items():
            under = placement.boxes.get(host)
            for number, box in enumerate(events, 1):
                if under is None:
                    continue
                x = under.x + under.width * number / (len(events) + 1) - box.width / 2
                placement.boxes[box.id] = Shape(x, under.y + under.height - box.height / 2, box.width, box.height)

    def bent(self, line: Line, route: object, placement: Placed, lefts: list[float], tops: list[float]) -> Points:
        source, target = placement.boxes[line.source], placement.boxes[line.target]
        arrival = (target.x, target.y + target.height / 2)
        departure = (source.x + source.width, source.y + source.height / 2)
        if not isinstance(route, tuple):
            return departure, arrival
        first, gutter, last = route
        inward = self.x(last, lefts)
        if first == gutter == last:
            return _plain(departure, (inward, departure[1]), (inward, arrival[1]), arrival)
        level = self.y(gutter, tops)
        if self.bearer(line.source) != line.source:
            middle = source.x + source.width / 2
            return _plain(
                (middle, source.y + source.height), (middle, level), (inward, level), (inward, arrival[1]), arrival
            )
        outward = self.x(first, lefts)
        return _plain(
            departure, (outward, departure[1]), (outward, level), (inward, level), (inward, arrival[1]), arrival
        )

    def x(self, track: tuple[int, int], lefts: list[float]) -> float:
        return lefts[track[0]] - FIRST - TRACK * track[1]

    def y(self, track: tuple[int, int], tops: list[float]) -> float:
        return tops[track[0] + 1] - FIRST - CLEAR - TRACK * track[1]

    def bands(self, tops: list[float]) -> list[tuple[float, float]]:
        bands = []
        for lane in range(self.lanes):
            rows = [self.number[row] for row in self.order if row[0] == lane]
            top = tops[min(rows)] - FIRST
            bands.append((top, tops[max(rows) + 1] - FIRST - top))
        return bands


def _columns(ids: list[str], lines: list[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each box: one more than that of the furthest box that leads to it, lines back left out of account."""
    following: dict[str, list[str]] = defaultdict(list)
    led_to = set()
    for source, target in lines:
        following[source].append(target)
        led_to.add(target)
    order, forward = _forward([*(id for id in ids if id not in led_to), *ids], following)
    columns = dict.fromkeys(ids, 0)
    for id in order:
        for target in following[id]:
            if (id, target) in forward:
                columns[target] = max(columns[target], columns[id] + 1)
    return columns


def _forward(begin: list[str], following: dict[str, list[str]]) -> tuple[list[str], set[tuple[str, str]]]:
    """Return the boxes in an order in which no forward line goes back, and the forward lines; depth first, without recursion."""
    finished: list[str] = []
    state: dict[str, bool] = {}  # False while its followers are looked at
    forward: set[tuple[str, str]] = set()
    for first in begin:
        if first in state:
            continue
        state[first] = False
        pending = [(first, iter(following[first]))]
        while pending:
            current, targets = pending[-1]
            target = next(targets, None)
            if target is None:
                state[current] = True
                finished.append(current)
                pending.pop()
            elif state.get(target) is not False:
                forward.add((current, target))
                if target not in state:
                    state[target] = False
                    pending.append((target, iter(following[target])))
    return finished[::-1], forward


def _plain(*points: tuple[float, float]) -> Points:
    """Return the bends without those in which a line does not turn."""
    bends: list[tuple[float, float]] = []
    for point in points:
        if bends and bends[-1] == point:
            continue
        if len(bends) > 1 and (bends[-2][0] == bends[-1][0] == point[0] or bends[-2][1] == bends[-1][1] == point[1]):
            bends.pop()
        bends.append(point)
    return tuple(bends)
