"""Papers to sign: printed at the step with what stands in its form, again from the case, by those who see the case, and written down."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, record
from models.base import session
from models.billing import Bill
from models.user_task import UserTask
from office import intake
from tests.support.actors import CLEO
from tests.support.furnishing import CASH, JUDGED, PAID, begin, complete, open_tasks
from tests.support.visitors import Visitor
from web.tasks import papers

MSISDN = "13900000201"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """What the templates were given; nothing is set."""
    given: list[Mapping[str, Any]] = []

    def typeset(_template: str, content: Mapping[str, Any], _fonts: object) -> bytes:
        given.append(content)
        return b"%PDF-" + repr(content).encode()

    monkeypatch.setattr(papers, "typeset", typeset)
    return given


def at_the_counter(desk: Flask) -> tuple[str, int]:
    """A case whose customer is to sign for cash, and its task."""
    with desk.app_context():
        case = begin(MSISDN)
        for form in (JUDGED, CASH):
            complete(open_tasks(case)[0], form)
        return case, open_tasks(case)[0]


def printed(visitor: Visitor, task: int, **form: str) -> Any:
    return visitor.client.post(f"/tasks/{task}/papers/refund_form", data=form)


def test_it_says_what_stands_in_the_form(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """The amount is the one that will be paid, not one that was meant before; customer and number stand there in full."""
    case, task = at_the_counter(desk)
    answer = printed(Visitor(desk, "cleo", "en"), task, receipt_number="SJ-0201", refund_amount="10.05")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    name = quote(f"{case} 退、减、免话费处理表.pdf")
    assert answer.headers["Content-Disposition"] == f"inline; filename={case}-refund_form.pdf; filename*=UTF-8''{name}"
    assert answer.headers["Cache-Control"] == "no-store"
    (paper,) = said
    assert (paper["case"], paper["amount"], paper["capitals"]) == (case, "10.05", "人民币壹拾元零伍分")
    facts = dict(map(tuple, paper["facts"]))
    assert (facts["手机号码"], facts["票据号码"]) == (MSISDN, "SJ-0201")
    assert paper["reason"] == "底单与录入不符"
    with desk.app_context():
        assert session().get_one(UserTask, task).state == "open"


def test_without_typing_it_says_what_the_form_is_prefilled_with(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """As the page shows it."""
    _, task = at_the_counter(desk)
    printed(Visitor(desk, "cleo"), task)
    (line,) = said[0]["lines"]
    assert (said[0]["amount"], line["amount"], said[0]["total"]) == ("88.00", "88.00", "88.00")


@pytest.mark.parametrize(
    ("amount", "receipt", "told"),
    [
        ("much", "SJ-0201", "请填写数字"),
        ("0", "SJ-0201", "不能少于"),
        ("-5", "SJ-0201", "不能少于"),
        ("500", "SJ-0201", "500.00 元 超过"),
        ("10.05", "SJ-9999", "票据 SJ-9999，请与原件核对"),
    ],
)
def test_what_the_step_would_refuse_is_not_printed(
    desk: Flask, said: list[Mapping[str, Any]], amount: str, receipt: str, told: str
) -> None:
    """The customer signs what will be paid: the page comes back with the reason at its field, and what was typed."""
    _, task = at_the_counter(desk)
    answer = printed(Visitor(desk, "cleo", "zh"), task, receipt_number=receipt, refund_amount=amount)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, said) == (422, [])
    assert told in page
    assert f'value="{amount}"' in page
    with desk.app_context():
        assert session().get_one(UserTask, task).state == "open"


@pytest.mark.parametrize(
    ("language", "told"), [("zh", "请先在步骤中填写金额"), ("en", "please enter its amount at the step first")]
)
def test_without_an_amount_it_is_refused_in_words(
    desk: Flask, said: list[Mapping[str, Any]], language: str, told: str
) -> None:
    """Nobody is given a form to sign that leaves the sum open."""
    _, task = at_the_counter(desk)
    answer = printed(Visitor(desk, "cleo", language), task, refund_amount="")
    assert answer.status_code == 409
    assert told in answer.get_data(as_text=True)
    assert said == []


def test_what_is_ticked_is_listed(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """Picked lines stand there with what was charged, what is disputed of it and why only so much; their sum below."""
    with desk.app_context():
        case = begin(MSISDN)
        complete(open_tasks(case)[0], JUDGED)
        picked = ["bill-item:2026-10:1 8.00 少退"]
        period = _period()
        complete(open_tasks(case)[0], {**CASH, "disputed_lines": [picked[0].replace("2026-10", period)]})
        task = open_tasks(case)[0]
    printed(Visitor(desk, "cleo"), task)
    (line,) = said[0]["lines"]
    assert (line["amount"], line["why"], said[0]["total"], said[0]["amount"]) == ("8.00", "少退", "8.00", "8.00")
    assert period in line["what"]
    assert line["charged"]


def _period() -> str:
    """The month of the newest bill."""
    return session().scalars(select(Bill.period).order_by(Bill.period.desc())).first() or ""


def test_once_made_it_stands_on_the_case(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """With the amount that was paid, by whom it was made, and the same bytes as long as nothing happens; masked where numbers are."""
    case, task = at_the_counter(desk)
    with desk.app_context():
        complete(task, {**PAID, "refund_amount": "80.00"})
    ada = Visitor(desk, "ada")
    (link,) = ada.get(f"/cases/{case}").tree.xpath("//*[@id='papers']//a/@href")
    first, second = ada.client.get(link), ada.client.get(link)
    assert first.data == second.data
    assert (said[0]["amount"], dict(map(tuple, said[0]["facts"]))["手机号码"]) == ("80.00", "139****0201")
    assert "副本" in said[0]["date"]
    facts = dict(map(tuple, said[0]["facts"]))
    assert facts["退款凭证号码"].startswith("TF-")
    assert facts["票据号码"] == PAID["receipt_number"]
    assert said[0]["signs"][1]["name"] not in ("", "cleo")


def test_who_prints_is_written_down_with_the_fingerprint(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """What somebody took away can be told from what it is held to be; auditors see it on the case and among exports."""
    case, task = at_the_counter(desk)
    answer = printed(Visitor(desk, "cleo"), task)
    with desk.app_context():
        steps = [step for entry in record.read_history("user", "cleo") for step in entry.steps]
    (taken,) = [step["chosen"] for step in steps if step["type"] == "exported"]
    assert taken == {"case": case, "paper": "refund_form", "sha256": hashlib.sha256(answer.data).hexdigest()}
    ada = Visitor(desk, "ada")
    assert "打印了一份表单" in ada.get(f"/cases/{case}", tab="looks").text
    assert "打印了《退、减、免话费处理表》" in ada.get("/audit/people", show="exports").text


@pytest.mark.parametrize(("name", "status"), [("nora", 403), ("olu", 403)])
def test_whoever_may_not_see_the_case_gets_no_paper(
    desk: Flask, said: list[Mapping[str, Any]], name: str, status: int
) -> None:
    """Neither at the step nor from the case."""
    case, task = at_the_counter(desk)
    assert printed(Visitor(desk, name), task).status_code == status
    with desk.app_context():
        complete(task, PAID)
        token = session().scalars(select(UserTask.token).where(UserTask.id == task)).one()
    assert Visitor(desk, name).client.get(f"/cases/{case}/papers/{token}/refund_form").status_code == status
    assert said == []


def test_what_is_no_paper_of_the_step_is_not_there(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """Only what the diagram names at the step can be printed there."""
    case, task = at_the_counter(desk)
    cleo = Visitor(desk, "cleo")
    assert cleo.client.post(f"/tasks/{task}/papers/late_fee_waiver").status_code == 404
    assert cleo.client.post(f"/tasks/{task}/papers/..%2Fx").status_code == 404
    assert cleo.client.get(f"/cases/{case}/papers/999999/refund_form").status_code == 404
    assert said == []


def test_of_a_failed_debit_each_paper_has_its_own_lines(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """One step fills in two papers: the late fee stands on its own form with its amount, and nothing on the other, which is refused."""
    mandate = {"bank": "工商银行", "account": "6222020000000000801", "holder": "虚构客户0801"}
    taken = intake.Intake(
        msisdn="13900000801", text="托收没有扣款", channel="counter", process="TS-008", overrule_reason="客户要求"
    )
    forms: list[dict[str, Any]] = [
        {**mandate, "failure_text": "十月没有扣成"},
        {"failure_cause": "keying_error", "operator_fault": "yes"},
        {**mandate, "correction": "帐号更正", "charge_arisen": "yes"},
    ]
    with desk.app_context():
        case = intake.accept(taken, by=CLEO, at=engine.now())
        for form in forms:
            complete(open_tasks(case)[0], form)
        task = open_tasks(case)[0]
        form, variables, scope = cases.form_of(task, at=engine.now())
        (line,) = form.prefill(variables, scope)["relief_lines"]
    cleo = Visitor(desk, "cleo")
    typed = {"relief_lines": f"{line['line']} {line['amount'] / 100:.2f}", "relief_reason": "录错"}
    assert cleo.client.post(f"/tasks/{task}/papers/late_fee_waiver", data=typed).status_code == 200
    (paper,) = said
    assert (paper["amount"], paper["total"], len(paper["lines"])) == ("3.00", "3.00", 1)
    assert cleo.client.post(f"/tasks/{task}/papers/refund_form", data=typed).status_code == 409
    with desk.app_context():
        complete(task, {"relief_lines": [typed["relief_lines"]], "relief_reason": "录错"})
    links = cleo.get(f"/cases/{case}").tree.xpath("//*[@id='papers']//a/@href")
    assert [link.rpartition("/")[2] for link in links] == ["late_fee_waiver"]
