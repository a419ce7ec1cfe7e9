"""What is said after every verb on a step: what was done, and with whom the case is now."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import running
from models.base import session
from models.work_order import WorkOrder
from tests.support.furnishing import begin, open_tasks
from tests.support.visitors import LANGUAGES, Visitor

UNKNOWN = {"finding": "unknown", "order_department": "data_team", "order_about": "orders", "disputed_amount": "88.00"}
UNKNOWN |= {"order_question": "彩铃是谁开的", "joined_order": "new"}
HANDED_ON = {"answer_way": "hand_on", "handed_to": "switching_room", "hand_on_reason": "属交换机出单"}
ANSWER = {"answer_way": "answer", "order_finding": "technology", "order_cause": "程序误开", "order_proposal": "退还"}


def task_of(desk: Flask, number: str) -> int:
    """The open step of a case or an order, once everything has happened that is due."""
    with desk.app_context():
        while running.run_due(engine.now()):
            pass
        return open_tasks(number)[0]


def said(visitor: Visitor, address: str, **form: str) -> str:
    """What the page says to which a verb leads."""
    answer = visitor.post(address, **form)
    assert answer.status == 302, answer.summary
    return visitor.get("/tasks").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_says_what_was_done_and_with_whom_the_case_is_now(desk: Flask, language: str) -> None:
    """Taking, giving back, handing over, sending an order, handing it on, answering, sending back and verifying: no mere "done"."""
    en = language == "en"
    with desk.app_context():
        case = begin("13900000202")
    cleo, sam = Visitor(desk, "cleo", language), Visitor(desk, "sam", language)
    dan, wim, olga = (Visitor(desk, name, language) for name in ("dan", "wim", "olga"))
    task = task_of(desk, case)
    assert ("is with you now" if en else "现在由您办理") in said(cleo, f"/tasks/{task}/claim")
    given_back = "waits at Service hall again" if en else "现在等待专业厅办理"
    assert given_back in said(cleo, f"/tasks/{task}/release")
    said(cleo, f"/tasks/{task}/claim")
    handed = f"in case {case} is with" if en else f"已转交：案件 {case} 的“判断投诉原因”现在由陈拉办理"
    assert handed in said(sam, f"/supervision/tasks/{task}/assignment", to="cora")
    said(sam, f"/supervision/tasks/{task}/assignment", to="cleo")
    sent = said(cleo, f"/tasks/{task}/completion", **UNKNOWN)
    with desk.app_context():
        order = session().scalars(select(WorkOrder.number).order_by(WorkOrder.id.desc())).first() or ""
    assert (f"It is now at: Data team (work order {order})" if en else f"现在：数据班（工单 {order}）") in sent
    handed_on = said(dan, f"/tasks/{task_of(desk, order)}/completion", **HANDED_ON)
    assert ("“What to do”: Not ours, hand on" if en else "“怎样办理”：不属本部门，转派") in handed_on
    assert ("It is now at: Switching room" if en else "现在：交换室") in handed_on
    answered = said(wim, f"/tasks/{task_of(desk, order)}/completion", **ANSWER)
    assert ("It is now at: Billing operations" if en else "现在：营帐业务管理组") in answered
    not_so = {"order_verified": "no", "verify_note": "没有附记录"}
    sent_back = said(olga, f"/tasks/{task_of(desk, order)}/completion", **not_so)
    assert ("It is now at: Switching room" if en else "现在：交换室") in sent_back
    said(wim, f"/tasks/{task_of(desk, order)}/completion", **ANSWER)
    verified = said(olga, f"/tasks/{task_of(desk, order)}/completion", order_verified="yes")
    assert ("The case is closed" if en else "案件已办结。") in verified
