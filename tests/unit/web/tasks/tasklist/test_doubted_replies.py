"""A reply that names other amounts than were given is shown beside what was given, and goes out once it is confirmed."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from office import tokens
from tests.support.furnishing import CASH, JUDGED, PAID, begin, complete, open_tasks
from tests.support.visitors import Caller, Visitor

pytestmark = pytest.mark.slow

MSISDN = "13900000201"
REPLY = {"reply_channel": "counter", "resolution": "已退还 80 元"}


def test_the_page_asks_and_the_case_says_that_it_asked(desk: Flask) -> None:
    """What was typed stays, what was given stands beside it, the button confirms, and the case tells who confirmed."""
    with desk.app_context():
        case = begin(MSISDN)
        for form in (JUDGED, CASH, PAID):
            complete(open_tasks(case)[0], form)
        (task,) = open_tasks(case)
    cleo = Visitor(desk, "cleo")
    assert cleo.get(f"/tasks/{task}").tree.xpath("//*[@id='doubted']") == []
    page = cleo.post(f"/tasks/{task}/completion", **REPLY)
    assert (page.status, page.typed("resolution")) == (422, REPLY["resolution"])
    assert ("80.00" in page.text, "88.00" in page.text) == (True, True)
    (code,) = page.tree.xpath("//*[@id='doubted']//button[@name='despite']/@value")
    assert cleo.post(f"/tasks/{task}/completion", **REPLY, despite=code).status == 302
    assert "已提示并确认" in cleo.get(f"/cases/{case}").text


def test_a_program_is_told_the_code_with_which_it_confirms(desk: Flask) -> None:
    """The API refuses with the field, the code and both amounts, and takes the same answer with the code."""
    with desk.app_context():
        case = begin(MSISDN)
        for form in (JUDGED, CASH, PAID):
            complete(open_tasks(case)[0], form)
        (task,) = open_tasks(case)
        program = Caller(desk.test_client(), tokens.create("cleo", at=engine.now()))
    refused = program.post(f"/tasks/{task}/completion", {"form": REPLY})
    (reason,) = refused.json["reasons"]["resolution"]
    assert (refused.status_code, refused.json["code"], reason["code"]) == (422, "Doubted", "amount_not_given")
    assert reason["values"] == {"amounts": [8000], "given": [8800]}
    done = program.post(f"/tasks/{task}/completion", {"form": REPLY, "despite": [reason["code"]]})
    assert done.status_code == 200
