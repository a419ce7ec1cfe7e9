"""Correspondence: every word to a customer in one list, whatever its channel, kept in the commit of the step that says it.

A step tells the customer something when a field of its form says the channel of a text. "By text message" puts that very text into the
outbox; a message that could not arrive is refused before anything is completed, so that nothing claims to be sent that is not. The complaint
counts as replied to when the text has been sent, and whoever wrote one that failed is told until they have told the customer otherwise.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, func, literal, select, update
from sqlalchemy.orm import aliased

import engine
from engine import Actor, Change, Reason
from models.base import session, transaction
from models.complaint import Complaint
from models.notice import OutboxMessage
from service_tasks import dates, notification
from service_tasks.gateway import gateway

SMS = "sms"
ANSWER, EXPLANATION = "reply", "explanation"
OTHERWISE = ("phone", "counter", "letter")
INSTEAD = "instead:"  # before the id of a message that failed, the key of what was said in its place
UNREACHED = Reason("not_reached_by_text")


class UnknownMessage(engine.NotFound):
    """There is no such text message, or it has been dealt with."""


def follow(change: Change) -> None:
    """Keep what the completed step told the customer. Errors: InvalidForm where a text message cannot reach them."""
    first = change.steps[0] if change.steps else {}
    if change.form is None or first.get("type") != "user_task_completed":
        return
    for number, field in enumerate(field for field in change.form.inputs if field.channel_of):
        text = first["form"].get(field.channel_of)
        if field.key in first["form"] and text:
            key = f"{change.instance_id}:{first['token']}:told:{number}"
            _keep(change, key, field.key, first["form"][field.key], str(text))


def answers(change: Change) -> bool:
    """Whether the step just completed answers the complaint, rather than explaining something on the way."""
    first = change.steps[0]
    keeps = {"type": "case_limit_met", "token": first["token"]}
    return first["element"].startswith(ANSWER) or any(keeps.items() <= step.items() for step in change.steps)


def by_text(change: Change) -> bool:
    """Whether the step just completed tells the customer by text message, which is not with them yet."""
    entered = change.steps[0].get("form") or {}
    fields = change.form.inputs if change.form is not None else []
    return any(entered.get(field.key) == SMS and entered.get(field.channel_of) for field in fields if field.channel_of)


def _keep(change: Change, key: str, field: str, channel: str | None, text: str) -> None:
    template = ANSWER if answers(change) else EXPLANATION
    if channel != SMS:
        notification.told(key, change.business_key, channel or "", text, change.by, change.at, template=template)
        return
    number = notification.customers_number(change.business_key) or change.variables.get("msisdn")
    if not isinstance(number, str) or not reachable(number):
        raise engine.InvalidForm(reasons={field: [UNREACHED]})
    body = _body(template, change.business_key, text, change.at)
    notification.queue(key, change.business_key, number, template, body, change.at, by=change.by)


def _body(template: str, case_number: str, text: str, at: datetime) -> str:
    day = dates.day_of(at)
    return notification.body(template, {"case_number": case_number, "text": text, "date": f"{day.month}月{day.day}日"})


def bodies(case_number: str, text: str, at: datetime) -> tuple[str, ...]:
    """What a text message that tells `text` can read."""
    return tuple(_body(template, case_number, text, at) for template in (ANSWER, EXPLANATION))


def reachable(msisdn: str) -> bool:
    """Whether a text message can arrive: not at a number that is cancelled."""
    subscription = gateway().find(msisdn)
    return bool(msisdn) and (subscription is None or subscription.state != "cancelled")


def waiting(limit: int = 100) -> list[OutboxMessage]:
    """Text messages that wait to be sent, oldest first."""
    query = select(OutboxMessage).where(OutboxMessage.state == "queued").order_by(OutboxMessage.queued_at)
    return list(session().scalars(query.limit(limit)))


def waits(case_number: str, *, by: str) -> bool:
    """Whether a text message that somebody wrote in a case waits to be sent."""
    mine = (OutboxMessage.case_number == case_number, OutboxMessage.told_by == by, OutboxMessage.state == "queued")
    return bool(session().scalar(select(exists().where(*mine))))


def report(message_id: int, *, at: datetime, failure: str = "") -> None:
    """What became of a text message: sent at `at`, with which an answer is given, or why it failed. Errors: UnknownMessage."""
    became = {"state": "failed", "failure": failure[:200]} if failure else {"state": "sent", "sent_at": at}
    waits = update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == "queued")
    named = waits.values(**became).returning(OutboxMessage.template, OutboxMessage.case_number)
    with transaction():
        found = session().execute(named).first()
        if found is None:
            raise UnknownMessage(message=message_id)
        if not failure:
            _answered(found.template, found.case_number, at)


def _answered(template: str, case_number: str | None, at: datetime) -> None:
    """The customer has heard the answer."""
    if template == ANSWER:
        state = case((Complaint.state == "open", "replied"), else_=Complaint.state)
        heard = update(Complaint).where(Complaint.case_number == case_number, Complaint.replied_at.is_(None))
        session().execute(heard.values(state=state, replied_at=at))


def _unsettled() -> ColumnElement[bool]:
    """A text message that failed and in whose place nothing was said yet."""
    later = aliased(OutboxMessage)
    said = exists().where(later.key == literal(INSTEAD) + cast(OutboxMessage.id, String))
    return (OutboxMessage.state == "failed") & ~said


def undelivered(user: str = "", limit: int = 50) -> list[OutboxMessage]:
    """Text messages that failed and wait for whoever wrote them, or took the case in where a process wrote them; of everybody without `user`."""
    query = select(OutboxMessage).outerjoin(Complaint, Complaint.case_number == OutboxMessage.case_number)
    query = query.where(_unsettled(), OutboxMessage.body != "")
    if user:
        query = query.where(func.coalesce(OutboxMessage.told_by, Complaint.accepted_by) == user)
    return list(session().scalars(query.order_by(OutboxMessage.id).limit(limit)))


def tell_instead(message_id: int, *, case_number: str, channel: str, by: Actor, at: datetime) -> None:
    """Say once more what a text message did not bring: by text again, or by what channel it has been said meanwhile.

    Errors: UnknownMessage for one that did not fail or in whose place something was said; InvalidForm with the channel.
    """
    with transaction():
        wanted: Any = (OutboxMessage.id == message_id, OutboxMessage.case_number == case_number)
        failed = session().scalars(select(OutboxMessage).where(*wanted, _unsettled())).first()
        if failed is None or not failed.body:
            raise UnknownMessage(message=message_id)
        key = f"{INSTEAD}{message_id}"
        if channel == SMS:
            if not reachable(failed.to_msisdn):
                raise engine.InvalidForm(reasons={"channel": [UNREACHED]})
            to = failed.to_msisdn
            notification.queue(key, case_number, to, failed.template, failed.body, at, by=by.user)
            return
        if channel not in OTHERWISE:
            raise engine.InvalidForm(reasons={"channel": [Reason("not_an_option" if channel else "required")]})
        notification.told(key, case_number, channel, failed.body, by.user, at, template=failed.template)
        _answered(failed.template, case_number, at)
