"""Two checkouts are measured in turn, so that what the machine does meanwhile falls on both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import paired


class Stand:
    """A side that answers at once; in every second round the machine takes ten times as long, for both."""

    def __init__(self, name: str, cost: float, order: list[str]) -> None:
        self.name, self.cost, self.order = name, cost, order

    def does(self, job: str) -> dict[str, float]:
        """The cost of what it does."""
        self.order.append(self.name)
        busy = 10 if (len(self.order) - 1) // 4 % 2 else 1
        return {f"{job} done": self.cost * busy, self.name: 1.0}

    def line(self) -> str:
        """It is ready."""
        return "ready\n"


def test_the_ratio_is_that_of_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy for a while changes no ratio, whoever begins takes turns, and what only one side does is left out."""
    order: list[str] = []
    sides: list[Any] = [Stand("here", 3.0, order), Stand("there", 2.0, order)]

    class Opened:
        def __init__(self, *_: Any) -> None:
            self.side = sides[len(order_of_opening)]
            order_of_opening.append(self.side.name)

        def __enter__(self) -> Any:
            return self.side

        def __exit__(self, *_: object) -> None:
            return None

    order_of_opening: list[str] = []
    monkeypatch.setattr(paired, "_side", Opened)
    figures = list(paired.figures(Path(), "", Path("elsewhere"), 6))
    assert [(figure.what, figure.ratio, figure.reached) for figure in figures] == [
        ("pages done", 1.5, False),
        ("verbs done", 1.5, False),
    ]
    assert order[::4] == ["there", "here"] * 3
