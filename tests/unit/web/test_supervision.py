"""What the desk reports to its supervisor reads in the language of the page, and stays recorded as the process said it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert

import engine
from models.base import session, transaction
from models.notice import DepartmentNotice
from tests.furnishing import begin
from tests.visitors import Visitor


def reported(desk: Flask, subject: str) -> str:
    """The number of a case of which the supervisor was told something under a subject that ends with that number."""
    with desk.app_context(), transaction():
        number = begin("13900000204")
        notice = {"case_number": number, "subject": f"{subject} {number}", "text": "未复述业务名称", "at": engine.now()}
        session().execute(insert(DepartmentNotice).values(key="1:1", department="supervisor", **notice))
    return number


@pytest.mark.parametrize(("language", "said"), [("zh", "投诉原因通报"), ("en", "Report on the cause of a complaint")])
def test_a_subject_is_read_in_the_language_of_the_page(desk: Flask, language: str, said: str) -> None:
    """What the diagram says in it is English, the number in it is the one recorded."""
    number = reported(desk, "投诉原因通报")
    assert f"{said} {number} <a" in Visitor(desk, "sam", language).get("/supervision").text


def test_a_subject_without_english_stays(desk: Flask) -> None:
    """A text that no diagram has in English is shown as it was recorded rather than not at all."""
    reported(desk, "别的事")
    assert "别的事" in Visitor(desk, "sam", "en").get("/supervision").text
