"""A refusal shows everything that was typed, by the labels of its page, and says why in words that are true."""

from __future__ import annotations

import re

import pytest
from flask import Flask

import engine
from office import tokens
from tests.support.actors import CLEO
from tests.support.furnishing import begin, complete, open_tasks
from tests.support.visitors import Caller, Visitor

TYPED = {"msisdn": "13900000202", "text": "多收了", "channel": "letter", "process": "TS-003", "demand": "退款"}


def typed(visitor: Visitor, place: str, **form: str) -> dict[str, str]:
    """What the answer to a form says was typed, by label."""
    page = visitor.post(place, **form)
    assert page.status in (400, 403)
    pairs = page.tree.xpath("//*[@id='what-was-typed']/div")
    return {pair.findtext("dt"): pair.findtext("dd") for pair in pairs}


def test_who_may_not_loses_no_field(desk: Flask) -> None:
    """Chosen things stand there as the page calls them, beside what was written."""
    told = typed(Visitor(desk, "amy", "en"), "/intake", **TYPED)
    assert told["Came in"] == "by letter"
    assert told["What the customer said"] == "多收了"
    assert told["What the customer wants"] == "退款"
    assert set(told) == {"Number", "Came in", "What the customer said", "What the customer wants", "Process"}
    with desk.app_context():
        case = begin("13900000202")
    assert typed(Visitor(desk, "amy", "en"), f"/cases/{case}/comments", text="备注") == {"Remark": "备注"}


def test_no_way_round_leads_to_a_place_without_a_name(desk: Flask) -> None:
    """A refusal that leads back to the same step over a gateway where flows come together offers nothing; no id is shown as a step."""
    with desk.app_context():
        case = begin("13900000301", process="TS-003")
        complete(open_tasks(case)[0], {"finding": "technology", "finding_note": "多计"}, by=CLEO)
        task = open_tasks(case)[0]
    cleo = Visitor(desk, "cleo")
    page = cleo.post(f"/tasks/{task}/completion", action="monthly_fee", action_amount="30000.00")
    if page.status == 302:
        page = cleo.get(f"/tasks/{task}")
    assert "30000.00" in page.text
    assert "没有可勾选的项目时才填写金额" in page.text
    assert "登记这次退回" not in page.text
    assert "to_settle" not in page.tree.xpath("string(//main//form[@id='completion']/..)")


@pytest.mark.parametrize(
    ("language", "missing", "old"),
    [("en", "without the mark of its page", "open for too long"), ("zh", "页面的标记", "打开太久")],
)
def test_a_page_is_too_old_only_when_it_is(desk: Flask, language: str, missing: str, old: str) -> None:
    """A form without a mark is no old page; one of before another log-in is."""
    cleo = Visitor(desk, "cleo", language)
    desk.config["WTF_CSRF_ENABLED"] = True
    try:
        mark = re.search(r'name="csrf_token" value="([^"]+)"', cleo.get("/intake").text)
        assert mark is not None
        assert missing in cleo.post("/intake", **TYPED).title
        assert missing in cleo.post("/intake", **TYPED, csrf_token="x").title
        with cleo.client.session_transaction() as kept:
            kept["csrf_token"] = "of another log-in"
        assert old in cleo.post("/intake", **TYPED, csrf_token=mark[1]).title
    finally:
        desk.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b'{"variables": {}}', "text/plain"),
        (b"variables=1", "application/x-www-form-urlencoded"),
        (b"[]", "application/json"),
        (b'{"variables": 5}', "application/json"),
    ],
)
def test_a_body_that_is_none_is_told_so(desk: Flask, body: bytes, kind: str, language: str) -> None:
    """Not as if a field had been left empty, and in the language that was asked for."""
    with desk.app_context():
        token = tokens.create("cleo", at=engine.now())
    caller = Caller(desk.test_client(), token, language)
    answer = caller.client.post(
        "/api/v1/processes/CH-002/instances", headers=caller.headers, data=body, content_type=kind
    )
    assert answer.status_code in (400, 422)
    ((field, reasons),) = answer.json["reasons"].items()
    assert field == ("variables" if b"5" in body else "json")
    assert "Please fill" not in reasons[0]["text"]
    assert bool(re.search("[\u4e00-\u9fff]", answer.json["title"] + reasons[0]["text"])) == (language == "zh")
    assert bool(re.search("JSON|object|对象", reasons[0]["text"]))
