"""What is printed for a customer of the charges and calls in question, and what stays off the paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

import engine
from models.base import transaction
from office import fixtures
from service_tasks.gateway.listing import Listed
from tests.support.furnishing import JUDGED, begin, complete, open_tasks
from tests.support.visitors import Page, Visitor
from web.tasks.queries import proof

pytestmark = pytest.mark.slow
NUMBER = "13600000078"


@pytest.fixture
def page(desk: Flask) -> Page:
    """The evidence of a case about a number with a bill and two calls, one of them asked for."""
    with desk.app_context():
        day = engine.now() - timedelta(days=3)
        items = [{"kind": "call", "text": "通话费", "amount": 120}]
        given = {"msisdn": NUMBER, "bill": {"period": "2026-10", "paid": True, "items": items}}
        calls = [
            {"msisdn": NUMBER, "start": day + timedelta(hours=n), "duration_s": 2, "other_party": party, "basic": 60}
            for n, party in enumerate(("13712345678", "07561234567"))
        ]
        with transaction():
            fixtures.build({"subscriptions": [given], "cdrs": calls}, at=engine.now())
        case = begin(NUMBER)
        complete(open_tasks(case)[0], JUDGED)
        (task,) = open_tasks(case)
    visitor = Visitor(desk, "cleo", "zh")
    first = visitor.get(f"/tasks/{task}/evidence")
    (line, *_) = first.tree.xpath("//input[@name='line'][starts-with(@value, 'call:')]/@value")
    return visitor.get(f"/tasks/{task}/evidence?line={line}")


def test_the_numbers_of_others_are_shown_in_part(page: Page) -> None:
    """The paper goes to the customer; whom somebody else is is nobody's on paper."""
    assert (NUMBER in page.text, "137****5678" in page.text) == (True, True)
    assert [one for one in ("13712345678", "07561234567") if one in page.text] == []


def test_only_what_is_asked_for_is_printed(page: Page) -> None:
    """One call stays on the paper; the other, and the bill, are for the screen."""
    rows = page.tree.xpath("//tbody/tr[not(contains(@class, 'desk-noprint'))]")
    assert len(rows) == 1
    assert "137****5678" in rows[0].text_content()
    assert len(page.tree.xpath("//section[contains(@class, 'desk-noprint')]")) == 1


def test_a_site_is_named_and_no_number(app: Flask) -> None:
    """The name of a site is no telephone number, however long it is; a number is one, however it is written."""
    names = {
        "梦网短信天气预报服务": "梦网短信天气预报服务",
        "Sina 163 Weather": "Sina 163 Weather",
        "0756 1234567": "075****4567",
    }
    names |= {"10658": "10****", "+86 13712345678": "137****5678"}
    assert {
        text: proof.mask_number(Listed(group="fee", line="information-fee:1", text=text)).text for text in names
    } == names


def test_times_on_the_paper_are_those_of_a_clock(page: Page) -> None:
    """No offset of a computer, and no today: the paper is read on another day."""
    (when,) = page.tree.xpath("//tbody/tr[not(contains(@class, 'desk-noprint'))]/td[2]/text()")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", when)
    assert ("+0800" in page.text, "今天" in page.text) == (False, False)


def test_who_did_the_step_is_told_that_it_is_done(desk: Flask) -> None:
    """The page that stood open is no secret of theirs all at once; nor are there bills where there are none."""
    with desk.app_context():
        with transaction():
            fixtures.build({"subscriptions": [{"msisdn": NUMBER}]}, at=engine.now())
        (task,) = open_tasks(begin(NUMBER))
    cleo = Visitor(desk, "cleo", "zh")
    empty = cleo.get(f"/tasks/{task}/evidence").text
    assert ("没有可打印的内容" in empty, "最近的帐单" in empty) == (True, False)
    with desk.app_context():
        complete(task, JUDGED)
    done = cleo.get(f"/tasks/{task}/evidence")
    assert (done.status, "已经办完" in done.text) == (409, True)
    assert Visitor(desk, "nora", "zh").get(f"/tasks/{task}/evidence").status == 403
