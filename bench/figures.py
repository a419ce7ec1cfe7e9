"""A figure and how it is taken: samples in milliseconds, their median and 99th percentile, and a ratio to what it is compared with."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Samples:
    """Milliseconds, in the order in which they were taken."""

    taken: list[float] = field(repr=False)

    @property
    def median(self) -> float:
        """p50."""
        return self.at(0.5)

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return self.at(0.99)

    def at(self, share: float) -> float:
        """Return the value below which this share lies."""
        ordered = sorted(self.taken)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is what counts; `goal` is the most (or, with `least`, the least) it should be."""

    what: str
    database: str
    value: float
    unit: str
    ratio: float | None = None
    to: str = ""
    goal: float | None = None
    least: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        compared = self.value if self.ratio is None else self.ratio
        return compared >= self.goal if self.least else compared <= self.goal

    def document(self) -> dict[str, Any]:
        """Return the same as JSON has it."""
        return {**asdict(self), "reached": self.reached}


def sample(function: Callable[[], object], times: int, *, warm: int = 5) -> Samples:
    """Call `warm` times unmeasured, then `times` times."""
    for _ in range(warm):
        function()
    return each(function for _ in range(times))


def each(functions: Iterable[Callable[[], object]]) -> Samples:
    """Call each once; the collector of garbage is held off meanwhile."""
    milliseconds = []
    gc.collect()
    gc.disable()
    try:
        for function in functions:
            began = perf_counter()
            function()
            milliseconds.append((perf_counter() - began) * 1000)
    finally:
        gc.enable()
    return Samples(milliseconds)
