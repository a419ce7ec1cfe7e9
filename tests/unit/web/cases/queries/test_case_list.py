"""The list of cases finds who did anything and what was gone through, and cases that are no complaints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, proof
from models.base import session
from models.user_task import UserTask
from office import batches, exports
from tests.support.actors import CLEO
from tests.support.furnishing import CASH, JUDGED, PAID, ask_for_time, begin, complete, instance_of, open_tasks
from tests.support.visitors import Visitor

CORA = engine.Actor("cora", CLEO.groups, CLEO.roles)


@pytest.fixture
def desk(any_desk: Flask) -> Flask:
    """What is found is found on both databases."""
    return any_desk


def paid_back(desk: Flask) -> tuple[str, set[str]]:
    """A case whose repayment a clerk could authorise alone, and the processes that were called in it without a step of a person."""
    with desk.app_context():
        number = begin("13900000201")
        for form in (JUDGED, CASH, PAID):
            complete(open_tasks(number)[0], form)
        id = instance_of(number)
        steps: list[Any] = [step for entry in proof.entries(id) for step in entry.steps]
        callees = {step["process"] for step in steps if step["type"] == "call_entered"}
        stood = set(session().scalars(select(UserTask.process_key).where(UserTask.instance_id == id)))
        return number, callees - stood


def test_a_process_finds_every_case_that_ran_through_it(desk: Flask) -> None:
    """Also where it was called and no person had a step in it: in the list, in the event log, and for nobody else's process."""
    number, alone = paid_back(desk)
    assert alone
    ada = Visitor(desk, "ada", language="en")
    for key in sorted(alone):
        assert number in ada.get(f"/cases?process={key}").text
    assert number not in ada.get("/cases?process=TS-008").text
    with desk.app_context():
        assert all(exports.count(exports.Wanted(process=key)) == 1 for key in alone)
        assert proof.verify(instance_of(number)) == []


def test_a_colleague_is_found_by_any_act_and_by_name(desk: Flask) -> None:
    """A step that was only taken, and a request beside the diagram, are acts; a log-in and a name find the same; a typing error is told."""
    with desk.app_context():
        number = begin("13900000202")
        cases.claim(open_tasks(number)[0], by=CORA, at=engine.now())
        longer = begin("13900000203")
        ask_for_time(longer, "要等取证")
    ada = Visitor(desk, "ada", language="en")
    for person in ("cora", "sam", "孙敏"):
        page = ada.get("/cases", clerk=person).text
        assert (number in page, longer in page) == (person == "cora", person != "cora"), person
    assert "Nobody works here under the name or login 孙某." in ada.get("/cases", clerk="孙某").text
    assert "孙敏" in ada.get("/cases").tree.xpath("string(//datalist[@id='people'])")


def test_a_batch_is_found_by_its_number_and_its_process(desk: Flask) -> None:
    """It is no complaint and not in the plain list; one exact hit opens, and who may not open it does not find it."""
    with desk.app_context():
        days = (engine.now() + timedelta(days=day) for day in range(31))
        number = next(number for day in days for number in batches.begin_due(day))
        key = session().scalars(select(UserTask.process_key).where(UserTask.business_key == number).limit(1)).first()
    ada = Visitor(desk, "ada", language="en")
    assert number in ada.get(f"/cases?process={key or number}").text
    assert number in ada.get(f"/cases?text={number[:-2]}").text
    assert number in ada.get(f"/cases?text={number}").tree.xpath("string(//h1)")
    assert number not in ada.get("/cases").text
    assert number not in Visitor(desk, "nora").get(f"/cases?text={number[:-2]}").text


def test_a_reply_does_not_end_the_handling(desk: Flask) -> None:
    """List, filter and page say the same of a case that was replied to and is not closed."""
    with desk.app_context():
        number = begin("13900000202")
        assert number
    page = Visitor(desk, "ada", language="en").get("/cases?state=open")
    assert number in page.text
    assert "being handled · replied" in page.tree.xpath("string(//select[@name='state'])")
