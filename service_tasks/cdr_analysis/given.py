"""What other cases have of the charges an analysis found: told beside them with their case, and in no sum that is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from engine.runtime import Call
from service_tasks.cdr_analysis.records import Line
from service_tasks.gateway import LinePart, gateway
from service_tasks.gateway.earlier import Had
from service_tasks.gateway.earlier import apart as claimed

BEFORE = "given_before"
INFORMATION = "information"


class Apart(NamedTuple):
    """What is left of the lines of an analysis, and what others have of them, as rows."""

    left: tuple[Line, ...]
    rows: list[dict[str, Any]]

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is told of it among the reasons."""
        return (BEFORE,) if self.rows else ()

    @property
    def fen(self) -> dict[int, int]:
        """What is left of each call."""
        fen_by_call: dict[int, int] = {}
        for line in self.left:
            fen_by_call[line.call] = fen_by_call.get(line.call, 0) + line.amount
        return fen_by_call

    def told(self) -> dict[str, Any]:
        """Return the rows with their sum, as every analysis returns them."""
        return {"given": self.rows, "given_amount": sum(row["amount"] for row in self.rows)}


def apart(msisdn: str, lines: Sequence[Line], starts: Mapping[int, datetime], call: Call) -> Apart:
    """Return lines told apart by whether another case has them; what the case itself has in reserve is left."""
    subscription = gateway().find(msisdn)
    if subscription is None or not lines:
        return Apart(tuple(lines), [])
    split = claimed(subscription.id, [_part(line) for line in lines], own_case=call.business_key or None)
    fen = {(part.line, part.component): part.amount for part in split.left}
    line_amounts = ((line, fen.get((_part(line).line, _part(line).component), 0)) for line in lines)
    remaining = tuple(line._replace(amount=amount) for line, amount in line_amounts if amount)
    return Apart(remaining, [_row(claim, starts) for claim in split.had])


def together(by_number: Iterable[Apart]) -> Apart:
    """Return what was told apart number by number."""
    splits = list(by_number)
    return Apart(
        tuple(line for split in splits for line in split.left), [row for split in splits for row in split.rows]
    )


def _part(line: Line) -> LinePart:
    if line.component == INFORMATION:
        return LinePart(f"information-fee:{line.call}", line.amount)
    return LinePart(f"call:{line.call}", line.amount, line.component)


def _row(claim: Had, starts: Mapping[int, datetime]) -> dict[str, Any]:
    call = int(claim.line.partition(":")[2])
    component = claim.component or INFORMATION
    return {
        "start": starts[call],
        "component": component,
        "amount": claim.amount,
        "case": claim.case,
        "state": claim.state,
        "call": call,
    }
