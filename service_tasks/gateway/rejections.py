"""Lines that a case asked for and was refused: kept when their claims go, and told to whoever picks them again; they are offered like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from models.base import UTCDateTime, session
from models.lines import ClaimState, DisputedLine, LineClaim, LineRejection
from service_tasks.gateway.ledger import upsert


def keep(*claims: ColumnElement[bool], at: datetime) -> None:
    """Keep that these claims of cases were refused, each line once for a case, with the fen of it that were refused last; what several calls of one refusal free is added up."""
    claimed = select(LineClaim.line_id, LineClaim.case_number, func.sum(LineClaim.amount), literal(at, UTCDateTime()))
    claimed = claimed.where(*claims, LineClaim.case_number.is_not(None))
    row = LineRejection
    statement = upsert(row).from_select(
        ["line_id", "case_number", "amount", "rejected_at"],
        claimed.group_by(LineClaim.line_id, LineClaim.case_number),
    )
    later = statement.excluded
    amount = case((row.rejected_at == later.rejected_at, row.amount + later.amount), else_=later.amount)
    session().execute(
        statement.on_conflict_do_update(
            index_elements=["line_id", "case_number"], set_={"amount": amount, "rejected_at": later.rejected_at}
        )
    )


def keep_parts(fen_by_line: Mapping[int, int], case_number: str | None, at: datetime) -> None:
    """Keep that of these lines (ids) a case was refused so much, while it goes on having the rest of them."""
    if not (fen_by_line and case_number):
        return
    rows = [
        {"line_id": line, "case_number": case_number, "amount": fen, "rejected_at": at}
        for line, fen in sorted(fen_by_line.items())
    ]
    statement = upsert(LineRejection).values(rows)
    later = {name: getattr(statement.excluded, name) for name in ("amount", "rejected_at")}
    session().execute(statement.on_conflict_do_update(index_elements=["line_id", "case_number"], set_=later))


_HAS = (
    select(func.coalesce(func.sum(LineClaim.amount), 0))
    .where(
        LineClaim.line_id == LineRejection.line_id,
        LineClaim.case_number == LineRejection.case_number,
        LineClaim.state != ClaimState.REVERSED,
    )
    .correlate(LineRejection)
    .scalar_subquery()
)
_REST = DisputedLine.amount - _HAS
STANDS = case(
    (LineRejection.amount > _REST, _REST), else_=LineRejection.amount
)  # fen that were refused and not given since


def standing(*columns: Any) -> Select[Any]:
    """Return what was rejected and the case has not had since, with its line: what it has of a line says more than that it was refused before."""
    joined = select(*columns).join_from(LineRejection, DisputedLine, DisputedLine.id == LineRejection.line_id)
    return joined.where(_REST > 0)
