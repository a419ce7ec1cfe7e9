"""Work orders on the pages: offered to whoever may join, shown to the department with the numbers it needs, verified many at once, told at the case."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

import engine
from engine import running
from models.base import session, transaction
from models.identity import Department, Membership, User, UserRole
from models.user_task import UserTask
from models.work_order import WorkOrder
from office.papers import typeset
from tests.support.furnishing import begin, open_tasks
from tests.support.visitors import LANGUAGES, Visitor
from web.tasks import papers

pytestmark = pytest.mark.manual("CH2.4", "CH2.5")
UNKNOWN = {"finding": "unknown", "order_department": "data_team", "order_about": "orders"}
UNKNOWN |= {"order_question": "号码 13900000202 的彩铃是谁开的", "disputed_amount": "88.00"}
ANSWER = {
    "answer_way": "answer",
    "order_finding": "technology",
    "order_cause": "程序误开",
    "order_proposal": "退还功能费",
}


@pytest.fixture(autouse=True)
def berta(desk: Flask) -> None:
    """A second person of billing operations, beside Olga."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("berta-reception-desk")
    with desk.app_context(), transaction():
        session().add(User(name="berta", display_name="贝塔", password_hash=hashed))
        session().flush()
        session().add_all(
            [Membership(user="berta", department="billing_operations"), UserRole(user="berta", role="clerk")]
        )


def settle(desk: Flask) -> None:
    """Let everything happen that is due."""
    with desk.app_context():
        while running.run_due(engine.now()):
            pass


def task_of(desk: Flask, number: str) -> int:
    """The open step of a case or an order."""
    with desk.app_context():
        return open_tasks(number)[0]


def order_of(desk: Flask, number: str = "") -> Any:
    """The newest order, or the one of a number, as it is now."""
    with desk.app_context():
        query = select(WorkOrder).order_by(WorkOrder.id.desc())
        return session().scalars(query.where(WorkOrder.number == number) if number else query).first()


def sent(desk: Flask, msisdn: str = "13900000202", **form: str) -> tuple[str, Any]:
    """A case of Cleo's that waits for an order, and the order."""
    with desk.app_context():
        case = begin(msisdn)
    page = Visitor(desk, "cleo", "zh").post(f"/tasks/{task_of(desk, case)}/completion", **UNKNOWN, **form)
    assert page.status == 302, page.summary
    settle(desk)
    return case, order_of(desk)


@pytest.mark.parametrize(("language", "told"), [("zh", "转数据班"), ("en", "To Data team")])
def test_the_step_is_told_as_that_of_the_department_asked(desk: Flask, language: str, told: str) -> None:
    """The lane in which it is drawn is another's; whose step it is stands in the record."""
    _, order = sent(desk)
    page = Visitor(desk, "dan", language).get(f"/tasks/{task_of(desk, order.number)}")
    assert told in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clerk_is_offered_the_open_orders_and_joins(desk: Flask, language: str) -> None:
    """Whoever sends another in the same matter is told of the open one at the field, chooses it from the list, and nothing typed is lost."""
    _, order = sent(desk)
    with desk.app_context():
        case = begin("13900000203")
    cleo, task = Visitor(desk, "cleo", language), task_of(desk, case)
    assert order.number in cleo.post(f"/tasks/{task}/fields", finding="unknown").text
    page = cleo.post(f"/tasks/{task}/completion", **UNKNOWN)
    assert page.status == 422
    assert order.number in page.beside("order_about")
    assert page.typed("order_question") == UNKNOWN["order_question"]
    assert f'<option value="{order.number}"' in page.text
    assert "139****0202" in page.text
    assert cleo.post(f"/tasks/{task}/completion", **UNKNOWN, joined_order=order.number).status == 302
    tab = cleo.get(f"/cases/{case}", tab="orders").text
    assert order.number in tab
    assert {"zh": "共 2 户，2 户等待答复", "en": "2 in all, 2 of them wait"}[language] in tab


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_department_sees_what_it_needs_and_opening_acknowledges(desk: Flask, language: str) -> None:
    """Its step shows the question and the number in full; the page of the order to a supervisor shows it masked; nobody else may look."""
    case, order = sent(desk)
    dan = Visitor(desk, "dan", language)
    assert order.number in dan.get("/work-orders").text
    assert {"zh": "尚未签收", "en": "not opened yet"}[language] in dan.get("/work-orders").text
    page = dan.get(f"/tasks/{task_of(desk, order.number)}")
    assert page.status == 200
    assert "13900000202" in page.text
    assert order_of(desk, order.number).acknowledged_by == "dan"
    shown = Visitor(desk, "sam", language).get(f"/cases/{order.number}", tab="orders").text
    assert "139****0202" in shown
    assert "13900000202" not in shown
    assert Visitor(desk, "nora", language).get(f"/cases/{order.number}", tab="orders").status == 403
    assert order.number not in Visitor(desk, "nora", language).get("/work-orders").text
    assert dan.get(f"/cases/{case}").status == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_answers_are_verified_at_once_and_told_at_the_case(desk: Flask, language: str) -> None:
    """What somebody else holds is passed over and said; the others are answered, and the clerk finds cause and proposal filled in."""
    orders = [sent(desk, msisdn, joined_order="new") for msisdn in ("13900000202", "13900000203")]
    for _, order in orders:
        answered = Visitor(desk, "dan", language).post(f"/tasks/{task_of(desk, order.number)}/completion", **ANSWER)
        assert answered.status == 302
    tasks = [task_of(desk, order.number) for _, order in orders]
    Visitor(desk, "berta", language).post(f"/tasks/{tasks[1]}/claim")
    olga = Visitor(desk, "olga", language)
    assert "程序误开" in olga.get("/work-orders").text
    olga.post("/work-orders", task=[str(one) for one in tasks])
    said = olga.get("/work-orders").text
    assert {"zh": "已核实 1 张工单", "en": "Work orders verified: 1"}[language] in said
    assert {"zh": "1 张未能核实", "en": "1 could not be verified"}[language] in said
    settle(desk)
    (case, first), (_, second) = orders
    assert (order_of(desk, first.number).state, order_of(desk, second.number).state) == ("closed", "answered")
    page = Visitor(desk, "cleo", language).get(f"/tasks/{task_of(desk, case)}")
    assert page.typed("finding_note") == "程序误开"
    assert page.typed("finding") == "technology"
    tab = Visitor(desk, "cleo", language).get(f"/cases/{case}", tab="orders").text
    assert "退还功能费" in tab


def test_an_answer_is_not_told_before_it_is_verified(desk: Flask) -> None:
    """The clerk sees that it was answered, not what."""
    case, order = sent(desk)
    Visitor(desk, "dan", "zh").post(f"/tasks/{task_of(desk, order.number)}/completion", **ANSWER)
    tab = Visitor(desk, "cleo", "zh").get(f"/cases/{case}", tab="orders").text
    assert "待核实" in tab
    assert "程序误开" not in tab


def test_nobody_outside_verifies(desk: Flask) -> None:
    """A number in a form that is not one's own work is passed over."""
    _, order = sent(desk)
    Visitor(desk, "dan", "zh").post(f"/tasks/{task_of(desk, order.number)}/completion", **ANSWER)
    Visitor(desk, "cleo", "zh").post("/work-orders", task=[str(task_of(desk, order.number)), "x", "9" * 30])
    with desk.app_context():
        assert session().get_one(UserTask, open_tasks(order.number)[0]).state == "open"
        assert session().scalar(select(Department.code).where(Department.code == "billing_operations"))


@pytest.mark.skipif(not papers.FONTS.is_dir(), reason="the fonts come with ./desk build")
def test_the_order_is_printed_for_those_who_may_see_it(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The department finds the number on it, the case no other case and no answer that nobody verified; a case that never waited has no such paper."""
    case, order = sent(desk)
    other, _ = sent(desk, "13900000203", joined_order=order.number)
    dan = Visitor(desk, "dan", "zh")
    dan.post(f"/tasks/{task_of(desk, order.number)}/claim")
    said: list[Any] = []
    monkeypatch.setattr(
        papers, "typeset", lambda key, content, fonts: said.append(content) or typeset(key, content, fonts)
    )
    answer = dan.client.get(f"/cases/{order.number}/work-orders/{order.number}/paper")
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    assert {case, other} <= set(str(said[-1]["blocks"]).replace("；", " ").replace("'", " ").split())
    assert "13900000203" in str(said[-1])
    dan.post(f"/tasks/{task_of(desk, order.number)}/completion", **ANSWER)
    cleo = Visitor(desk, "cleo", "zh")
    assert cleo.client.get(f"/cases/{case}/work-orders/{order.number}/paper").status_code == 200
    assert other not in str(said[-1])
    assert "程序误开" not in str(said[-1])
    with desk.app_context():
        stranger = begin("13900000201")
    assert cleo.client.get(f"/cases/{stranger}/work-orders/{order.number}/paper").status_code == 404
    assert Visitor(desk, "nora", "zh").client.get(f"/cases/{case}/work-orders/{order.number}/paper").status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_sent_an_order_sees_with_whom_it_is_and_no_more_than_their_case_is_told(
    desk: Flask, language: str
) -> None:
    """The order's address shows the sender department, limit and acts; not the other cases, not an answer that nobody verified."""
    _, order = sent(desk)
    other, _ = sent(desk, "13900000203", joined_order=order.number)
    with desk.app_context(), transaction():
        session().execute(update(UserTask).where(UserTask.business_key == other).values(group="guangda_hall"))
    gina, cleo = Visitor(desk, "gina", language), Visitor(desk, "cleo", language)
    assert order.number in cleo.get("/work-orders").text
    page = cleo.get(cleo.client.get(f"/cases/{order.number}").headers["Location"])
    assert page.status == 200
    assert {"zh": "数据班", "en": "Data team"}[language] in page.text
    assert other not in page.text
    Visitor(desk, "dan", "zh").post(f"/tasks/{task_of(desk, order.number)}/completion", **ANSWER)
    assert "程序误开" not in cleo.get(f"/work-orders/{order.number}").text
    assert other in gina.get(f"/work-orders/{order.number}").text
    assert Visitor(desk, "nora", language).get(f"/work-orders/{order.number}").status == 403
    assert Visitor(desk, "cleo", language).get("/work-orders/GD-none").status == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chase_is_said_refused_in_between_and_stands_on_the_worklist_of_the_department(
    desk: Flask, language: str
) -> None:
    """The button is there for the side that waits alone, and the department is told until it opens the order."""
    _, order = sent(desk)
    cleo, dan = Visitor(desk, "cleo", language), Visitor(desk, "dan", language)
    assert f"/work-orders/{order.number}/chase" not in dan.get(f"/work-orders/{order.number}").text
    assert f"/work-orders/{order.number}/chase" in cleo.get(f"/work-orders/{order.number}").text
    assert cleo.post(f"/work-orders/{order.number}/chase").status == 302
    page = cleo.get(f"/work-orders/{order.number}").text
    assert {"zh": f"已催办工单 {order.number}", "en": f"Work order {order.number} chased"}[language] in page
    assert {"zh": "人工催办", "en": "chased by hand"}[language] in page
    assert cleo.post(f"/work-orders/{order.number}/chase").status == 409
    assert dan.post(f"/work-orders/{order.number}/chase").status == 403
    assert 'id="chases"' in dan.get("/tasks").text
    dan.get(f"/tasks/{task_of(desk, order.number)}")
    assert 'id="chases"' not in dan.get("/tasks").text


@pytest.mark.parametrize(
    ("language", "limit", "anew"),
    [("zh", "仍未办完，则：时限已到", "时限重新计算，至"), ("en", "If not done by ", "The limit begins anew, until")],
)
def test_the_timeline_of_an_order_says_when_its_limit_is_and_that_handing_on_begins_it_anew(
    desk: Flask, language: str, limit: str, anew: str
) -> None:
    """A limit that is set is not told as one that is over."""
    _, order = sent(desk)
    dan = Visitor(desk, "dan", language)
    page = dan.get(f"/cases/{order.number}").text
    assert limit in page
    assert {"zh": "等待：时限已到", "en": "Waits: "}[language] not in page
    assert anew not in page
    handed = {"answer_way": "hand_on", "handed_to": "switching_room", "hand_on_reason": "属交换机出单"}
    assert dan.post(f"/tasks/{task_of(desk, order.number)}/completion", **handed).status == 302
    assert anew in dan.get(f"/cases/{order.number}").text
