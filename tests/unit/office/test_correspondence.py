"""Every word to a customer stands in one list with its channel and state; "by text message" sends one, or the step is refused."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, language, published
from models.customer import Subscription
from models.notice import OutboxMessage
from models.user_task import UserTask
from office import correspondence, fixtures
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user

NUMBER = "13900000001"
WAYS = [{"value": way, "label": way, "properties": {"label_en": way}} for way in ("counter", "phone", "sms", "letter")]
FORM = {
    "type": "default",
    "id": "reply",
    "components": [
        {"type": "textarea", "key": "answer", "label": "答复"},
        {"type": "radio", "key": "way", "label": "方式", "values": WAYS, "properties": {"channelOf": "answer"}},
    ],
}
DRAWN = process("SAY", start(), user("reply", form="reply"), end(), path("begun", "reply", "finished"))


@pytest.fixture
def task(database: Session, runtime: engine.runtime.Runtime, at: datetime) -> int:
    """A step that answers a customer, and the office listening."""
    runtime.observers = (correspondence.follow,)
    fixtures.build({"subscriptions": [{"msisdn": NUMBER}]}, at=at)
    database.commit()
    published.publish(package("SAY", DRAWN, {"forms/reply.form": json.dumps(FORM)}), by=SAM, note="", at=at)
    advanced = cases.start("SAY", business_key="AJ-1", variables={"msisdn": NUMBER}, by=CLEO, at=at)
    return advanced.user_task_ids[0]


def the_word(database: Session) -> OutboxMessage:
    return database.scalars(select(OutboxMessage)).one()


def test_by_text_message_sends_that_very_text(task: int, database: Session, at: datetime) -> None:
    """In the commit of the step, to the customer's number, with the case and the day; it waits to be sent and is not called sent."""
    cases.complete(task, form={"answer": "已退 50.00 元", "way": "sms"}, by=CLEO, at=at)
    word = the_word(database)
    assert (word.channel, word.state, word.to_msisdn, word.told_by) == ("sms", "queued", NUMBER, "cleo")
    assert "AJ-1" in word.body
    assert "已退 50.00 元" in word.body
    assert "月" in word.body


@pytest.mark.parametrize("way", ["phone", "counter", "letter"])
def test_what_was_told_otherwise_is_kept_with_who_and_when(
    task: int, database: Session, at: datetime, way: str
) -> None:
    """By which channel, by whom and when, in the words the clerk wrote."""
    cases.complete(task, form={"answer": "已退 50.00 元", "way": way}, by=CLEO, at=at)
    word = the_word(database)
    state = "unposted" if way == "letter" else "told"
    assert (word.channel, word.state, word.told_by, word.queued_at) == (way, state, "cleo", at)
    assert word.body == "已退 50.00 元"


def test_a_way_that_nobody_named_is_none(task: int, database: Session, at: datetime) -> None:
    """The word is kept, and no channel is made up for it."""
    cases.complete(task, form={"answer": "已退 50.00 元", "way": ""}, by=CLEO, at=at)
    assert the_word(database).channel == "other"


@pytest.mark.parametrize(("answer", "answered"), [("已退 50.00 元", True), ("", False)])
def test_a_step_with_nothing_said_answers_nobody(
    task: int, database: Session, runtime: engine.runtime.Runtime, at: datetime, answer: str, answered: bool
) -> None:
    """A box may send the case back from the very step that replies: the customer has heard nothing then."""
    answers: list[bool] = []
    runtime.observers = (lambda change: answers.append(correspondence.answers(change)),)
    cases.complete(task, form={"answer": answer, "way": "counter" if answer else ""}, by=CLEO, at=at)
    assert answers == [answered]


def test_a_message_that_cannot_arrive_is_refused_before_anything_is_completed(
    task: int, database: Session, at: datetime
) -> None:
    """A cancelled number receives nothing, so the step is not done and says why at its field."""
    database.scalars(select(Subscription)).one().state = "cancelled"
    database.commit()
    with pytest.raises(language.InvalidForm) as raised:
        cases.complete(task, form={"answer": "已退", "way": "sms"}, by=CLEO, at=at)
    assert raised.value.reasons == {"way": [correspondence.UNREACHED]}
    assert database.scalar(select(UserTask.state)) == "open"
    assert database.scalars(select(OutboxMessage)).all() == []


def test_a_message_is_sent_or_fails_once(task: int, database: Session, at: datetime) -> None:
    """Whoever sends reports what became of it; a second report finds nothing that waits."""
    cases.complete(task, form={"answer": "已退", "way": "sms"}, by=CLEO, at=at)
    (waiting,) = correspondence.waiting()
    correspondence.report(waiting.id, at=at, failure="空号")
    database.expire_all()
    assert (the_word(database).state, the_word(database).failure) == ("failed", "空号")
    with pytest.raises(correspondence.UnknownMessage):
        correspondence.report(waiting.id, at=at)
