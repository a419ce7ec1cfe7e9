"""Correspondence: every word to a customer in one list, whatever its channel, kept in the commit of the step that says it.

A step tells the customer something when a field of its form says the channel of a text. "By text message" puts that very text into the
outbox; a message that could not arrive is refused before anything is completed, so that nothing claims to be sent that is not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

import engine
from engine import Change, Reason
from models.base import session, transaction
from models.notice import OutboxMessage
from service_tasks import dates, notification
from service_tasks.gateway import gateway

SMS = "sms"
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


def _keep(change: Change, key: str, field: str, channel: str | None, text: str) -> None:
    if channel != SMS:
        notification.told(key, change.business_key, channel or "", text, change.by, change.at)
        return
    number = notification.customers_number(change.business_key) or change.variables.get("msisdn")
    if not isinstance(number, str) or not reachable(number):
        raise engine.InvalidForm(reasons={field: [UNREACHED]})
    day = dates.day_of(change.at)
    written = {"case_number": change.business_key, "text": text, "date": f"{day.month}月{day.day}日"}
    notification.queue(
        key, change.business_key, number, "reply", notification.body("reply", written), change.at, by=change.by
    )


def reachable(msisdn: str) -> bool:
    """Whether a text message can arrive: not at a number that is cancelled."""
    subscription = gateway().find(msisdn)
    return bool(msisdn) and (subscription is None or subscription.state != "cancelled")


def waiting(limit: int = 100) -> list[OutboxMessage]:
    """Text messages that wait to be sent, oldest first."""
    query = select(OutboxMessage).where(OutboxMessage.state == "queued").order_by(OutboxMessage.queued_at)
    return list(session().scalars(query.limit(limit)))


def report(message_id: int, *, at: datetime, failure: str = "") -> None:
    """What became of a text message: sent at `at`, or why it failed. Errors: UnknownMessage."""
    became = {"state": "failed", "failure": failure[:200]} if failure else {"state": "sent", "sent_at": at}
    waits = update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == "queued")
    with transaction():
        if not session().execute(waits.values(**became).returning(OutboxMessage.id)).first():
            raise UnknownMessage(message=message_id)
