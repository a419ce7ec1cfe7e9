"""A reply by text message is one when it has been sent; until then no page calls it done, and one that failed is told to whoever wrote it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from models.base import session, transaction
from models.complaint import Complaint
from models.notice import OutboxMessage
from office import correspondence, intake
from service_tasks import notification
from tests.support.actors import CLEO
from tests.support.furnishing import open_tasks
from tests.support.visitors import Page, Visitor

pytestmark = pytest.mark.slow
TAKEN = intake.Intake(
    msisdn="13900000202", text="帐单怎么多了一项", channel="counter", process="on_the_spot", overrule_reason="当场可答"
)
TOLD = "帐单多出的一项是上月补收的月租费"
ANSWER = {"resolution": TOLD, "reply_channel": "sms", "still_disputed": "no"}


@pytest.fixture
def answered(desk: Flask) -> tuple[str, Page]:
    """A case that was answered by text message on the spot, and what the clerk was shown."""
    with desk.app_context():
        case = intake.accept(TAKEN, by=CLEO, at=engine.now())
        (task,) = open_tasks(case)
    cleo = Visitor(desk, "cleo")
    answer = cleo.client.post(f"/tasks/{task}/completion", data=ANSWER, follow_redirects=True)
    return case, Page(answer)


def complaint(desk: Flask, case: str) -> tuple[bool, str]:
    """Whether the complaint counts as replied to, and what became of the message."""
    with desk.app_context():
        row = session().get_one(Complaint, case)
        word = session().scalars(select(OutboxMessage).where(OutboxMessage.case_number == case)).first()
        return row.replied_at is not None, word.state if word else ""


def report(desk: Flask, failure: str = "") -> int:
    """The program that sends says what became of the one message."""
    with desk.app_context():
        (word,) = correspondence.waiting()
        correspondence.report(word.id, at=engine.now(), failure=failure)
        return word.id


def test_what_waits_to_be_sent_is_not_called_done(desk: Flask, answered: tuple[str, Page]) -> None:
    """The message after the step, the complaint and the list of words all say that it is still to be sent, and what it waits for."""
    case, shown = answered
    (said,) = shown.tree.xpath("//main/p[contains(@class, 'desk-note')]")
    assert "短信待发送" in said.text_content()
    assert "desk-note-ok" not in said.get("class")
    assert complaint(desk, case) == (False, "queued")
    words = Visitor(desk, "cleo").get(f"/cases/{case}", tab="messages").text
    assert [word for word in ("等待发送", "等短信中心来取") if word not in words] == []
    assert "客户还没有收到" in Visitor(desk, "cleo").get(f"/cases/{case}").text


def test_what_was_sent_is_a_reply(desk: Flask, answered: tuple[str, Page]) -> None:
    """From then on, and not before."""
    case, _ = answered
    report(desk)
    assert complaint(desk, case) == (True, "sent")
    assert "客户还没有收到" not in Visitor(desk, "cleo").get(f"/cases/{case}").text


def test_what_failed_is_told_until_the_customer_knows(desk: Flask, answered: tuple[str, Page]) -> None:
    """To who wrote it and to the supervisor, with the case; it goes when it is written down how the customer was told."""
    case, _ = answered
    failed = report(desk, "空号")
    cleo, place = Visitor(desk, "cleo"), f"/cases/{case}/messages"
    assert complaint(desk, case) == (False, "failed")
    assert cleo.get("/tasks").tree.xpath(f"//main//a[@href='/cases/{case}?tab=messages']")
    assert Visitor(desk, "sam").get("/supervision").tree.xpath(f"//main//a[@href='/cases/{case}?tab=messages']")
    assert not Visitor(desk, "nora").get("/tasks").tree.xpath(f"//main//a[@href='/cases/{case}?tab=messages']")
    assert cleo.get(f"/cases/{case}", tab="messages").tree.xpath(f"//form[@action='{place}/{failed}/instead']")
    assert cleo.post(f"{place}/{failed}/instead", channel="").status == 422
    assert cleo.post(f"{place}/{failed}/instead", channel="phone").status == 302
    assert complaint(desk, case)[0]
    assert not cleo.get("/tasks").tree.xpath(f"//main//a[@href='/cases/{case}?tab=messages']")
    assert cleo.post(f"{place}/{failed}/instead", channel="phone").status == 404


def test_what_failed_can_be_sent_once_more(desk: Flask, answered: tuple[str, Page]) -> None:
    """The same text waits again, and is a reply when it has been sent."""
    case, _ = answered
    failed = report(desk, "关机")
    Visitor(desk, "cleo").post(f"/cases/{case}/messages/{failed}/instead", channel="sms")
    assert complaint(desk, case)[0] is False
    report(desk)
    assert complaint(desk, case)[0] is True


def test_a_text_to_a_changed_number_goes_to_the_new_one(desk: Flask) -> None:
    """The number of the case is cancelled and the customer has another: the correspondence offers it, masked, and the customer's page names it."""
    changed, new = "13900000603", "13900000613"
    with desk.app_context():
        case = intake.accept(replace(TAKEN, msisdn=changed), by=CLEO, at=engine.now())
        queue = {"at": engine.now(), "failure": notification.CANCELLED}
        with transaction():
            failed = notification.queue("1:1", case, changed, "explanation", "说明", **queue)
    cleo = Visitor(desk, "cleo")
    words = cleo.get(f"/cases/{case}", tab="messages")
    assert words.tree.xpath("//option[@value='new_number']")[0].text_content() == "发到新号码 139****0613"
    assert cleo.get("/customers", msisdn=changed).tree.xpath("//*[@data-new-number]")
    assert not cleo.get("/customers", msisdn=new).tree.xpath("//*[@data-new-number]")
    assert cleo.post(f"/cases/{case}/messages/{failed}/instead", channel="sms").status == 422
    cleo.post(f"/cases/{case}/messages/{failed}/instead", channel="new_number")
    with desk.app_context():
        assert [message.to_msisdn for message in correspondence.waiting()] == [new]


def test_nobody_else_writes_down_what_a_customer_was_told(desk: Flask, answered: tuple[str, Page]) -> None:
    """Neither an auditor, nor by way of another case."""
    case, _ = answered
    failed = report(desk, "关机")
    assert Visitor(desk, "ada").post(f"/cases/{case}/messages/{failed}/instead", channel="phone").status == 403
    assert complaint(desk, case)[0] is False


def test_a_result_that_nobody_has_told_says_so(desk: Flask) -> None:
    """What a step notes for the reply stands under the correspondence as not told, and is told by the reply."""
    with desk.app_context():
        case = intake.accept(TAKEN, by=CLEO, at=engine.now())
        with transaction():
            session().get_one(Complaint, case).resolution = TOLD
        (task,) = open_tasks(case)
    cleo = Visitor(desk, "cleo")
    assert "还没有告诉客户" in cleo.get(f"/cases/{case}", tab="messages").text
    cleo.post(f"/tasks/{task}/completion", **{**ANSWER, "reply_channel": "counter"})
    assert "还没有告诉客户" not in cleo.get(f"/cases/{case}", tab="messages").text
