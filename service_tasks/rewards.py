"""What a graded complaint is worth to the customer (REW.2, REW.5, REW.9): the grade's figure or nothing, and why; nothing is posted here.

Money lost by an error comes back whatever the reward is; it is no reward.
"""

from __future__ import annotations

from typing import NamedTuple

FEN = {
    "minor": (600, 1200),
    "moderate": (1200, 1800),
    "serious": (1800, 5000),
    "major": (5000, 10000),
}
NOBODY = ("system", "network")


class Reward(NamedTuple):
    """`amount` in fen; `reason` why it is nothing (None when it is not); `penalised` whether somebody has points for it."""

    amount: int
    reason: str | None
    penalised: bool


def reward(
    severity: str,
    *,
    cause: str,
    repeated: bool = False,
    justified: bool = True,
    first_complaint_only: bool = False,
    first_of_incident: bool = True,
) -> Reward:
    """Return the grade's figure, never a typed one.

    Shape:  `severity` a key of FEN, `cause` that of the code. `reason` is unjustified, cause_excluded, not_first or None; a complaint that is
            not the first of its incident under a code that counts once is counted and costs nobody points.
    Source: REW.2, REW.5, REW.9, reading.
    """
    first, again = FEN[severity]
    if not justified:
        return Reward(0, "unjustified", penalised=False)
    if cause in NOBODY:
        return Reward(0, "cause_excluded", penalised=False)
    if first_complaint_only and not first_of_incident:
        return Reward(0, "not_first", penalised=False)
    return Reward(again if repeated else first, None, penalised=True)
