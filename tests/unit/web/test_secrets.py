"""A recharge card's PIN is used once and shown to nobody: not on a page, not to a program, not in the record, not when the card is asked for again."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from models.base import session
from models.entry import HistoryEntry
from office import tokens
from tests.people import CLEO
from tests.visitors import Caller, Visitor

PIN = "90817263"
GUS = engine.Actor("gus", frozenset({"guangda_hall"}), frozenset({"clerk"}))
pytestmark = pytest.mark.slow


@pytest.fixture
def case(desk: Flask) -> int:
    """A case in which a PIN was entered and refused, so that it is asked for again."""
    with desk.app_context():
        begun = engine.start(
            "TS-004",
            business_key="AJ-1",
            variables={"msisdn": "13900000201", "case_number": "AJ-1", "complaint_text": "x"},
            by=CLEO,
            at=engine.now(),
        )
        form = {"card_check": "query", "serial": "K1", "pin": PIN}
        engine.complete(begun.user_task_ids[0], form=form, by=GUS, at=engine.now(), despite={"unknown_card"})
        assert PIN in str(engine.entries(begun.instance_id))
        return begun.instance_id


def test_no_page_shows_it(desk: Flask, case: int) -> None:
    """Case, replay, and every task that comes after it; the field is empty when it is asked for again."""
    sam = Visitor(desk, "sam")
    with desk.app_context():
        tasks = [
            step["token"]
            for entry in engine.entries(case)
            for step in entry.steps
            if step["type"] == "user_task_created"
        ]
    pages = [sam.get(f"/tasks/{number}").text for number in range(1, len(tasks) + 1)]
    pages += [sam.get(path).text for path in ("/cases/AJ-1", "/cases/AJ-1?tab=diagram", "/cases/AJ-1/replay")]
    assert [PIN in page for page in pages] == [False] * len(pages)


def test_no_program_gets_it(desk: Flask, case: int) -> None:
    """Entries and tasks through the API."""
    with desk.app_context():
        program = Caller(desk.test_client(), tokens.create("sam", at=engine.now()))
    answers: list[Any] = [program.get(f"/instances/{case}/entries"), program.get(f"/instances/{case}")]
    answers += [program.get(f"/tasks/{task['id']}") for task in answers[1].json["tasks"]]
    assert [PIN in answer.text for answer in answers] == [False] * len(answers)
    assert "(secret)" in answers[0].text


def test_the_record_holds_it_sealed(desk: Flask, case: int) -> None:
    """No body of the history, whatever step speaks of it."""
    with desk.app_context():
        assert [PIN.encode() in body for body in session().scalars(select(HistoryEntry.body))].count(True) == 0
