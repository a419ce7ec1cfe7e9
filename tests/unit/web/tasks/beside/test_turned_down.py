"""Whoever tells a customer of a no sees why it was said, and a step is told to wait where it waits."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

import engine
from engine import cases, language
from models.base import session, transaction
from models.liability import Liability
from models.user_task import UserTask
from tests.support.actors import SAM
from tests.support.furnishing import CASH, JUDGED, begin, complete, open_tasks
from tests.support.visitors import Visitor
from web.queries import shown_variables

FORMS = Path(__file__).parents[5] / "processes" / "forms"
MSISDN, OTHER = "13900000201", "13900000203"
WHY = "票据与帐单不符"
TO_OTHER = {**CASH, "receipt_held": "no", "repayment_method": "other_number"}
TO_CREDIT = {**TO_OTHER, "repayment_method": "transfer"}
TARGET = {"target_given": "yes", "target_msisdn": OTHER, "transfer_amount": "88.00"}


def done(case: str, by: engine.Actor, **form: str) -> None:
    """Complete the open step of a case."""
    cases.complete(open_tasks(case)[0], form=form, by=by, at=engine.now())


def test_the_reason_of_a_no_stands_beside_what_is_said_to_the_customer(desk: Flask) -> None:
    """Nothing else is put into their mouth: the receipt is not what was missing."""
    with desk.app_context():
        case = begin(MSISDN)
        for form in (JUDGED, TO_OTHER, TARGET):
            complete(open_tasks(case)[0], form)
        done(case, SAM, amount_approved="no", authority_opinion=WHY)
        (task,) = open_tasks(case)
    page = Visitor(desk, "cleo").get(f"/tasks/{task}")
    assert page.title == "说明暂不能退款"
    beside = [
        one.text_content() for one in page.tree.xpath("//dt[contains(., '未批准的理由')]/following-sibling::dd[1]")
    ]
    assert [one.strip() for one in beside] == [WHY]
    assert page.typed("resolution") == "经审核，本次不能退款。"


def test_a_step_waits_where_its_own_department_is(desk: Flask) -> None:
    """A step that names its department is told by that one, not by the lane that its sub-process stands in."""
    with desk.app_context():
        case = begin(MSISDN)
        for form in (JUDGED, TO_CREDIT, {"credit_amount": "88.00", "form_reason": "误办", "form_faxed": "yes"}):
            complete(open_tasks(case)[0], form)
        done(case, SAM, amount_approved="yes", authority_opinion="属实")
        waiting = session().get_one(UserTask, open_tasks(case)[0])
        assert waiting.element_id == "process_form"
    text = Visitor(desk, "cleo").get(f"/cases/{case}").text
    assert "转核算班：核算处理表" in text
    assert "转专业厅：核算处理表" not in text


def test_who_is_liable_is_heard_about_what_stands(desk: Flask) -> None:
    """What was taken back of the payment since is borne by nobody."""
    form = language.Form.parse((FORMS / "sub007_answer.form").read_text(encoding="utf-8"))
    with desk.test_request_context():
        case = begin(MSISDN)
        with transaction():
            row = Liability(
                case_number=case,
                cause="staff",
                state="named",
                bearer="person",
                name="李某",
                amount=0,
                opened_at=engine.now(),
            )
            session().add(row)
            session().flush()
            shown = shown_variables.of(form, {"liability": {"number": row.id, "amount": 8800, "name": "李某"}}, {})
    assert [one.value for one in shown if one.shown_as == "money"] == [0]
