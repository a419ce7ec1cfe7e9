"""A step that somebody else has to do is told as that: in the worklist, on its page, by the API; and nobody works on their household's number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

import engine
from engine import language
from models.base import session, transaction
from models.identity import HouseholdNumber, User
from models.user_task import UserTask
from office import intake, tokens
from office.demo.staff import employee_number
from service_tasks.zone import ZONE
from tests.support.actors import CLEO, SAM
from tests.support.furnishing import begin, complete, open_tasks
from tests.support.visitors import Caller, Visitor

DISPUTED = {"disputed_amount": "10.00", "demand": "减免", "explained_first": "true"}
JUDGED = {"finding": "charge_right", "finding_note": "收费正确"}
INSISTS = {"resolution": "收费正确", "explanation_accepted": "no", "reply_channel": "counter"}
ASKED = {
    "insistence_reason": "老客户",
    "requested_way": "credit",
    "clerk_opinion": "建议减免",
}
APPROVED = {"reduction_approved": "yes", "approval_opinion": "同意"}


def asked_by(desk: Flask, who: engine.Actor) -> int:
    """A task of TS-001 that waits for a supervisor's approval, everything before it done by one person."""
    with desk.app_context():
        number = begin("13900000103", process="TS-001")
        for form in (DISPUTED, JUDGED, INSISTS, {**ASKED, "disputed_lines": f"{billed_last()} 10.00 半月未用"}):
            complete(open_tasks(number)[0], form, by=who)
        return open_tasks(number)[0]


def billed_last() -> str:
    """The first item on the bill of the month before, which every number of the demo has."""
    today = engine.now().astimezone(ZONE).date()
    return f"bill-item:{today.replace(day=1) - timedelta(days=1):%Y-%m}:1"


def household(desk: Flask, login: str, msisdn: str) -> None:
    with desk.app_context(), transaction():
        session().merge(HouseholdNumber(employee_number=employee_number(login), msisdn=msisdn))


def test_a_supervisor_who_worked_the_counter_is_told_that_the_step_is_not_theirs(desk: Flask) -> None:
    """On the page in words, in the worklist by a mark instead of the button, and the next task is another one."""
    task = asked_by(desk, SAM)
    sam, sue = Visitor(desk, "sam"), Visitor(desk, "sue")
    assert f'action="/tasks/{task}/claim"' not in sam.get("/tasks", group="supervisor").text
    assert "不由您办理" in sam.get("/tasks").text
    page = sam.get(f"/tasks/{task}")
    assert "同一" in page.text
    assert 'id="completion"' not in page.text
    offered = page.tree.xpath("//form[contains(@action, '/assignment')]//option/@value")
    assert ("sue" in offered, "sam" in offered) == (True, False)
    assert sam.post(f"/tasks/{task}/claim").status == 403
    assert sam.post(f"/tasks/{task}/completion", **APPROVED).status == 403
    assert sam.get("/tasks/next").title == "待办"
    assert sue.post(f"/tasks/{task}/completion", **APPROVED).status == 302


def test_the_api_refuses_with_the_reason_and_lists_it_as_not_the_callers(desk: Flask) -> None:
    """A program sees the code at the task and gets it as an answer."""
    task = asked_by(desk, SAM)
    with desk.app_context():
        sam = Caller(desk.test_client(), tokens.create("sam", at=engine.now()))
    listed = {one["id"]: one["barred"] for one in sam.get("/tasks").get_json()["tasks"]}
    assert listed[task] == "FourEyesViolation"
    for path, document in ((f"/tasks/{task}/claim", None), (f"/tasks/{task}", {"form": APPROVED})):
        answer = sam.post(path, document)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "FourEyesViolation")


def test_a_second_log_in_of_the_asker_approves_nothing(desk: Flask) -> None:
    """Two log-ins with one employee number are one person."""
    task = asked_by(desk, SAM)
    with desk.app_context(), transaction():
        session().get_one(User, "sue").employee_number = employee_number("sam")
    assert Visitor(desk, "sue").post(f"/tasks/{task}/completion", **APPROVED).status == 403


def test_nobody_takes_in_a_complaint_of_their_own_household(desk: Flask) -> None:
    """It is said at the number, and nothing typed is lost."""
    household(desk, "cleo", "13900000103")
    cleo = Visitor(desk, "cleo")
    given = {"msisdn": "13900000103", "text": "多收了钱", "channel": "counter", "process": "TS-001", "demand": "退还"}
    page = cleo.post("/intake", **given, action="accept")
    assert page.status == 422
    assert "家庭" in page.beside("msisdn")
    assert page.typed("text") == "多收了钱"
    with desk.app_context(), pytest.raises(language.InvalidForm):
        intake.accept(intake.Intake(**given), by=CLEO, at=engine.now())


@pytest.mark.parametrize("listed", ["13900000103", "13900000104"])
def test_nobody_works_on_a_case_of_their_own_household(desk: Flask, listed: str) -> None:
    """Neither on a number that is listed, nor on another one of the same holder."""
    with desk.app_context(), transaction():
        of_same_holder()
        (task,) = open_tasks(begin("13900000103", process="TS-001"))
    household(desk, "cora", listed)
    cora = Visitor(desk, "cora")
    assert "家庭" in cora.get(f"/tasks/{task}").text
    refused = [cora.post(f"/tasks/{task}/claim"), cora.post(f"/tasks/{task}/completion", **DISPUTED)]
    assert [one.status for one in refused] == [403, 403]
    assert "家庭" in refused[0].text
    with desk.app_context():
        assert session().get_one(UserTask, task).state == "open"
    assert Visitor(desk, "cleo").post(f"/tasks/{task}/claim").status == 302


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("interim-replies", {"told": "正在核对"}),
        ("messages/1/instead", {"channel": "phone"}),
        ("erasure", {"reason": "客户要求"}),
        ("withdrawal", {"reason": "不追究了", "said_by": "customer", "channel": "counter", "tell": "phone"}),
        ("voiding", {"reason": "录错号码", "tell": "nobody"}),
        ("tries", {"channel": "phone"}),
        ("extensions", {"until": "2026-12-01", "reason": "复杂"}),
        ("reversals", {"entry": "1", "reason": "误退"}),
    ],
)
def test_nothing_is_done_to_a_case_of_ones_own_household_beside_its_steps(
    desk: Flask, path: str, form: dict[str, str]
) -> None:
    """Neither answering nor erasing nor any act: each is refused in words, whoever has the right otherwise."""
    with desk.app_context():
        case = begin("13900000103", process="TS-001")
    household(desk, "sam", "13900000103")
    answer = Visitor(desk, "sam").post(f"/cases/{case}/{path}", **form)
    assert (answer.status, "家庭" in answer.text) == (403, True)


def of_same_holder() -> None:
    """13900000103 and 13900000104 belong to one customer."""
    from models.customer import Subscription

    found: dict[str, Any] = {row.msisdn: row for row in session().query(Subscription)}
    found["13900000104"].customer_id = found["13900000103"].customer_id
