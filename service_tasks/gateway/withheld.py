"""What of lines an approver withheld: a part is granted, the case keeps that, and the rest of it is refused."""

from __future__ import annotations

from collections.abc import Sequence

from service_tasks.gateway import claims, rejections
from service_tasks.gateway.lines import Papers, wanted
from service_tasks.gateway.values import Effect, LinePart


def withhold(subscription_id: int, parts: Sequence[LinePart], effect: Effect) -> None:
    """Keep that the case was refused these parts, whatever it has of the same lines. Refused: line_unknown, line_twice."""
    if not parts:
        return
    papers = Papers.of(subscription_id)
    picks = wanted(papers, parts)
    locked = claims.lock(papers, [paper for paper, *_ in picks])
    fen_by_line: dict[int, int] = {}
    for paper, amount, _ in picks:
        line = locked[paper.address, paper.component].id
        fen_by_line[line] = fen_by_line.get(line, 0) + amount
    rejections.keep_parts(fen_by_line, effect.case, effect.at)
