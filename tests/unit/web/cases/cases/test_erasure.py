"""Having personal data erased, as a supervisor does it: asked why, told what goes, and afterwards nothing of the customer is left to be read."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

import engine
from engine import cases, proof, runtime
from engine.definitions import Definition
from models.base import Base, session, transaction
from models.billing import Refund
from models.comment import Comment
from models.complaint import Complaint
from models.instance import CaseKey, ProcessInstance
from models.notice import DepartmentNotice, OutboxMessage
from office import erasure, intake, replies, verification
from tests.support.actors import CLEO, SAM
from tests.support.visitors import Visitor

NUMBER, WORDS, WHY = "13900000201", "我是甲某某", "客户要求删除"
pytestmark = pytest.mark.slow


@pytest.fixture
def case(desk: Flask) -> str:
    """A closed case with words, a remark, a message and a notice that name the customer."""
    with desk.app_context():
        return _closed()


def _closed() -> str:
    taken = intake.Intake(msisdn=NUMBER, text=WORDS, process="TS-002", channel="counter", demand=f"打 {NUMBER}")
    number = intake.accept(taken, by=CLEO, at=engine.now())
    replies.send(number, "甲先生请稍候", key="", by=CLEO, at=engine.now())
    with transaction():
        at = engine.now()
        session().execute(insert(Comment).values(case_number=number, user="cleo", at=at, text=WORDS))
        noted = {"department": "service_hall", "case_number": number, "subject": WORDS, "text": NUMBER, "at": at}
        session().execute(insert(DepartmentNotice).values(key="n", **noted))
        session().execute(update(Refund).values(case_number=number))
    cases.cancel(instance(number), reason="重复", by=SAM, at=engine.now() + timedelta(seconds=1))
    return number


def instance(number: str) -> int:
    """The instance of a case."""
    found = session().scalars(select(ProcessInstance.id).where(ProcessInstance.business_key == number)).one()
    session().rollback()
    return found


def erased(desk: Flask, case: str) -> bool:
    """Whether the history tells of an erasure."""
    with desk.app_context():
        return proof.history_of(instance(case)).is_erased


def test_nothing_of_the_customer_is_left(desk: Flask, case: str) -> None:
    """No table beside the customer's own holds words or number of the case; the page says what happened; everything verifies."""
    sam = Visitor(desk, "sam")
    page = sam.get(f"/cases/{case}").text
    assert "删除个人信息" in page
    assert sam.post(f"/cases/{case}/erasure", reason=WHY).status == 302
    told = "".join(sam.get(f"/cases/{case}", tab=tab).text for tab in ("timeline", "messages", "diagram", "money"))
    assert WHY in told
    assert [word for word in (NUMBER, WORDS, "甲先生", "139****0201") if word in told] == []
    for path in (f"/cases/{case}/replay", f"/cases/{case}/history.json", "/cases"):
        assert sam.get(path).status == 200
    assert "个人信息已由" in sam.get(f"/cases/{case}/replay").text
    with desk.app_context():
        for table in ("comment", "outbox_message"):
            assert session().execute(select(Base.metadata.tables[table])).all() == []
        left = session().scalars(select(Complaint).where(Complaint.case_number == case)).one()
        assert (left.msisdn, left.text_sealed, left.demand, left.customer_id) == (None, None, "", None)
        verdict = verification.verify(instance(case))
        assert (verdict.ok, verdict.erasure and verdict.erasure.reason) == (True, WHY)
        assert verification.verify_office() == []


def test_a_reason_is_asked_for(desk: Flask, case: str) -> None:
    """Without one nothing is erased, and the field says so."""
    answer = Visitor(desk, "sam", "en").post(f"/cases/{case}/erasure", reason="  ")
    assert answer.status == 422
    assert 'id="field-reason"' in answer.text
    assert not erased(desk, case)


@pytest.mark.parametrize("who", ["cleo", "ada"])
def test_others_neither_see_nor_do_it(desk: Flask, case: str, who: str) -> None:
    """The action is not offered, and asking for it all the same is refused."""
    visitor = Visitor(desk, who)
    assert "/erasure" not in visitor.get(f"/cases/{case}").text
    assert visitor.post(f"/cases/{case}/erasure", reason=WHY).status == 403
    assert not erased(desk, case)


def test_what_came_back_is_found(desk: Flask, case: str) -> None:
    """A row that a backup brought back after the erasure is a deviation of the case."""
    with desk.app_context():
        erasure.erase(instance(case), reason=WHY, by=SAM, at=engine.now())
        with transaction():
            session().execute(update(Complaint).where(Complaint.case_number == case).values(msisdn=NUMBER))
        assert [one.what.split()[0] for one in verification.verify(instance(case)).deviations] == ["complaint.msisdn"]


BEYOND = {
    "bank_payment",
    "recharge_card",
    "stocked_card",
}  # vouchers, kept as the books are: docs/explanation/readings.md


def test_every_copy_is_known() -> None:
    """A table that holds something personal of a case is either emptied with it or belongs to the customer beyond the case."""
    emptied = {copy.model.__tablename__: set(copy.emptied) for copy in erasure.COPIES}
    for table in Base.metadata.sorted_tables:
        personal = {column.name for column in table.columns if column.info.get("personal")}
        if personal and "case_number" in table.columns and table.name not in BEYOND:
            assert table.name in emptied, table.name
            assert not emptied[table.name] or personal <= emptied[table.name], table.name
    assert OutboxMessage.__tablename__ in emptied


def test_nobody_types_why_an_incident_was_settled() -> None:
    """It stands in the record in clear and stays there, so it has to be a word of ours: the one page that settles any takes none from its form."""
    root = Path(erasure.__file__).parents[1]
    places = [
        file
        for part in ("web", "office", "service_tasks")
        for file in (root / part).rglob("*.py")
        if re.search(r"\bcases\.resolve\(", file.read_text(encoding="utf-8"))
    ]
    assert [str(file.relative_to(root)) for file in places] == ["web/operations/incidents.py"]
    assert "request.form" not in places[0].read_text(encoding="utf-8")


def test_a_reason_names_no_number(desk: Flask, case: str) -> None:
    """It stays for ever, so it is refused beside its field, in words, with what was typed; nothing is erased."""
    answer = Visitor(desk, "sam", "en").post(f"/cases/{case}/erasure", reason="身份证 330106199001011234")
    assert (answer.status, "write it without" in answer.text, "330106199001011234" in answer.text) == (422, True, True)
    assert not erased(desk, case)


def test_what_an_earlier_version_left_in_clear_is_said_and_shown_no_more(desk: Flask, monkeypatch: Any) -> None:
    """Nothing can be taken out of what is signed: the panel says so, and afterwards no page and no export shows it."""
    said = "户主是乙某某"
    with desk.app_context():
        with monkeypatch.context() as before:
            before.setattr(Definition, "private", property(lambda _: runtime.Personal(frozenset())))
            taken = intake.Intake(msisdn=NUMBER, text=said, process="TS-002", channel="counter", overrule_reason="要求")
            number = intake.accept(taken, by=CLEO, at=engine.now())
        cases.cancel(instance(number), reason="重复", by=SAM, at=engine.now())
    sam, ada = Visitor(desk, "sam", "en"), Visitor(desk, "ada", "en")
    assert "without sealing them" in sam.get(f"/cases/{number}").text
    assert sam.post(f"/cases/{number}/erasure", reason=WHY).status == 302
    for visitor, path in ((sam, ""), (sam, "/replay"), (ada, "/replay"), (ada, "/history.json?personal=1")):
        assert said not in visitor.client.get(f"/cases/{number}{path}").get_data(as_text=True), path
    with desk.app_context():
        assert verification.verify(instance(number)).deviations == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_says_when_and_keeps_the_number_of_the_case(desk: Flask, case: str, language: str) -> None:
    """Where number and result stood it says since when they are gone, in the list and on the page of the case; the case is found by its number."""
    with desk.app_context():
        erasure.erase(instance(case), reason=WHY, by=SAM, at=engine.now())
    told = {"zh": "已清除", "en": "erased"}[language]
    sam = Visitor(desk, "sam", language)
    (row,) = [one for one in sam.get("/cases").tree.xpath("//main//tbody/tr") if case in one.text_content()]
    number, result = row.xpath("./td")[1].text_content(), row.xpath("./td")[-1].text_content()
    assert (told in number, bool(row.xpath(".//time")), result) == (True, True, "")
    facts = sam.get(f"/cases/{case}").tree.xpath("//aside//dd[contains(@class, 'desk-mono')] | //aside//dd")
    assert sum(told in one.text_content() for one in facts) == 2


def test_nothing_in_clear_outlives_the_key(desk: Flask, case: str) -> None:
    """A case whose key is gone without an erasure shows nothing of the customer, although its row still holds it, and says what is wrong."""
    with desk.app_context():
        id = instance(case)
        with transaction():
            session().execute(update(Complaint).where(Complaint.case_number == case).values(resolution=f"退 {WORDS}"))
            session().execute(delete(CaseKey).where(CaseKey.instance_id == id))
    for who in ("sam", "cleo", "ada"):
        visitor = Visitor(desk, who, "en")
        (row,) = [one for one in visitor.get("/cases").tree.xpath("//main//tbody/tr") if case in one.text_content()]
        assert "the key of this case is missing" in row.text_content()
        tabs = [
            visitor.get(f"/cases/{case}", tab=tab).text for tab in ("timeline", "messages", "money", "acts", "diagram")
        ]
        for page in (row.text_content(), *tabs, visitor.get(f"/cases/{case}/replay").text):
            assert [word for word in (NUMBER, WORDS, "139****0201") if word in page] == []
