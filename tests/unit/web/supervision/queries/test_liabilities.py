"""Supervision lists by person and unit who bears what was given back for our fault."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, running
from models.base import session, transaction
from models.liability import Liability
from models.user_task import UserTask
from office import intake
from office import liabilities as unnamed
from tests.support.actors import CLEO, SAM
from tests.support.visitors import Visitor

pytestmark = pytest.mark.slow


def enter(number: str, amount: int, **named: str) -> None:
    """A liability of a case; without a name it waits for one."""
    bearer = {"bearer": "person", "state": "stands", **named} if named else {"state": "to_name"}
    session().add(Liability(case_number=number, cause="staff", amount=amount, opened_at=engine.now(), **bearer))


@pytest.mark.parametrize(("language", "waiting"), [("zh", "待指明"), ("en", "To be named")])
def test_sums_by_person_and_unit(desk: Flask, language: str, waiting: str) -> None:
    """Two cases of one person are one row, what nobody is named for another; a name leads to its cases alone."""
    with desk.app_context(), transaction():
        enter("AJ-2026-000011", 2000, name="李某", employee="1007", unit="拱北厅")
        enter("AJ-2026-000012", 1550, name="李某", employee="1007", unit="拱北厅")
        enter("AJ-2026-000013", 700)
    page = Visitor(desk, "sam", language).get("/supervision/liability")
    rows = [[cell.text_content() for cell in row.xpath("./td")] for row in page.tree.xpath("//table")[0].xpath(".//tr")]
    sums = [[row[1], row[4], row[5].strip("¥ 元")] for row in rows if row]
    assert sums == [["李某", "2", "35.50"], ["", "1", "7.00"]]
    assert waiting in page.text
    one = Visitor(desk, "sam", language).get("/supervision/liability?name=李某").text
    assert ("AJ-2026-000012" in one, "AJ-2026-000013" in one) == (True, False)


def number_of(case: str) -> int:
    return session().scalars(select(Liability.id).where(Liability.case_number == case)).one()


def test_a_liability_without_a_step_is_named_all_the_same(desk: Flask) -> None:
    """Of a case that has ended or knew no such step: a supervisor begins the step, once, another names, and the ledger says who."""
    with desk.app_context(), transaction():
        enter("AJ-2020-000001", 900)
        enter("AJ-2020-000002", 300, name="李某", employee="1007")
    with desk.app_context():
        waits, named = number_of("AJ-2020-000001"), number_of("AJ-2020-000002")
    sam = Visitor(desk, "sam")
    page = sam.get("/supervision/liability")
    assert page.tree.xpath(f"//form[@action='/supervision/liability/{waits}/naming']")
    assert not page.tree.xpath(f"//form[@action='/supervision/liability/{named}/naming']")
    place = f"/supervision/liability/{waits}/naming"
    assert [sam.post(place).status for _ in range(2)] == [302, 409]
    assert sam.post(f"/supervision/liability/{named}/naming").status == 409
    assert not sam.get("/supervision/liability").tree.xpath(f"//form[@action='{place}']")
    with desk.app_context():
        steps = select(UserTask).where(UserTask.business_key == f"ZR-{waits}", UserTask.state == "open")
        task = session().scalars(steps).one()
        assert (task.element_id, task.group) == ("name_person", "supervisor")
        form = {"unit_kind": "agency", "liable_unit": "香洲代办点"}
        cases.complete(task.id, form=form, by=SAM, at=engine.now())
        running.run_due(engine.now())
        session().expire_all()
        row = session().get(Liability, waits)
        assert row is not None
        assert (row.state, row.name, row.named_by) == ("named", "香洲代办点", "sam")


def test_a_case_under_way_asks_in_its_own_step(app: Flask) -> None:
    """What a case still going on will ask about is not begun beside it."""
    told = {"channel": "counter", "demand": "退", "disputed_amount": 500, "process": "TS-002"}
    taken = intake.Intake(msisdn="13900000202", text="多收彩铃费", overrule_reason="客户坚持", **told)
    case = intake.accept(taken, by=CLEO, at=engine.now())
    with transaction():
        enter(case, 500)
    assert unnamed.without_step([number_of(case)]) == set()
