"""Repetitions as ISO 8601 writes them, with an interval in ISO or in FEEL: `R8/PT30M`, `R/duration("PT30M")`, `R3/office_hours(now(), duration("PT2H"))`."""

from __future__ import annotations

import re
from dataclasses import dataclass

REPETITION = re.compile(r"\s*R(\d*)\s*/\s*(.*\S)\s*", re.DOTALL)
ISO_DURATION = re.compile(r"P(?=T?\d)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])*)?")


@dataclass(frozen=True)
class Cycle:
    """How often something happens, None for as often as it can, and by which FEEL expression each time is reckoned from the one before."""

    count: int | None
    interval: str

    def has(self, index: int) -> bool:
        """Tell whether there is an occurrence of this number, counted from 1."""
        return self.count is None or index <= self.count


def parse(text: str) -> Cycle | None:
    """Return the repetition that a text means; None when it is none."""
    repetition = REPETITION.fullmatch(text)
    if repetition is None:
        return None
    count, interval = repetition.groups()
    if ISO_DURATION.fullmatch(interval):
        interval = f'duration("{interval}")'
    return Cycle(int(count) if count else None, interval)
