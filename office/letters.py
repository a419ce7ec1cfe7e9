"""Letters to customers: written with the step that says so, with the customer only once somebody says that they were posted, and on which day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from engine import Actor, language
from engine.language import Reason
from models.base import session, transaction
from models.complaint import Complaint
from models.notice import MessageState, OutboxMessage
from office import correspondence
from service_tasks import dates


def post(message_id: int, *, case_number: str, on: date | None, by: Actor, at: datetime) -> None:
    """Write down on which day a letter was posted; an answer has then been given.

    Errors: UnknownMessage for what is no letter or does not wait to be posted; InvalidForm with the day.
    """
    with transaction():
        # the row of the case stays locked, so that a letter is posted or called back, not both
        session().execute(select(Complaint.case_number).where(Complaint.case_number == case_number).with_for_update())
        conditions = OutboxMessage.id == message_id, OutboxMessage.case_number == case_number
        letter = (
            session()
            .scalars(select(OutboxMessage).where(*conditions, OutboxMessage.state == MessageState.UNPOSTED))
            .first()
        )
        if letter is None:
            raise correspondence.UnknownMessage(message=message_id)
        written_on, today = dates.day_of(letter.queued_at), dates.day_of(at)
        if on is None:
            raise language.InvalidForm(reasons={"posted_on": [Reason("required")]})
        if not written_on <= on <= today:
            raise language.InvalidForm(
                reasons={"posted_on": [Reason("not_the_day_of_posting", {"first": written_on, "last": today})]}
            )
        letter.state, letter.posted_on, letter.settled_by, letter.settled_at = MessageState.POSTED, on, by.user, at
        correspondence.answered(letter.template, case_number, at, written_at=letter.queued_at)
