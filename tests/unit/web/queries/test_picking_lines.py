"""Disputed lines are picked beside a step: what a page offers, what it sends, and what is told when a line cannot be had."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from werkzeug.datastructures import MultiDict

import engine
from engine import cases, language
from engine.elements.entered import EntryRefused
from models.base import session, transaction
from models.lines import LineClaim
from models.user_task import UserTask
from office import fixtures, tokens
from service_tasks import amounts
from service_tasks.gateway import Effect, LinePart, gateway
from tests.support.actors import CLEO
from tests.support.visitors import Caller, Visitor
from web.queries import filled_form, picking_lines
from web.telling.i18n import moment

NUMBER = "13600000077"
FIELD = language.Field(type="lines", key="disputed_lines")
GUS = engine.Actor("gus", frozenset({"guangda_hall"}), frozenset({"clerk"}))
ITEMS = [
    {"kind": "monthly_fee", "text": "月租费", "amount": 5000},
    {"kind": "call", "text": "通话费", "amount": 300_000},
]
ASKED = {"refund_kind": "charge", "receipt_held": "yes", "repayment_method": "cash"}
JUDGED = {"finding": "technology", "finding_note": "计费差错", "disputed_amount": "1.00"}


def build(calls: int, **charged: int) -> None:
    """A customer with a bill, its receipt and as many calls, `charged` beside their basic charge."""
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
            **charged,
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
    begun = cases.start("TS-002", business_key=case, variables=variables, by=CLEO, at=engine.now())
    return cases.complete(begun.user_task_ids[0], form=JUDGED, by=CLEO, at=engine.now()).user_task_ids[0]


def item(number: int) -> str:
    """The address of an item of the last bill."""
    (found,) = {one.period for one in picking_lines.of({"msisdn": NUMBER}).bills}
    return f"bill-item:{found}:{number}"


def claimed(case: str) -> list[tuple[int, str]]:
    """What a case has of lines: fen and why only a part."""
    rows = session().execute(select(LineClaim.amount, LineClaim.reason).where(LineClaim.case_number == case))
    return sorted((*row,) for row in rows)


def test_a_page_of_three_thousand_calls(app: Flask) -> None:
    """Fifty rows are shown, whole groups can be ticked, and no more is asked of the database than for three calls."""
    build(3000, long_distance=20)
    task, cleo, sent = asked(), Visitor(app, "cleo").client, []
    cleo.get(f"/tasks/{task}")
    bind = app.extensions["sqlalchemy"].engine
    event.listen(bind, "before_cursor_execute", lambda *given: sent.append(given[2]))
    page = cleo.get(f"/tasks/{task}").get_data(as_text=True)
    assert len([one for one in sent if one.startswith("SELECT")]) <= 18
    assert len(re.findall(r'value="call:\d+ ', page)) == picking_lines.MOST_SHOWN
    assert "全部 200 项：3 秒及以内的长途通话" in page
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
    build(100, long_distance=40, basic=0)
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


def test_a_line_that_was_rejected_names_its_case_and_is_offered(app: Flask) -> None:
    """Beside the line stands in which case it was refused and when, in a page and by the API, and it can be ticked all the same."""
    build(0)
    line = item(1)
    subscription = gateway().find(NUMBER)
    assert subscription is not None
    at = engine.now()
    with transaction():
        gateway().reserve(subscription.id, [LinePart(line, 5000)], Effect(key="key:1", at=at, case="AJ-2026-880001"))
        gateway().free_under("AJ-2026-880001", ["key:1"], refused_at=at)
    task = asked()
    page = Visitor(app, "cleo").client.get(f"/tasks/{task}").get_data(as_text=True)
    assert re.search(r"在 .*AJ-2026-880001.* 中不予办理（.*）", page)
    row = page[page.index(f'value="{line} 50.00"') :]
    assert "disabled" not in row[: row.index("</tr>")]
    answer: Any = Caller(app.test_client(), tokens.create("cleo", at=engine.now())).get(f"/tasks/{task}").json
    lines = next(field["lines"] for field in answer["form"] if field["key"] == "disputed_lines")
    offered = next(row for row in lines if row["line"] == line)
    assert (offered["left"], [row["case"] for row in offered["rejected"]]) == (5000, ["AJ-2026-880001"])


@pytest.mark.parametrize("typed", ["0,29", "58,00", "5²", "1e3", "五", "", "2 0"])
def test_an_amount_of_a_line_that_is_none_is_refused(app: Flask, typed: str) -> None:
    """Neither is a comma thrown away, nor is an emptied field all of the line; what was typed stands there again."""
    build(0)
    task = asked()
    form = {"disputed_lines": f"{item(1)} 50.00", f"disputed_lines@{item(1)}": typed, **ASKED}
    answer = Visitor(app, "cleo").post(f"/tasks/{task}/completion", **form)
    assert (answer.status, answer.typed(f"disputed_lines@{item(1)}")) == (422, typed or "50.00")
    assert answer.beside("disputed_lines").endswith("帐单的“月租费”：请填写数字。")
    assert session().get_one(UserTask, task).state == "open"


@pytest.mark.parametrize(("typed", "fen"), [("１，２34.5", 123450), ("¥2 999.00", 299900), ("．58 元", 58)])
def test_an_amount_of_a_line_is_read_as_in_every_field(app: Flask, typed: str, fen: int) -> None:
    """Separators, full-width signs and the yuan around it; the reason behind it stays the reason."""
    build(0)
    form = {"disputed_lines": f"{item(2)} 3000.00", f"disputed_lines@{item(2)}": typed, **ASKED}
    form[f"disputed_lines@{item(2)}@why"] = "只退 3 天"
    answer = Visitor(app, "cleo").client.post(f"/tasks/{asked()}/completion", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert claimed("AJ-2026-990001") == [(fen, "只退 3 天")]


def test_why_a_line_cannot_be_had_is_told_apart(app: Flask) -> None:
    """Ticked twice in this form, more than the line has, or in another case: none of the three is told as another, and a call is named by its time."""
    build(3)
    task, cleo = asked(), Visitor(app, "cleo")
    call = next(one for one in picking_lines.of({"msisdn": NUMBER}).calls)
    twice = cleo.post(f"/tasks/{task}/completion", disputed_lines=[f"{item(2)} 3000.00", f"{call.line} 0.40"], **ASKED)
    told = twice.beside("disputed_lines")
    assert "是同一笔钱" in told
    assert [one for one in ("—", "话单", "投诉") if one in told] == []
    assert f"{moment(call.at)} 的通话" in told
    over = cleo.post(f"/tasks/{task}/completion", disputed_lines=f"{item(1)} 50.01", **ASKED)
    assert over.beside("disputed_lines").startswith("请少选一些")
    assert "50.01 元" in over.beside("disputed_lines")
    assert "—" not in over.beside("disputed_lines")


def test_the_sum_of_what_is_ticked_counts_no_money_twice(app: Flask) -> None:
    """A bill item with its calls, a call with a box for many, and boxes for many that overlap."""
    build(100, long_distance=40, basic=0)
    listing = picking_lines.of({"msisdn": NUMBER})
    short = [one for one in listing.calls if one.seconds <= picking_lines.SHORT_S]
    calls = [one for one in listing.calls if one.group == "call"]
    both = {"disputed_lines": [f"{item(2)} 3000.00", *(f"{one.line} 0.40" for one in calls)]}
    with app.test_request_context():
        found = picking_lines.picker(FIELD, MultiDict(both), listing)
    assert (found.count, found.total, found.twice) == (101, 300_000, True)
    beside = {"disputed_lines": [f"{short[0].line} 0.40"], "disputed_lines@all": ["short", f"call:{short[0].period}"]}
    with app.test_request_context():
        found = picking_lines.picker(FIELD, MultiDict(beside), listing)
    assert (found.count, found.total, found.twice) == (len(calls), 40 * len(calls), False)


@pytest.mark.parametrize(("fen", "says"), [(3600, "36.00"), (0, "请与客户核对号码")])
def test_a_balance_without_papers_is_told(app: Flask, fen: int, says: str) -> None:
    """A number with nothing to tick is only doubted where nothing stands on it; else its balance is named, and the way that gives it."""
    with transaction():
        number = {"msisdn": NUMBER, "state": "cancelled", "reason": "request", "prepayment": fen}
        fixtures.build({"subscriptions": [number]}, at=engine.now())
    page = Visitor(app, "cleo").get(f"/tasks/{asked()}").text
    assert says in page
    assert ("“销号客户预付金支取流程”" in page, "请与客户核对号码" in page) == (fen > 0, fen == 0)


def test_a_prepaid_number_without_calls_is_told_what_goes_back_onto_it(app: Flask) -> None:
    """Nothing was deducted that could be ticked, and its balance is not sent to the withdrawal of a cancelled number."""
    with transaction():
        number = {"msisdn": NUMBER, "kind": "prepaid", "prepayment": 1500}
        fixtures.build({"subscriptions": [number]}, at=engine.now())
    page = Visitor(app, "cleo").get(f"/tasks/{asked()}").text
    assert "15.00" in page
    assert "退回本号" in page
    assert "SUB-002" not in page


def test_no_box_ticks_what_a_rule_does_not_hold_for(app: Flask) -> None:
    """Short local calls and short calls that keep their roaming are in no box; beside what an analysis picked there is none, and no other fee."""
    build(100)
    build_more = {"msisdn": NUMBER, "duration_s": 2, "basic": 40}
    far = [{"long_distance": 70}, {"ip": 30}, {"long_distance": 70, "roaming": 50}]
    start = engine.now() - timedelta(days=1)
    with transaction():
        cdrs = [{**build_more, **more, "start": start + timedelta(minutes=at)} for at, more in enumerate(far)]
        fixtures.build({"cdrs": cdrs}, at=engine.now())
    listing = picking_lines.of({"msisdn": NUMBER})
    with app.test_request_context():
        (calls,) = [group for group in picking_lines.picker(FIELD, {}, listing).groups if group.batches]
    (short,) = [batch for batch in calls.batches if batch.key == "short"]
    assert (short.count, short.amount) == (2, 180)
    confined = replace(FIELD, among=picking_lines.CALLS)
    with app.test_request_context():
        groups = picking_lines.picker(confined, {}, picking_lines.of({"msisdn": NUMBER}, confined)).groups
    assert [group.batches for group in groups] == [(), ()]
    assert {row.line.code for group in groups for row in group.rows} == {"call", "originating"}


def test_lines_that_a_choice_hid_come_back_as_the_system_picked_them(app: Flask) -> None:
    """The page says that these are ticked; what was unticked while the field stood there stays so."""
    build(3, long_distance=20)
    given = {"case_number": "AJ-2026-990009", "msisdn": NUMBER, "complaint_text": "短通话", "channel": "counter"}
    variables: dict[str, Any] = {**given, "disputed_amount": 100, "demand": "退", "repeated": False}
    begun = cases.start("TS-007", business_key="AJ-2026-990009", variables=variables, by=CLEO, at=engine.now())
    day = engine.now().replace(day=1) - timedelta(days=12)
    since = {"call_since": f"{day:%Y-%m-%d}", "call_until": f"{day + timedelta(days=5):%Y-%m-%d}"}
    (task,) = cases.complete(begun.user_task_ids[0], form=since, by=CLEO, at=engine.now()).user_task_ids
    boxes = "//input[@name='disputed_lines' and @checked]"
    cleo = Visitor(app, "cleo")
    again = cleo.post(f"/tasks/{task}/fields", ultra_short_confirmed="yes")
    emptied = cleo.post(f"/tasks/{task}/fields", **{"ultra_short_confirmed": "yes", "disputed_lines@shown": "1"})
    assert (len(again.tree.xpath(boxes)) > 0, len(emptied.tree.xpath(boxes))) == (True, 0)


def test_that_a_box_was_on_the_page_makes_it_no_line() -> None:
    """A box of any kind left empty is empty, and a ticked one is what it was ticked for; only lines are read as lines."""
    given = MultiDict({"other_way@shown": "1", "kept@shown": "1", "kept": "true", "disputed_lines@shown": "1"})
    assert filled_form.submitted(given, but=()) == {"kept": "true"}


def test_a_line_of_another_case_is_told_at_the_field(app: Flask) -> None:
    """The second case hears in words which case has the line and what is left, and nothing typed is lost."""
    build(0)
    form = {"disputed_lines": [f"{item(1)} 48.00 部分"], **ASKED}
    cases.complete(asked("AJ-2026-990001"), form=form, by=CLEO, at=engine.now())
    money = Visitor(app, "cleo").client.get("/cases/AJ-2026-990001?tab=money").get_data(as_text=True)
    assert [word for word in ("帐单第 1 项", "48.00 元", "已登记", "部分") if word not in money] == []
    task = asked("AJ-2026-990002")
    answer = Visitor(app, "cleo").client.post(
        f"/tasks/{task}/completion", data={"disputed_lines": f"{item(1)} 50.00", **ASKED}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "已在投诉 AJ-2026-990001（已登记） 中：共 50.00 元，还剩 2.00 元" in page
    assert session().get_one(UserTask, task).state == "open"


def test_a_line_names_the_case_it_was_paid_in_and_the_one_it_was_taken_back_in(app: Flask) -> None:
    """Where it is picked and in the refusal, what became of it beside the case, with a link for whoever may open that case and none for others."""
    build(0)
    subscription = gateway().subscription(NUMBER).id
    held = LinePart(item(1), 4800, "", "部分")
    for case, hall, by in (("AJ-2026-990001", "service_hall", CLEO), ("AJ-2026-990003", "guangda_hall", GUS)):
        cases.start(
            "TS-002",
            business_key=case,
            variables={"case_number": case, "msisdn": NUMBER, "complaint_text": "多收", "channel": "counter"}
            | {"disputed_amount": 100, "demand": "退", "repeated": False, "hall": hall},
            by=by,
            at=engine.now(),
        )
    with transaction():
        gateway().credit(
            subscription, 4800, "charge", Effect(key="9:1", at=engine.now(), case="AJ-2026-990001"), lines=[held]
        )
        gateway().reserve(
            subscription,
            [LinePart(item(2), 10, "", "部分")],
            Effect(key="9:2", at=engine.now(), case="AJ-2026-990003"),
        )
        taken_back = select(LineClaim.id).where(LineClaim.case_number == "AJ-2026-990003").scalar_subquery()
        entry = select(LineClaim.entry_id).where(LineClaim.case_number == "AJ-2026-990001").scalar_subquery()
        session().execute(update(LineClaim).where(LineClaim.id == taken_back).values(state="reversed", entry_id=entry))
    task = asked("AJ-2026-990002")
    cleo = Visitor(app, "cleo")
    page = cleo.client.get(f"/tasks/{task}").get_data(as_text=True)
    assert 'href="/cases/AJ-2026-990001">AJ-2026-990001</a> <span class="desk-small">已冲减' in page
    assert '>AJ-2026-990003</span> <span class="desk-small">已收回' in page
    assert "/cases/AJ-2026-990003" not in page
    form = {"disputed_lines": f"{item(1)} 50.00", **ASKED}
    refusal = cleo.client.post(f"/tasks/{task}/completion", data=form).get_data(as_text=True)
    assert "已在投诉 AJ-2026-990001（已冲减） 中" in refusal


def test_what_cannot_be_ticked_says_why(app: Flask) -> None:
    """A used-up line names its case or says that nothing of it is left; where nothing is left at all that is told, and what a field asks for can be done."""
    build(0)
    every = [f"{line.line} {line.left / 100:.2f}" for line in picking_lines.of({"msisdn": NUMBER}).each() if line.left]
    cases.complete(asked("AJ-2026-990001"), form={"disputed_lines": every, **ASKED}, by=CLEO, at=engine.now())
    task, cleo = asked("AJ-2026-990002"), Visitor(app, "cleo")
    page = cleo.get(f"/tasks/{task}")
    assert "已全部在此投诉中办理" in page.text
    assert "没有可以勾选的" in page.text
    answer = cleo.post(f"/tasks/{task}/completion", **ASKED)
    assert answer.beside("disputed_lines").startswith("请勾选有争议的项目")
    assert "已没有可退的金额" not in page.text
    with transaction():
        session().execute(update(LineClaim).values(case_number=None))
    assert "已没有可退的金额" in cleo.get(f"/tasks/{task}").text


def test_the_end_of_a_case_frees_what_it_had_in_reserve(app: Flask) -> None:
    """A case that ends without money leaves its lines to the next."""
    build(0)
    line = [f"{item(1)} 50.00"]
    given = {"disputed_lines": line, **ASKED, "receipt_held": "no"}
    proposed = cases.complete(asked(), form=given, by=CLEO, at=engine.now()).user_task_ids[0]
    refusal = cases.complete(proposed, form={"proposal_answer": "declines"}, by=CLEO, at=engine.now())
    assert claimed("AJ-2026-990001") == [(5000, "")]
    told = {"resolution": "请带票据再来", "reply_channel": "counter"}
    cases.complete(refusal.user_task_ids[0], form=told, by=CLEO, at=engine.now())
    assert claimed("AJ-2026-990001") == []


def test_the_api_offers_lines_and_takes_them(app: Flask) -> None:
    """A program picks what a person can pick."""
    build(3)
    task, cleo = asked(), Caller(app.test_client(), tokens.create("cleo", at=engine.now()))
    told: Any = cleo.get(f"/tasks/{task}").json
    fields = {one["key"]: one for one in told["form"]}
    offered = {one["line"]: one for one in fields["disputed_lines"]["lines"]}
    assert (offered[item(1)]["left"], offered[item(1)]["text"], len(offered)) == (5000, "monthly fee · 月租费", 5)
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
    begun = cases.start("TS-006", business_key=case, variables=variables, by=CLEO, at=at)
    asked_for = {"charged_msisdn": GONE, "number_event": "cancelled", "event_on": f"{at:%Y-%m-%d}", "demand": "退"}
    judged = cases.complete(begun.user_task_ids[0], form=asked_for, by=CLEO, at=at).user_task_ids[0]
    by_record = {"event_settled": "record", "orphan_confirmed": "yes"}
    return cases.complete(judged, form=by_record, by=CLEO, at=at).user_task_ids[0]


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
    cases.complete(task, form={"site": "新浪", "orphan_lines": [ticked]}, by=CLEO, at=at)
    page = Visitor(app, "cleo").client.post(
        f"/tasks/{registered('AJ-2026-990002')}/completion", data={"site": "新浪", "orphan_lines": ticked}
    )
    assert (page.status_code, "AJ-2026-990001" in page.get_data(as_text=True)) == (422, True)


def test_a_cancelled_numbers_own_balance_is_picked_and_one_other_case_hears_of_it(app: Flask) -> None:
    """The holder's balance stands beside the withdrawal alone, ticked beforehand; a second hall is told which case has it."""
    at = engine.now()
    gone = {"msisdn": GONE, "state": "cancelled", "reason": "request", "prepayment": 3600}
    with transaction():
        fixtures.build({"subscriptions": [gone]}, at=at)
    assert list(picking_lines.of({"msisdn": GONE}).each()) == []
    sam = Caller(app.test_client(), tokens.create("sam", at=at))
    first, second = withdrawal("AJ-2026-990001"), withdrawal("AJ-2026-990002")
    fields: Any = {one["key"]: one for one in sam.get(f"/tasks/{first}").json["form"]}
    (ticked,) = fields["own_lines"]["value"]
    assert (len(fields["own_lines"]["lines"]), ticked) == (1, "balance:prepayment 36.00")
    form = {"withdrawal_method": "cash", "own_lines": [ticked]}
    cases.complete(first, form=form, by=GUS, at=at)
    with pytest.raises(EntryRefused) as told:
        cases.complete(second, form=form, by=GUS, at=at)
    ((field, (reason,)),) = told.value.reasons.items()
    assert (field, reason.code, reason.values["case"]) == ("own_lines", "line_taken", "AJ-2026-990001")


def withdrawal(case: str) -> int:
    """The task at which a withdrawal's way is chosen, of a new case of the identified holder."""
    at = engine.now()
    given = {"case_number": case, "msisdn": GONE, "complaint_text": "退余额", "channel": "counter"}
    variables: dict[str, Any] = {**given, "disputed_amount": None, "demand": "退", "repeated": False}
    begun = cases.start("SUB-002", business_key=case, variables=variables, by=CLEO, at=at)
    proved = {"holder_identified": "yes", "cancelled_for_arrears": "no"}
    return cases.complete(begun.user_task_ids[0], form=proved, by=GUS, at=at).user_task_ids[0]


ON_TWO_ITEMS = [
    {"kind": "roaming", "text": "漫游费", "amount": 1590},
    {"kind": "call", "text": "通话费", "amount": 240},
]


@pytest.mark.parametrize(
    ("picks", "fen"),
    [
        (["{}/roaming 5.30"], 1590),
        (["{}/basic 0.80"], 240),
        (["{}/basic 0.80", "{}/roaming 5.30"], 1830),
        (["{} 6.10"], 1830),
        (["{} 3.00"], 900),
    ],
)
def test_what_the_page_sums_is_what_is_reserved(app: Flask, monkeypatch: Any, picks: list[str], fen: int) -> None:
    """Roaming lies in another item than the rest of a call: each is bounded by its own, for components, whole calls and a box for all."""
    monkeypatch.setattr(sys.modules[__name__], "ITEMS", ON_TWO_ITEMS)
    build(3, basic=80, roaming=530)
    listing = picking_lines.of({"msisdn": NUMBER})
    assert [call.left for call in listing.calls] == [610] * 3
    typed = [text.format(call.line) for call in listing.calls for text in picks]
    with app.test_request_context():
        picker = picking_lines.picker(FIELD, MultiDict({"disputed_lines": typed}), listing)
    assert (picker.total, picker.twice) == (fen, False)
    (batch,) = {batch.amount for group in picker.groups for batch in group.batches}
    assert batch == 1830
    parts = [
        LinePart(line.partition("/")[0], amounts.fen(amount) or 0, line.partition("/")[2], "只退这些")
        for line, amount in (text.split(" ") for text in typed)
    ]
    with transaction():
        of = gateway().subscription(NUMBER).id
        assert gateway().reserve(of, parts, Effect(key="6:1", at=engine.now(), case="AJ-6")) == picker.total
