"""What whoever looks at a payment again has found (READINGS' next-day sample); drawing it and asking that it be taken back are `office.reviews`."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema
from sqlalchemy import select

from engine import running
from engine.runtime import Call, handler
from models.base import session
from models.billing import JournalEntry
from models.review import FINDINGS, Review
from service_tasks import schemas

TAKE_BACK = "reviews/take_back"


class RecordParameters(schemas.Parameters):
    """What reviews/record takes."""

    finding = schemas.choice("复查结果", "Finding", FINDINGS, required=True)
    wrong = schemas.text("错在哪里", "What is wrong", longest=300, personal=True, load_default=None, allow_none=True)


class RecordResult(Schema):
    """What reviews/record returns."""

    asked = schemas.flag("已请求收回", "Asked to take back")


@handler(
    "reviews/record",
    parameters=RecordParameters,
    result=RecordResult,
    manual_ref="CH1.4, CH2.6",
    title_zh="登记复查结果",
    title_en="Record what was found",
)
def record(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep what was found, and have what was wrong asked back in the name of whoever found it, once."""
    review = session().scalars(select(Review).where(Review.instance_id == call.instance_id).with_for_update()).first()
    wrong = parameters["finding"] == "wrong"
    if review is not None:
        review.finding, review.reviewed_by, review.reviewed_at = parameters["finding"], call.actor, call.at
        session().flush()
        if wrong:
            entry = session().scalar(select(JournalEntry.key).where(JournalEntry.id == review.entry_id))
            request = {"case": review.case_number, "entry": entry, "by": call.actor}
            running.enqueue(TAKE_BACK, {**request, "review": review.id}, key=f"{call.key}:take_back", at=call.at)
    return {"asked": wrong}
