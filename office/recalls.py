"""Calling back what waits to be said: a promise of a case that ended otherwise, or whose credit was taken back, never goes out.

What was sent already is followed by the message of the act itself. What has been done in truth, such as a renewed mandate, is said all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, or_, select, update
from sqlalchemy.orm import aliased

from engine.running import Change
from models.base import forget, session
from models.complaint import Complaint, ComplaintState
from models.notice import MessageState, OutboxMessage

WAITS = (MessageState.QUEUED, MessageState.UNPOSTED)
OF_RESULT = (
    "reply",
    "resolved",
    "charge_held",
    "charge_held_in_part",
    "credit_scheduled",
    "credit_on_thursday",
    "reward_scheduled",
)
OF_COURSE = ("interim_reply", "extended")
GOES_WITH = {
    "case_withdrawn": OF_RESULT + OF_COURSE,
    "case_voided": OF_RESULT + OF_COURSE,
    "case_not_reached": OF_RESULT + OF_COURSE,
    "instance_cancelled": OF_RESULT + OF_COURSE,
    "credit_reversed": (*OF_RESULT, "credit_posted", "reward_posted"),
}


# The words by which a customer hears of it: what was said before them, and did not arrive, is not said again.
HEARD_AS = {
    "case_withdrawn": ("withdrawn", "withdrawn_due"),
    "case_voided": ("voided", "voided_due"),
    "case_not_reached": ("not_reached",),
    "credit_reversed": ("taken_back", "taken_back_owed", "taken_back_cash", "taken_back_cash_owed"),
}


def overtaken(message: Any) -> ColumnElement[bool]:
    """Tell in SQL whether what a message says is not so any longer, and the customer has been told so since."""
    later = aliased(OutboxMessage)
    since = later.case_number == message.case_number, later.id > message.id
    return or_(
        *(
            message.template.in_(GOES_WITH[because]) & exists().where(*since, later.template.in_(templates))
            for because, templates in HEARD_AS.items()
        )
    )


def is_overtaken(message: OutboxMessage, messages: Iterable[OutboxMessage]) -> bool:
    """Tell the same among all messages of its case."""
    since = {later.template for later in messages if later.id > message.id}
    return any(
        message.template in GOES_WITH[because] and since.intersection(templates)
        for because, templates in HEARD_AS.items()
    )


def follow(change: Change) -> None:
    """Call back what waits to be said in the case and is not so any longer."""
    for step in change.steps:
        if step["type"] in GOES_WITH:
            _call_back(change, step["type"])


def _call_back(change: Change, because: str) -> None:
    message = OutboxMessage
    promises = message.case_number == change.business_key, message.template.in_(GOES_WITH[because])
    letters = select(message.queued_at).where(*promises, message.state == MessageState.UNPOSTED)
    _unanswered(change.business_key, list(session().scalars(letters)))
    settled = {
        "state": MessageState.RECALLED,
        "recalled_for": because,
        "settled_by": change.by,
        "settled_at": change.at,
    }
    session().execute(update(message).where(*promises, message.state.in_(WAITS)).values(**settled))
    forget(message)


def _unanswered(case_number: str, instants: Sequence[datetime]) -> None:
    """Undo the answers by letters that never left, although earlier versions counted one from when it was written: one of `instants`."""
    if instants:
        conditions = Complaint.case_number == case_number, Complaint.replied_at.in_(instants)
        state = case((Complaint.state == ComplaintState.REPLIED, ComplaintState.OPEN), else_=Complaint.state)
        session().execute(update(Complaint).where(*conditions).values(replied_at=None, state=state))
        forget(Complaint)
