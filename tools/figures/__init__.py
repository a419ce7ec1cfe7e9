"""How well the house is kept, in figures that anyone can measure again: `./desk check --figures`, a module per kind of figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was counted, and the most that it may be; `of` is what it is a share of, `places` the worst of them, the worst first."""

    name: str
    count: float
    most: float | None
    of: int | None = None
    places: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The share in per cent where there is something to be a share of, else the count."""
        return 100 * self.count / self.of if self.of else self.count

    @property
    def is_reached(self) -> bool:
        """Whether the figure is within its goal; true without one."""
        return self.most is None or self.value <= self.most
