"""Correspondence: every word to a customer in one list, whatever its channel, kept in the commit of the step that says it.

A step tells the customer something when a field of its form says the channel of a text. "By text message" puts that very text into the
outbox; a message that could not arrive is refused before anything is completed, so that nothing claims to be sent that is not. The complaint
counts as replied to when the text has been sent or the letter posted, and whoever wrote one that failed is told until they have told the customer otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

import engine
from engine import Actor, language, record
from engine.language import Reason
from engine.running import Change
from models.base import session, transaction
from models.complaint import Complaint, ComplaintState
from models.customer import SubscriptionState
from models.notice import MessageState, OutboxMessage
from office import number_changes, recalls
from service_tasks import notification
from service_tasks.gateway import gateway

SMS, LETTER = "sms", "letter"
LATER = (SMS, LETTER)  # not with the customer yet when the step is done
AT_ONCE = ("counter", "phone")
ANSWER, EXPLANATION = "reply", "explanation"
OTHERWISE = ("phone", "counter", "letter")
NEW_NUMBER = "new_number"  # by text message, to the number that the customer has now
INSTEAD = "instead:"  # before the id of a message that failed, the key of what was said in its place
UNREACHED = Reason("not_reached_by_text")


class UnknownMessage(engine.NotFound):
    """There is no such text message, or it has been dealt with."""


def follow(change: Change) -> None:
    """Keep what the completed step told the customer. Errors: InvalidForm where a text message cannot reach them."""
    first = change.steps[0] if change.steps else None
    if change.form is None or first is None or first["type"] != "user_task_completed":
        return
    for number, field in enumerate(field for field in change.form.inputs if field.channel_of):
        text = first["form"].get(field.channel_of)
        if field.key in first["form"] and text:
            key = f"{change.instance_id}:{first['token']}:told:{number}"
            _keep(change, key, field.key, first["form"][field.key], str(text))


def answers(change: Change) -> bool:
    """Tell whether the step just completed answers the complaint, rather than explaining something on the way, or sending the case back with nothing said."""
    first = change.steps[0]
    if first["type"] == "user_task_completed" and not _is_told(change, first["form"]):
        return False
    return record.element_of(first).startswith(ANSWER) or record.token_of(first) in change.answering


def arrives_later(change: Change) -> bool:
    """Tell whether the step just completed tells the customer by text message or letter, which is not with them yet."""
    first = change.steps[0]
    entered = first["form"] if first["type"] == "user_task_completed" else {}
    return any(entered.get(field.key) in LATER and entered.get(field.channel_of or "") for field in _channels(change))


def _is_told(change: Change, entered: Mapping[str, Any]) -> bool:
    """Tell whether a step whose form says by which channel a text goes to the customer has such a text; any other says it in another way."""
    channels = _channels(change)
    return not channels or any(entered.get(field.channel_of or "") for field in channels)


def _channels(change: Change) -> list[language.Field]:
    return [field for field in (change.form.inputs if change.form is not None else []) if field.channel_of]


def _keep(change: Change, key: str, field: str, channel: str | None, text: str) -> None:
    template = ANSWER if answers(change) else EXPLANATION
    if channel != SMS:
        notification.told(key, change.business_key, channel or "", text, change.by, change.at, template=template)
        return
    number = notification.customers_number(change.business_key) or change.variables.get("msisdn")
    if not isinstance(number, str) or not reachable(number):
        raise language.InvalidForm(reasons={field: [UNREACHED]})
    body = _body(template, change.business_key, text, change.at)
    notification.queue(key, change.business_key, number, template, body, change.at, by=change.by)


def _body(template: str, case_number: str, text: str, at: datetime) -> str:
    return notification.body(template, {**notification.known(case_number, at), "text": text})


def bodies(case_number: str, text: str, at: datetime) -> tuple[str, ...]:
    """Return what a text message that tells `text` can read."""
    return tuple(_body(template, case_number, text, at) for template in (ANSWER, EXPLANATION))


def reachable(msisdn: str) -> bool:
    """Tell whether a text message can arrive: not at a number that is cancelled."""
    subscription = gateway().find(msisdn)
    return bool(msisdn) and (subscription is None or subscription.state != SubscriptionState.CANCELLED)


def waiting(limit: int = 100) -> list[OutboxMessage]:
    """Return text messages that wait to be sent, oldest first."""
    query = select(OutboxMessage).where(OutboxMessage.state == MessageState.QUEUED).order_by(OutboxMessage.queued_at)
    return list(session().scalars(query.limit(limit)))


def waits(case_number: str, *, by: str) -> str:
    """Say by which channel the last word that somebody wrote in a case waits to leave: sms, letter, or empty where none does."""
    conditions = OutboxMessage.case_number == case_number, OutboxMessage.told_by == by
    open_ = OutboxMessage.state.in_(recalls.WAITS)
    query = select(OutboxMessage.channel).where(*conditions, open_).order_by(OutboxMessage.id.desc())
    return session().scalars(query.limit(1)).first() or ""


def report(message_id: int, *, at: datetime, failure: str = "") -> None:
    """Report what became of a text message: sent at `at`, with which an answer is given, or why it failed. Errors: UnknownMessage.

    One that was called back while it was being sent has been sent all the same.
    """
    columns: dict[str, Any] = (
        {"state": MessageState.FAILED, "failure": failure[:200]}
        if failure
        else {"state": MessageState.SENT, "sent_at": at}
    )
    waits = update(OutboxMessage).where(OutboxMessage.id == message_id)
    if failure:
        waits = waits.where(OutboxMessage.state == MessageState.QUEUED)
    else:
        conditions = OutboxMessage.channel == SMS, OutboxMessage.state.in_((MessageState.QUEUED, MessageState.RECALLED))
        waits = waits.where(*conditions)
        columns |= dict.fromkeys(("recalled_for", "settled_by", "settled_at"))
    statement = waits.values(**columns).returning(OutboxMessage.template, OutboxMessage.case_number)
    with transaction():
        message = session().execute(statement).first()
        if message is None:
            raise UnknownMessage(message=message_id)
        if not failure:
            answered(message.template, message.case_number, at)


def answered(template: str, case_number: str | None, at: datetime, *, written_at: datetime | None = None) -> None:
    """Note that the customer has heard the answer; of a letter that counted from `written_at`, as in earlier versions, only now."""
    if template == ANSWER:
        state = case((Complaint.state == ComplaintState.OPEN, ComplaintState.REPLIED), else_=Complaint.state)
        too_soon = Complaint.replied_at == written_at if written_at is not None else false()
        unheard = Complaint.case_number == case_number, or_(Complaint.replied_at.is_(None), too_soon)
        session().execute(update(Complaint).where(*unheard).values(state=state, replied_at=at))


def _unsettled() -> ColumnElement[bool]:
    """Return the condition of a text message that failed and in whose place nothing was said yet, unless it is not so any longer."""
    later = aliased(OutboxMessage)
    successor = exists().where(later.key == literal(INSTEAD) + cast(OutboxMessage.id, String))
    return (OutboxMessage.state == MessageState.FAILED) & ~successor & ~recalls.overtaken(OutboxMessage)


def settled(messages: Sequence[OutboxMessage]) -> set[str]:
    """Return the keys under which something was said in a case, or need not be said any more because it is not so."""
    overtaken = {f"{INSTEAD}{message.id}" for message in messages if recalls.is_overtaken(message, messages)}
    return overtaken | {message.key for message in messages}


@cache
def _undelivered(of_one: bool) -> Select[OutboxMessage]:
    """Return the statement, made once."""
    query = select(OutboxMessage).outerjoin(Complaint, Complaint.case_number == OutboxMessage.case_number)
    query = query.where(_unsettled() | (OutboxMessage.state == MessageState.UNPOSTED), OutboxMessage.body != "")
    if of_one:
        query = query.where(func.coalesce(OutboxMessage.told_by, Complaint.accepted_by) == bindparam("user"))
    return query.order_by(OutboxMessage.id).limit(bindparam("limit"))


def undelivered(user: str = "", limit: int = 50) -> list[OutboxMessage]:
    """Return text messages that failed and letters not posted yet, for whoever wrote them, or took the case in where a process did; of everybody without `user`."""
    return list(session().scalars(_undelivered(bool(user)), {"user": user, "limit": limit}))


def tell_instead(message_id: int, *, case_number: str, channel: str, by: Actor, at: datetime) -> None:
    """Say once more what a text message did not bring: by text again, to the number that the customer has now, or by what channel it has been said meanwhile.

    Errors: UnknownMessage for one that did not fail or in whose place something was said; InvalidForm with the channel.
    """
    with transaction():
        conditions: Any = (OutboxMessage.id == message_id, OutboxMessage.case_number == case_number)
        message = session().scalars(select(OutboxMessage).where(*conditions, _unsettled())).first()
        if message is None or not message.body:
            raise UnknownMessage(message=message_id)
        key = f"{INSTEAD}{message_id}"
        if channel in (SMS, NEW_NUMBER):
            number = message.to_msisdn if channel == SMS else number_changes.new_number(message.to_msisdn)
            if not reachable(number):
                raise language.InvalidForm(reasons={"channel": [UNREACHED]})
            notification.queue(key, case_number, number, message.template, message.body, at, by=by.user)
            return
        if channel not in OTHERWISE:
            raise language.InvalidForm(reasons={"channel": [Reason("not_an_option" if channel else "required")]})
        notification.told(key, case_number, channel, message.body, by.user, at, template=message.template)
        if channel != LETTER:
            answered(message.template, case_number, at)
