"""Interim replies (CON, time to answer): the customer hears within a day how things stand; that keeps the limit of the case, not those of its steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import exists, select

import engine
from engine import Actor, cases, language
from models.base import session, transaction
from models.complaint import Complaint, ComplaintState
from models.notice import MessageState, OutboxMessage
from office import correspondence, free_text, households, intake, recalls, reply_amounts
from office.supervision import SUPERVISOR
from service_tasks import notification

manual_ref = "CH2.7, CH1.3"
TEMPLATE = "interim_reply"
MOST_TOLD = 200
ANSWERED = language.Reason("answered_already")
ON_THE_WAY = (*recalls.WAITS, MessageState.POSTED)


class NoComplaint(engine.NotFound):
    """There is nobody to answer: the case is not one of a complaint."""


class NotSayable(engine.Invalid):
    """What is to be told cannot be sent; `reasons` by field."""


def is_answered(complaint: Complaint, messages: Iterable[OutboxMessage]) -> bool:
    """Tell whether the customer has the answer, or among the `messages` of the case a text message or letter with it is on its way; nothing is "being handled" then."""
    if complaint.replied_at is not None or complaint.state != ComplaintState.OPEN:
        return True
    return any(message.template == correspondence.ANSWER and message.state in ON_THE_WAY for message in messages)


def may(person: Actor) -> bool:
    """Tell whether the person answers customers."""
    return bool(person.groups & intake.COUNTERS) or SUPERVISOR in person.roles


def check(person: Actor) -> None:
    """Check that the person answers customers. Errors: NotAtACounter."""
    if not may(person):
        raise intake.NotAtACounter


def send(case_number: str, progress: str, *, key: str, by: Actor, at: datetime, despite: Collection[str] = ()) -> None:
    """Queue the text message and record it in the case's history, in one commit and once per key.

    Units:  `progress` goes into our own sentence, 1 to 200 characters; `despite` are codes of doubts that the person has been told of.
    Errors: NotAtACounter; NotSayable; NoComplaint; OwnHousehold; InstanceEnded.
    """
    check(by)
    wrong = free_text.wrong(progress, MOST_TOLD, required=True)
    if wrong:
        raise NotSayable(reasons={"told": wrong})
    once = f"interim:{case_number}:{key or at.isoformat()}"
    with transaction():
        complaint = session().scalars(select(Complaint).where(Complaint.case_number == case_number)).first()
        if complaint is None or complaint.instance_id is None or complaint.msisdn is None:
            raise NoComplaint(case=case_number)
        households.check(complaint.instance_id, by)
        if session().scalar(select(exists().where(OutboxMessage.key == once))):
            return
        query = select(OutboxMessage).where(OutboxMessage.case_number == complaint.case_number)
        if is_answered(complaint, session().scalars(query)):
            raise NotSayable(reasons={"told": [ANSWERED]})
        if not correspondence.reachable(complaint.msisdn):
            raise NotSayable(reasons={"told": [correspondence.UNREACHED]})
        doubt = reply_amounts.of_progress(progress, case_number)
        if doubt is not None and doubt.code not in despite:
            raise NotSayable(reasons={"told": [doubt]})
        aside = [doubt.code] if doubt is not None else []
        cases.meet_limit(complaint.instance_id, text=progress, by=by, at=at, aside=aside)
        text = notification.body(TEMPLATE, {**notification.known(case_number, at), "progress": progress})
        notification.queue(once, case_number, complaint.msisdn, TEMPLATE, text, at, by=by.user)


def preview(case_number: str, at: datetime) -> str:
    """Return what a customer reads of an interim reply, around what is still to be typed."""
    return notification.body(TEMPLATE, {**notification.known(case_number, at), "progress": "…"})
