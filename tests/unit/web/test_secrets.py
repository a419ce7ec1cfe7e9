"""A recharge card's PIN is used once and shown to nobody: not on a page, not to a program, not in the record, not when the card is asked for again."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, proof
from models.base import session
from models.entry import HistoryEntry
from office import intake, secret_fields, tokens
from tests.support.actors import CLEO
from tests.support.furnishing import open_tasks
from tests.support.visitors import Caller, Visitor

PIN = "90817263"
GUS = engine.Actor("gus", frozenset({"guangda_hall"}), frozenset({"clerk"}))
pytestmark = pytest.mark.slow


@pytest.fixture
def case(desk: Flask) -> int:
    """A case in which a PIN was entered and refused, so that it is asked for again."""
    with desk.app_context():
        begun = cases.start(
            "TS-004",
            business_key="AJ-1",
            variables={"msisdn": "13900000201", "case_number": "AJ-1", "complaint_text": "x"},
            by=CLEO,
            at=engine.now(),
        )
        form = {"card_check": "query", "serial": "K1", "pin": PIN}
        cases.complete(begun.user_task_ids[0], form=form, by=GUS, at=engine.now(), despite={"unknown_card"})
        assert PIN in str(proof.entries(begun.instance_id))
        return begun.instance_id


def test_no_page_shows_it(desk: Flask, case: int) -> None:
    """Case, replay, and every task that comes after it; the field is empty when it is asked for again."""
    sam = Visitor(desk, "sam")
    with desk.app_context():
        tasks = [
            step["token"]
            for entry in proof.entries(case)
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


def refused_at(desk: Flask, code: str, serial: str = "K-NONE") -> tuple[int, Visitor, str]:
    """A step whose PIN was refused, who typed it, and what the page carries of it."""
    with desk.app_context():
        told = {"channel": "counter", "process": "TS-004", "overrule_reason": "客户要求"}
        taken = intake.Intake(msisdn="13900000202", text="充值没有到帐", **told)
        task = open_tasks(intake.accept(taken, by=CLEO, at=engine.now(), key=""))[0]
    gina = Visitor(desk, "gina")
    page = gina.post(f"/tasks/{task}/completion", card_check="query", serial=serial, pin=PIN)
    assert (page.status, page.tree.xpath("//button[@name='despite']/@value"), PIN in page.text) == (422, [code], False)
    return task, gina, page.tree.xpath("//input[@name='taken_secrets']/@value")[0]


def test_it_is_not_asked_for_where_its_refusal_is_recorded(desk: Flask) -> None:
    """The button records what was refused, with the PIN that was; the page carries it sealed, and no field has to be filled in."""
    task, gina, carried = refused_at(desk, "unknown_card")
    assert PIN not in str(base64.urlsafe_b64decode(carried))
    form = {"card_check": "query", "serial": "K-NONE", "pin": ""}
    kept = gina.post(f"/tasks/{task}/completion", **form, despite="unknown_card", taken_secrets=carried)
    assert kept.status == 302


def test_it_is_asked_for_again_of_anybody_else_and_later(desk: Flask) -> None:
    """What a page carries is good for its own step and person, for an hour, and only to record a refusal."""
    task, gina, carried = refused_at(desk, "unknown_card")
    form = {"card_check": "query", "serial": "K-NONE", "pin": "", "taken_secrets": carried}
    place = f"/tasks/{task}/completion"
    assert gina.post(place, **form).beside("pin") == "请填写这一项。"
    other, gina, _ = refused_at(desk, "unknown_card")
    assert gina.post(f"/tasks/{other}/completion", **form, despite="unknown_card").status == 422
    for broken in ("", "x", "AAAA"):
        assert gina.post(place, **{**form, "taken_secrets": broken}, despite="unknown_card").status == 422
    with desk.app_context():
        old = engine.now() - secret_fields.FOR
        late = secret_fields.sealed(task, {"pin": PIN}, {"pin"}, user="gina", at=old)
        theirs = secret_fields.sealed(task, {"pin": PIN}, {"pin"}, user="cleo", at=engine.now())
    for carried in (late, theirs):
        assert gina.post(place, **{**form, "taken_secrets": carried}, despite="unknown_card").status == 422
