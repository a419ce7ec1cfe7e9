"""What is printed for a customer of the charges and calls in question, and what stays off the paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

import engine
from models.base import transaction
from office import fixtures
from tests.furnishing import JUDGED, begin, complete, open_tasks
from tests.visitors import Page, Visitor

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
