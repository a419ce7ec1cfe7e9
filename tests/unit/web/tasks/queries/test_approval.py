"""Whoever approves reads first what they approve: what is done with the money, how much, to whom and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

import engine
from engine import cases
from models.base import session, transaction
from models.usage import Cdr
from models.user_task import UserTask
from office import fixtures, intake
from tests.support.furnishing import instance_of
from tests.support.visitors import Visitor

CLERK = engine.Actor("gina", frozenset({"guangda_hall"}), frozenset({"clerk"}))
OWN, OTHER = "13912390001", "13912390002"
STEPS: tuple[dict[str, Any], ...] = (
    {"card_check": "query", "serial": "K-APPROVAL", "pin": "111111"},
    {"target_msisdn": OTHER},
)


def the_step(number: str) -> int:
    """The only open step of a case."""
    open_steps = select(UserTask.id).where(UserTask.instance_id == instance_of(number), UserTask.state == "open")
    return session().scalars(open_steps).one()


def at_the_supervisor(at: datetime) -> int:
    """A card of 600.00 that is to go to somebody else's number, above what a clerk may do."""
    with transaction():
        numbers = [{"msisdn": OWN}, {"msisdn": OTHER, "customer": {"name": "李小红"}}]
        card = {"serial": "K-APPROVAL", "pin": "111111", "state": "used", "charged_msisdn": "13912399999"}
        fixtures.build({"subscriptions": numbers, "cards": [{**card, "face_value": 60000}]}, at=at)
    about = {"text": "充错号码", "process": "TS-004", "channel": "counter", "overrule_reason": "客户要求"}
    number = intake.accept(intake.Intake(msisdn=OWN, disputed_amount=60000, **about), by=CLERK, at=at)
    for form in STEPS:
        cases.complete(the_step(number), form=form, by=CLERK, at=at)
    return the_step(number)


def test_an_approval_names_amount_and_payee_first(desk: Flask) -> None:
    """The number the money goes to and whose it is stand above the form, not only among the earlier steps; a step that approves nothing has no such panel."""
    at = engine.now()
    with desk.app_context():
        task = at_the_supervisor(at)
    sam = Visitor(desk, "sam", "zh")
    (panel,) = sam.get(f"/tasks/{task}").tree.xpath("//*[@id='proposal']")
    said = " ".join(panel.text_content().split())
    assert [word for word in ("600.00", OTHER, "李小红", "转到另一号码", "充错号码") if word not in said] == []
    before = panel.xpath("count(preceding::form[@id='completion'])")
    assert before == 0
    refused = {"amount_approved": "no", "authority_opinion": "请核实"}
    assert sam.post(f"/tasks/{task}/completion", **refused).status == 302
    with desk.app_context():
        explains = (
            session()
            .scalars(select(UserTask.id).where(UserTask.element_id == "explain_not_moved", UserTask.state == "open"))
            .one()
        )
    page = Visitor(desk, "gina", "zh").get(f"/tasks/{explains}")
    assert not page.tree.xpath("//*[@id='proposal']")
    assert "请核实" in page.text
    assert "有新情况，改号码或补依据后再报批" in page.text


def said_on(page_of: Flask, task: int) -> str:
    """What the panel of the approval says to the supervisor."""
    (panel,) = Visitor(page_of, "sam", "zh").get(f"/tasks/{task}").tree.xpath("//*[@id='proposal']")
    return " ".join(panel.text_content().split())


def stepped(process: str, forms: tuple[dict[str, Any], ...], at: datetime) -> int:
    """The open step of a case that the clerk has brought this far."""
    about = {"text": "多收话费", "process": process, "channel": "counter", "overrule_reason": "客户要求"}
    number = intake.accept(intake.Intake(msisdn=OWN, disputed_amount=600, **about), by=CLERK, at=at)
    for form in forms:
        cases.complete(the_step(number), form=form, by=CLERK, at=at)
    return the_step(number)


def step_named(element: str) -> int:
    """The open step of this element."""
    return session().scalars(select(UserTask.id).where(UserTask.element_id == element, UserTask.state == "open")).one()


def test_an_insistence_is_approved_by_the_charge_that_was_picked(desk: Flask) -> None:
    """A call charge is told as a credit and by its item, not as a late fee, which was not picked."""
    at = engine.now()
    with desk.app_context():
        bill = {"period": f"{at:%Y-%m}", "items": [{"kind": "call", "text": "本地通话费", "amount": 6000}]}
        with transaction():
            fixtures.build({"subscriptions": [{"msisdn": OWN, "bill": bill, "late_fee": 300}]}, at=at)
        asked = {"insistence_reason": "老客户", "requested_way": "credit", "clerk_opinion": "建议减免"}
        forms: tuple[dict[str, Any], ...] = (
            {"disputed_amount": "42.00", "demand": "退还", "explained_first": "true"},
            {"finding": "nothing_found", "finding_note": "未见异常"},
            {"reply_channel": "counter", "resolution": "由本人拨打", "explanation_accepted": "no"},
            {**asked, "disputed_lines": [f"bill-item:{at:%Y-%m}:1 42.00 没有打过"]},
        )
        task = stepped("TS-001", forms, at)
    said = said_on(desk, task)
    assert [word for word in ("冲减", "42.00", "本地通话费") if word not in said] == []
    assert "滞纳金" not in said


def test_a_copied_phone_is_approved_by_its_verdict_and_the_reason_for_it(desk: Flask) -> None:
    """Where the clerk overruled the system, the supervisor reads what was judged and why; where it saw no calls at the same time, the clerk is told that nothing is ticked."""
    at = engine.now()
    day = at - timedelta(days=5)
    with desk.app_context():
        with transaction():
            cdr = {"msisdn": OWN, "start": day, "duration_s": 60, "basic": 40}
            bill = {"period": f"{at:%Y-%m}", "items": [{"kind": "call", "text": "本地费", "amount": 5000}]}
            numbers = [{"msisdn": OWN, "bill": bill}, {"msisdn": OTHER}]
            fixtures.build({"subscriptions": numbers, "cdrs": [cdr]}, at=at)
        call = session().scalars(select(func.max(Cdr.id))).one()
        period = {"call_since": f"{day:%Y-%m-%d}", "call_until": f"{at:%Y-%m-%d}"}
        elsewhere = {"credit_accepted": "yes", "credit_to": "other", "credit_msisdn": OTHER}
        forms: tuple[dict[str, Any], ...] = (
            {"reply_channel": "counter", "explanation_accepted": "no", "resolution": "已解释"},
            {**period, "disputed_amount": "6.00", "complaint_detail": "没有出境", "demand": "退还漫游费"},
            {"roaming_verdict": "cloned", "overrule_reason": "对端证实同时在两处通话"},
        )
        marks = stepped("TS-005", forms, at)
    page = Visitor(desk, "gina", "zh").get(f"/tasks/{marks}")
    assert "系统没有看出两处同时的通话，什么也没有勾选" in page.text
    assert "全部费用已勾选" not in page.text
    with desk.app_context():
        later = {
            "mark_charges": {"disputed_lines": [f"call:{call}/basic 0.40 另一部手机"]},
            "propose_credit": elsewhere,
            "reply_customer": {"resolution": "核定 0.40 元", "reply_channel": "phone"},
        }
        for element, form in later.items():
            cases.complete(step_named(element), form=form, by=CLERK, at=at)
        task = step_named("approve_amount")
    said = said_on(desk, task)
    assert [word for word in ("复制手机", "对端证实同时在两处通话", "0.40") if word not in said] == []
    assert "退还漫游费" not in said
