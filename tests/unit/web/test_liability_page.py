"""Supervision lists by person and unit who bears what was given back for our fault."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from models.base import session, transaction
from models.liability import Liability
from tests.visitors import Visitor

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
