"""Lines that a case asked for and was refused: kept when their claims go, and told to whoever picks them again; they are offered like any other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select

from models.base import session
from models.lines import ClaimState, DisputedLine, LineClaim, LineRejection


def keep(*claims: ColumnElement[bool], at: datetime) -> None:
    """Keep that these claims of cases were refused, each line once for a case, with the fen of it that were refused last."""
    columns = LineClaim.line_id, LineClaim.case_number, func.sum(LineClaim.amount)
    claims_by_case = select(*columns).where(*claims, LineClaim.case_number.is_not(None))
    for line, number, amount in (
        session().execute(claims_by_case.group_by(LineClaim.line_id, LineClaim.case_number)).all()
    ):
        of_case = LineRejection.line_id == line, LineRejection.case_number == number
        same_refusal = select(LineRejection.amount).where(*of_case, LineRejection.rejected_at == at)
        fen = int(amount) + (session().scalar(same_refusal) or 0)
        session().execute(delete(LineRejection).where(*of_case))
        row = {"line_id": line, "case_number": number, "amount": fen, "rejected_at": at}
        session().execute(insert(LineRejection).values(row))


def standing(*columns: Any) -> Select[Any]:
    """Return what was rejected and is nobody's by that case since, with its line: what a case has of a line says more than that it was refused before."""
    has = exists().where(
        LineClaim.line_id == LineRejection.line_id,
        LineClaim.case_number == LineRejection.case_number,
        LineClaim.state != ClaimState.REVERSED,
    )
    return select(*columns).join_from(LineRejection, DisputedLine, DisputedLine.id == LineRejection.line_id).where(~has)
