"""Disputed lines are picked beside a step: what a page offers, what it sends, and what is told when a line cannot be had."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select

import engine
from models.base import session, transaction
from models.lines import LineClaim
from models.user_task import UserTask
from office import fixtures, tokens
from tests.people import CLEO
from tests.visitors import Caller, Visitor
from web.queries import picking

NUMBER = "13600000077"
ITEMS = [
    {"kind": "monthly_fee", "text": "月租费", "amount": 5000},
    {"kind": "call", "text": "通话费", "amount": 300_000},
]
ASKED = {"refund_kind": "charge", "receipt_held": "yes", "repayment_method": "cash"}
JUDGED = {"finding": "technology", "finding_note": "计费差错", "disputed_amount": "1.00"}


def build(calls: int) -> None:
    """A customer with a bill, its receipt and as many calls."""
    at = engine.now()
    day = at.replace(day=1) - timedelta(days=10)
    bill = {"period": f"{day:%Y-%m}", "paid": True, "items": ITEMS}
    given = {"msisdn": NUMBER, "bill": bill, "receipts": [{"number": "SJ-77", "kind": "charge", "amount": 305_000}]}
    cdrs = [
        {
            "msisdn": NUMBER,
            "start": day + timedelta(minutes=n),
            "duration_s": n % 60,
            "other_party": f"0756{n:07d}",
            "basic": 40,
        }
        for n in range(calls)
    ]
    with transaction():
        fixtures.build({"subscriptions": [given], "cdrs": cdrs}, at=at)


def asked(case: str = "AJ-2026-990001") -> int:
    """The task at which lines are picked, of a new case about the number."""
    given = {
        "case_number": case,
        "msisdn": NUMBER,
        "complaint_text": "多收",
        "channel": "counter",
        "disputed_amount": 100,
    }
    variables: dict[str, Any] = {**given, "demand": "退", "repeated": False}
    begun = engine.start("TS-002", business_key=case, variables=variables, by=CLEO, at=engine.now())
    return engine.complete(begun.user_task_ids[0], form=JUDGED, by=CLEO, at=engine.now()).user_task_ids[0]


def item(number: int) -> str:
    """The address of an item of the last bill."""
    (found,) = {one.period for one in picking.of({"msisdn": NUMBER}).bills}
    return f"bill-item:{found}:{number}"


def claimed(case: str) -> list[tuple[int, str]]:
    """What a case has of lines: fen and why only a part."""
    rows = session().execute(select(LineClaim.amount, LineClaim.reason).where(LineClaim.case_number == case))
    return sorted((*row,) for row in rows)


def test_a_page_of_three_thousand_calls(app: Flask) -> None:
    """Fifty rows are shown, whole groups can be ticked, and no more is asked of the database than for three calls."""
    build(3000)
    task, cleo, sent = asked(), Visitor(app, "cleo").client, []
    cleo.get(f"/tasks/{task}")
    bind = app.extensions["sqlalchemy"].engine
    event.listen(bind, "before_cursor_execute", lambda *given: sent.append(given[2]))
    page = cleo.get(f"/tasks/{task}").get_data(as_text=True)
    assert len([one for one in sent if one.startswith("SELECT")]) <= 18
    assert len(re.findall(r'value="call:\d+ ', page)) == picking.MOST_SHOWN
    assert "全部 200 项：3 秒及以内的通话" in page
    assert len(page) < 200_000


def test_what_is_sought_is_shown_and_what_was_ticked_stays(app: Flask) -> None:
    """The search works without a script: the page comes back with the calls found and everything that was typed."""
    build(100)
    task = asked()
    form = {"disputed_lines": f"{item(1)} 50.00", "disputed_lines@find": "07560000007", **ASKED}
    page = Visitor(app, "cleo").client.post(f"/tasks/{task}/lines", data=form).get_data(as_text=True)
    assert len(re.findall(r'value="call:\d+ ', page)) == 1
    assert re.search(rf'value="{item(1)} 50.00" checked', page)
    assert re.search(r'name="refund_kind" value="charge" checked', page)


def test_a_group_is_ticked_as_a_whole_and_parts_have_their_amount(app: Flask) -> None:
    """All short calls with one box, and a part of a bill item with its reason, are reserved for the case."""
    build(100)
    task = asked()
    form = {
        "disputed_lines": f"{item(1)} 50.00",
        f"disputed_lines@{item(1)}": "20.00",
        f"disputed_lines@{item(1)}@why": "前五天未用",
        f"disputed_lines@{item(2)}": "3000.00",
        "disputed_lines@all": "short",
        **ASKED,
    }
    answer = Visitor(app, "cleo").client.post(f"/tasks/{task}/completion", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert claimed("AJ-2026-990001") == [(40, "")] * 8 + [(2000, "前五天未用")]


def test_a_line_of_another_case_is_told_at_the_field(app: Flask) -> None:
    """The second case hears in words which case has the line and what is left, and nothing typed is lost."""
    build(0)
    form = {"disputed_lines": [f"{item(1)} 48.00 部分"], **ASKED}
    engine.complete(asked("AJ-2026-990001"), form=form, by=CLEO, at=engine.now())
    money = Visitor(app, "cleo").client.get("/cases/AJ-2026-990001?tab=money").get_data(as_text=True)
    assert [word for word in ("帐单第 1 项", "48.00 元", "已登记", "部分") if word not in money] == []
    task = asked("AJ-2026-990002")
    answer = Visitor(app, "cleo").client.post(
        f"/tasks/{task}/completion", data={"disputed_lines": f"{item(1)} 50.00", **ASKED}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "已在投诉 AJ-2026-990001 中：共 50.00 元，还剩 2.00 元" in page
    assert session().get_one(UserTask, task).state == "open"


def test_the_end_of_a_case_frees_what_it_had_in_reserve(app: Flask) -> None:
    """A case that ends without money leaves its lines to the next."""
    build(0)
    line = [f"{item(1)} 50.00"]
    given = {"disputed_lines": line, **ASKED, "receipt_held": "no"}
    proposed = engine.complete(asked(), form=given, by=CLEO, at=engine.now()).user_task_ids[0]
    refusal = engine.complete(proposed, form={"proposal_answer": "declines"}, by=CLEO, at=engine.now())
    assert claimed("AJ-2026-990001") == [(5000, "")]
    told = {"resolution": "请带票据再来", "reply_channel": "counter"}
    engine.complete(refusal.user_task_ids[0], form=told, by=CLEO, at=engine.now())
    assert claimed("AJ-2026-990001") == []


def test_the_api_offers_lines_and_takes_them(app: Flask) -> None:
    """A program picks what a person can pick."""
    build(3)
    task, cleo = asked(), Caller(app.test_client(), tokens.create("cleo", at=engine.now()))
    told: Any = cleo.get(f"/tasks/{task}").json
    fields = {one["key"]: one for one in told["form"]}
    offered = {one["line"]: one for one in fields["disputed_lines"]["lines"]}
    assert (offered[item(1)]["left"], offered[item(1)]["text"], len(offered)) == (5000, "月租费", 5)
    picked = [{"line": item(1), "amount": "20.00", "reason": "部分"}]
    form = {"disputed_lines": picked, **ASKED}
    answer = cleo.post(f"/tasks/{task}/completion", {"form": form})
    assert answer.status_code == 200, answer.json
    assert claimed("AJ-2026-990001") == [(2000, "部分")]


GONE = "13600000078"


def registered(case: str) -> int:
    """The task at which orphan fees are registered: of a new case of one number about the fees of another that was cancelled."""
    at = engine.now()
    given = {"case_number": case, "msisdn": NUMBER, "complaint_text": "销号还收费", "channel": "counter"}
    variables: dict[str, Any] = {**given, "disputed_amount": 800, "demand": "退", "repeated": False}
    begun = engine.start("TS-006", business_key=case, variables=variables, by=CLEO, at=at)
    asked_for = {"charged_msisdn": GONE, "number_event": "cancelled", "event_on": f"{at:%Y-%m-%d}", "demand": "退"}
    judged = engine.complete(begun.user_task_ids[0], form=asked_for, by=CLEO, at=at).user_task_ids[0]
    return engine.complete(judged, form={"orphan_confirmed": "yes"}, by=CLEO, at=at).user_task_ids[0]


def test_orphan_fees_are_those_of_the_charged_number_and_given_once(app: Flask) -> None:
    """Only information fees of the number that was charged are offered, ticked beforehand; the next case hears which case has them."""
    build(1)
    at = engine.now()
    day = at.replace(day=1) - timedelta(days=10)
    items = [{"kind": "call", "text": "通话费", "amount": 5000}, {"kind": "monternet", "text": "信息费", "amount": 800}]
    gone = {"state": "cancelled", "reason": "request", "state_since": day - timedelta(days=3)}
    fee = {"kind": "monternet", "information": 800, "service_provider": "新浪", "billed": f"{day:%Y-%m}"}
    number = {"msisdn": GONE, **gone, "bill": {"period": f"{day:%Y-%m}", "items": items}}
    with transaction():
        fixtures.build({"subscriptions": [number], "cdrs": [{"msisdn": GONE, "start": day, **fee}]}, at=at)
    cleo = Caller(app.test_client(), tokens.create("cleo", at=at))
    task = registered("AJ-2026-990001")
    fields: Any = {one["key"]: one for one in cleo.get(f"/tasks/{task}").json["form"]}
    assert len(fields["orphan_lines"]["lines"]) == 2
    (ticked,) = fields["orphan_lines"]["value"]
    assert ticked.startswith("information-fee:")
    engine.complete(task, form={"site": "新浪", "orphan_lines": [ticked]}, by=CLEO, at=at)
    page = Visitor(app, "cleo").client.post(
        f"/tasks/{registered('AJ-2026-990002')}/completion", data={"site": "新浪", "orphan_lines": ticked}
    )
    assert (page.status_code, "AJ-2026-990001" in page.get_data(as_text=True)) == (422, True)
