"""What the desk reports to its supervisor reads in the language of the page, and stays recorded as the process said it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

import engine
from engine import running
from models.base import session, transaction
from models.notice import DepartmentNotice
from models.user_task import UserTask
from office import acts
from tests.support.actors import CLEO, SAM
from tests.support.furnishing import begin
from tests.support.visitors import Page, Visitor


def reported(desk: Flask, subject: str) -> str:
    """The number of a case of which the supervisor was told something under a subject that ends with that number."""
    with desk.app_context(), transaction():
        number = begin("13900000204")
        notice = {"case_number": number, "subject": f"{subject} {number}", "text": "未复述业务名称", "at": engine.now()}
        session().execute(insert(DepartmentNotice).values(key="1:1", department="supervisor", **notice))
    return number


@pytest.mark.parametrize(("language", "said"), [("zh", "投诉原因通报"), ("en", "Report on the cause of a complaint")])
def test_a_subject_is_read_in_the_language_of_the_page(desk: Flask, language: str, said: str) -> None:
    """What the diagram says in it is English; the case is named once, by the link to it."""
    number = reported(desk, "投诉原因通报")
    page = Visitor(desk, "sam", language).get("/supervision")
    (told,) = page.tree.xpath("//*[@class='desk-timeline-text']")
    assert " ".join(told.text_content().split()) == f"{said} {number} 未复述业务名称"


def test_a_subject_without_english_stays(desk: Flask) -> None:
    """A text that no diagram has in English is shown as it was recorded rather than not at all."""
    reported(desk, "别的事")
    assert "别的事" in Visitor(desk, "sam", "en").get("/supervision").text


@pytest.mark.manual("CH1.2")
def test_what_is_past_its_limit_reaches_the_supervisor_once(desk: Flask) -> None:
    """A limit that passes is reported by the desk itself, however often the clock comes round, with a way to the case."""
    with desk.app_context():
        with transaction():
            number = begin("13900000204")
        late = engine.now() + timedelta(days=4)
        reports = [_rounds(late, number), _rounds(late, number)]
    assert reports[0] == reports[1] > 0
    page = Visitor(desk, "sam").get("/supervision")
    assert page.tree.xpath(f"//main//a[@href='/cases/{number}']")


@pytest.mark.manual("CH1.2")
def test_a_report_is_red_only_while_something_is_to_be_done(desk: Flask) -> None:
    """A request that has been answered says so and is red no longer; what is late and not done stays red until it is done."""
    with desk.app_context():
        with transaction():
            number = begin("13900000204")
        until = (engine.now() + timedelta(days=3)).date()
        acts.ask_extension(number, until=until, reason="情况复杂，等交换中心的话单", by=CLEO, at=engine.now())
    page = Visitor(desk, "sam")
    assert marks(page.get("/supervision")) == [("申请延期", "待批准", True)]
    with desk.app_context():
        acts.refuse(number, 1, reason="话单已经到了，不用延期", by=SAM, at=engine.now())
    assert marks(page.get("/supervision")) == [("申请延期", "未获同意", False)]
    with desk.app_context():
        while running.run_due(engine.now() + timedelta(days=4)):
            pass
        late = select(func.count()).where(DepartmentNotice.subject == "deadline_missed")
        assert session().scalar(late)
    assert ("超过时限", "还没有办", True) in marks(page.get("/supervision"))
    with desk.app_context(), transaction():
        session().execute(update(UserTask).values(state="completed"))
    assert ("超过时限", "已办", False) in marks(page.get("/supervision"))


def marks(page: Page) -> list[tuple[str, str, bool]]:
    """Of every report: its first words, how it stands, and whether it is red."""
    rows = page.tree.xpath("//ol[@class='desk-timeline']/li")
    words = [" ".join(row.xpath("string(.//div)").split()).split(" ")[0] for row in rows]
    return [
        (word, " ".join(row.xpath("string(.//*[@class='desk-badge'])").split()), row.get("class") == "is-problem")
        for word, row in zip(words, rows, strict=True)
    ]


def _rounds(at: datetime, number: str) -> int:
    """Let everything happen that is due; how often the supervisor has then been told of a missed limit of the case."""
    while running.run_due(at):
        pass
    told = select(func.count()).where(
        DepartmentNotice.case_number == number, DepartmentNotice.subject == "deadline_missed"
    )
    return session().scalar(told) or 0
