"""Whether a complaint that may be rewarded is the first of its cause or comes again (REW.6), by what is on record and not by anybody's word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema
from sqlalchemy import or_, select

from engine.runtime import Call, handler
from models.base import session
from models.complaint import VOIDED, Complaint, ComplaintState
from models.liability import Liability
from service_tasks import schemas
from service_tasks.classification.repetition import LIMIT, Earlier, Repetition

AGAIN = timedelta(days=30)


class HistoryParameters(schemas.Parameters):
    """What rewards/repeated takes; the cause is what was found, null where nothing was."""

    msisdn = schemas.msisdn(required=True)
    cause = schemas.text("查明的情况", "What was found", longest=40, load_default=None, allow_none=True)


class HistoryResult(Schema):
    """What rewards/repeated returns."""

    repeated = schemas.flag("重复投诉", "Repeated")
    reason = schemas.text("理由", "Reason")
    earlier = schemas.texts("以前的投诉", "Earlier cases")


@handler(
    "rewards/repeated",
    parameters=HistoryParameters,
    result=HistoryResult,
    manual_ref="REW.2, REW.6",
    title_zh="首次还是重复",
    title_en="First or repeated",
)
def history(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Look for earlier complaints of the number about the same: of the same process, or paid for the same cause."""
    complaint = session().get(Complaint, call.business_key)
    at = complaint.accepted_at if complaint is not None else call.at
    process = complaint.process_key if complaint is not None else call.process_key
    return judge(_earlier(parameters, call.business_key, process, at), at)._asdict()


def judge(cases: Sequence[Earlier], at: datetime) -> Repetition:
    """Return what the earlier cases (newest first) make of a complaint taken in at `at`.

    Shape:  as `classification.repetition.judge`; an earlier case counts while it is open, and for AGAIN after its reply.
    Source: REW.6 (1) and (2), readings: within 30 days of the reply.
    """
    relevant = [case for case in cases if case.replied_at is None or at - case.replied_at <= AGAIN]
    if not relevant:
        return Repetition(False, "none", ())
    numbers = tuple(case.case_number for case in relevant)
    if any((case.replied_at or at) > case.accepted_at + LIMIT for case in relevant):
        return Repetition(True, "not_answered_in_time", numbers)
    return Repetition(True, "dissatisfied" if any(case.replied_at for case in relevant) else "in_progress", numbers)


def _earlier(parameters: dict[str, Any], number: str, process: str, at: datetime) -> list[Earlier]:
    """Return complaints of the number before `at` about the same, newest first; what the customer withdrew, and what the office entered in error, counts as never said."""
    row = Complaint
    paid_for = select(Liability.case_number).where(Liability.cause == parameters["cause"])
    same = or_(row.process_key == process, row.case_number.in_(paid_for))
    query = select(row).where(
        row.msisdn == parameters["msisdn"], row.case_number != number, row.accepted_at <= at, same
    )
    standing = query.where(or_(row.outcome.is_(None), row.outcome.not_in(("withdrawn", VOIDED))))
    complaints = session().scalars(standing.order_by(row.accepted_at.desc(), row.case_number.desc()))
    return [
        Earlier(
            complaint.case_number,
            complaint.accepted_at,
            complaint.replied_at or complaint.closed_at,
            complaint.state == ComplaintState.OPEN,
        )
        for complaint in complaints
    ]
