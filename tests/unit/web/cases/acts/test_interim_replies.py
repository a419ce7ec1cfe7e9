"""An interim reply from the case page: the customer is sent it once, the case has kept its limit, and what cannot be sent is said beside the field."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

import engine
from engine import proof
from models.base import session, transaction
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.notice import OutboxMessage
from models.user_task import UserTask
from tests.support.furnishing import begin
from tests.support.visitors import LANGUAGES, Visitor, contents

pytestmark = pytest.mark.slow
NUMBER = "13900000201"
TOLD = "已转核算班核实,周四前答复"


def due(case: str) -> tuple[bool, set[bool]]:
    """Whether the case has a limit, and which of its open tasks have one."""
    tasks = session().scalars(select(UserTask.due_at).where(UserTask.business_key == case, UserTask.state == "open"))
    of_case = session().scalars(select(ProcessInstance.due_at).where(ProcessInstance.business_key == case)).one()
    return of_case is not None, {one is not None for one in tasks}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_sent_once_and_the_case_has_kept_its_limit(desk: Flask, language: str) -> None:
    """Sent twice by an impatient hand, it is one message and one line of history, and the page shows both."""
    with desk.app_context():
        case = begin(NUMBER)
        assert due(case) == (True, {True})
    cleo = Visitor(desk, "cleo", language)
    key = cleo.get(f"/cases/{case}", tab="messages").typed("submit_key")
    for _again in range(2):
        assert cleo.post(f"/cases/{case}/interim-replies", told=TOLD, submit_key=key).status == 302
    with desk.app_context():
        message = session().scalars(select(OutboxMessage).where(OutboxMessage.case_number == case)).one()
        assert (message.to_msisdn, message.template) == (NUMBER, "interim_reply")
        assert case in message.body
        assert TOLD in message.body
        assert due(case) == (False, {False})
        assert (
            proof.verify(
                session().scalars(select(ProcessInstance.id).where(ProcessInstance.business_key == case)).one()
            )
            == []
        )
    assert TOLD in cleo.get(f"/cases/{case}", tab="messages").text
    kept = {"zh": "此时限不再计算", "en": "this one no longer runs"}[language]
    assert kept in cleo.get(f"/cases/{case}").text
    line = {"zh": "已向客户作中间答复", "en": "Interim reply to the customer"}[language]
    assert cleo.get(f"/cases/{case}").text.count(line) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("told", ["", " ", "长" * 201, "a\x00b"])
def test_what_cannot_be_sent_is_said_beside_the_field(desk: Flask, language: str, told: str) -> None:
    """Nothing is sent, nothing is recorded, and what was written is still there."""
    with desk.app_context():
        case = begin(NUMBER)
    cleo = Visitor(desk, "cleo", language)
    before = contents(desk)
    page = cleo.post(f"/cases/{case}/interim-replies", told=told, submit_key="one")
    assert page.status == 422
    assert page.beside("told")
    assert page.has("#field-told")
    assert contents(desk) == before


def test_only_those_who_answer_customers_may(desk: Flask) -> None:
    """An auditor sees the case and no form, and is refused when sending one all the same."""
    with desk.app_context():
        case = begin(NUMBER)
    ada = Visitor(desk, "ada")
    assert ada.get(f"/cases/{case}", tab="messages").typed("told") is None
    before = contents(desk)
    assert ada.post(f"/cases/{case}/interim-replies", told=TOLD).status == 403
    assert contents(desk) == before


def test_nothing_is_being_handled_once_the_case_is_answered(desk: Flask) -> None:
    """A page from before the answer is refused in words, keeps what was typed, and a new page offers no interim reply."""
    with desk.app_context():
        case = begin(NUMBER)
        with transaction():
            answered = update(Complaint).where(Complaint.case_number == case)
            session().execute(answered.values(state="replied", replied_at=engine.now()))
    cleo = Visitor(desk, "cleo")
    late = cleo.post(f"/cases/{case}/interim-replies", told=TOLD)
    assert (late.status, "已经答复客户" in late.text, TOLD in late.text) == (422, True, True)
    with desk.app_context():
        assert session().scalars(select(OutboxMessage).where(OutboxMessage.case_number == case)).all() == []
    page = cleo.get(f"/cases/{case}", tab="messages")
    assert not page.tree.xpath("//textarea[@name='told']")


def test_the_preview_is_in_the_language_in_which_it_goes_out(desk: Flask) -> None:
    """An English page shows the Chinese words that the customer will read."""
    with desk.app_context():
        case = begin("13900000202")
    page = Visitor(desk, "cleo", "en").get(f"/cases/{case}", tab="messages")
    assert f"您的投诉 {case} 正在处理：…" in page.text
