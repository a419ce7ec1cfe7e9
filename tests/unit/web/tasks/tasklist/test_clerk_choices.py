"""What a clerk may choose follows what the case has found, and what is said to a customer counts as what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, proof
from models.base import session
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import intake
from tests.support.actors import CLEO
from tests.support.furnishing import open_tasks
from tests.support.visitors import Visitor

FORMS = Path(__file__).parents[5] / "processes" / "forms"
NO = {"handled_completely": "no", "handled_by_the_rules": "no", "follow_up_needed": "no"}


def taken_in(process: str, msisdn: str = "13900000202") -> str:
    """A case that stands at the first step of a process."""
    taken = intake.Intake(
        msisdn=msisdn, text="充值没有到帐", channel="counter", process=process, overrule_reason="客户要求"
    )
    return intake.accept(taken, by=CLEO, at=engine.now(), key="")


def done(case: str, by: engine.Actor, despite: tuple[str, ...] = (), **form: Any) -> None:
    """Complete the open step of a case."""
    cases.complete(open_tasks(case)[0], form=form, by=by, at=engine.now(), despite=despite)


def test_a_pin_is_wrong_only_when_the_platform_said_so(desk: Flask) -> None:
    """Nothing is ticked at first; what no query found is neither offered nor taken, and is offered once the refusal is recorded."""
    with desk.app_context():
        case = taken_in("TS-004")
        task = open_tasks(case)[0]
    gina = Visitor(desk, "gina")
    page = gina.get(f"/tasks/{task}")
    assert (page.typed("card_check"), page.tree.xpath("//input[@name='card_check']/@value")) == (
        "",
        ["query", "data_only", "not_shown"],
    )
    late = gina.post(f"/tasks/{task}/completion", card_check="wrong_pin")
    assert (late.status, "本案登记的情况不允许" in late.beside("card_check")) == (422, True)
    typed = {"card_check": "query", "serial": "K-NONE", "pin": "111111"}
    refused = gina.post(f"/tasks/{task}/completion", **typed)
    assert (refused.status, refused.tree.xpath("//button[@name='despite']/@value")) == (422, ["unknown_card"])
    assert "核对后仍查无此卡" in refused.tree.xpath(
        "string(//button[@name='despite']/..)"
    )  # what recording it is good for
    assert gina.post(f"/tasks/{task}/completion", **typed, despite="unknown_card").status == 302
    with desk.app_context():
        again = open_tasks(case)[0]
    offered = gina.get(f"/tasks/{again}").tree.xpath("//input[@name='card_check']/@value")
    assert offered == ["query", "data_only", "not_shown", "unknown_card"]
    assert gina.post(f"/tasks/{again}/completion", card_check="unknown_card").status == 302


@pytest.mark.parametrize(("accepted", "state", "clock"), [("yes", "replied", False), ("no", "open", True)])
@pytest.mark.parametrize("interim", [False, True])
def test_an_explanation_that_is_accepted_answers_the_case(
    desk: Flask, accepted: str, state: str, clock: bool, interim: bool
) -> None:
    """It keeps the limit of the case as every reply does, after an interim reply as well; one that is not accepted does neither."""
    with desk.app_context():
        case = taken_in("TS-005")
        instance = session().scalars(select(ProcessInstance).where(ProcessInstance.business_key == case)).one().id
        if interim:
            cases.meet_limit(instance, text="正在核实", by=CLEO, at=engine.now())
        done(case, CLEO, explanation_accepted=accepted, resolution="边界漫游", reply_channel="counter")
        found = session().scalars(select(Complaint).where(Complaint.case_number == case)).one()
        of_case = session().scalars(select(ProcessInstance.due_at).where(ProcessInstance.id == instance)).one()
        assert (found.state, of_case is not None) == (state, clock and not interim)
        assert proof.verify(instance) == []
        if accepted == "yes":
            tasks = select(UserTask.due_at).where(UserTask.business_key == case, UserTask.state == "open")
            assert session().scalars(tasks).all() == [None]


def test_no_step_ticks_how_the_customer_was_told() -> None:
    """The clerk chooses; nothing is told in a way that nobody chose."""
    for path in sorted(FORMS.glob("*.form")):
        for component in json.loads(path.read_text("utf-8"))["components"]:
            properties = component.get("properties", {})
            if "channelOf" in properties:
                assert not {"prefill"} & properties.keys(), path.name
                assert "defaultValue" not in component, path.name
                assert component["validate"]["required"], path.name


def test_a_no_in_the_evaluation_wants_a_note_or_a_follow_up(desk: Flask) -> None:
    """Refused at the note, in words; with a note it is taken."""
    with desk.app_context():
        case = taken_in("TS-005")
        done(case, CLEO, explanation_accepted="yes", resolution="边界漫游", reply_channel="counter")
        task = open_tasks(case)[0]
    rob = Visitor(desk, "rob")
    late = rob.post(f"/tasks/{task}/completion", **NO)
    assert (late.status, late.beside("evaluation_note")) == (422, "请填写这一项。")
    assert rob.post(f"/tasks/{task}/completion", **NO, evaluation_note="客户坚持要走").status == 302


def test_a_fact_is_told_as_it_was_found_once_it_was_changed(desk: Flask) -> None:
    """Beside the step it was found for it is dated; after the correction the approval does not show the old difference as if it stood."""
    agreed = {"bank": "工商银行", "account": "6222020000000000801", "holder": "虚构客户0801"}
    with desk.app_context():
        case = taken_in("TS-008", "13900000801")
        done(case, CLEO, **agreed, failure_text="没有扣成")
        done(case, CLEO, failure_cause="keying_error", operator_fault="yes")
        (correcting,) = open_tasks(case)
    before = Visitor(desk, "cleo").get(f"/tasks/{correcting}").text
    assert ("查得" in before, "已更正" in before) == (True, False)
    with desk.app_context():
        done(case, CLEO, **agreed, correction="改为协议帐号", charge_arisen="yes")
        done(case, CLEO, relief_lines=["late-fee:brought 3.00"], relief_reason="录入错误")
        (approving,) = open_tasks(case)
    page = Visitor(desk, "sam").get(f"/tasks/{approving}")
    assert "已更正" in page.tree.xpath("string(//h2[contains(., '协议与录入的差异')]/..)")
