"""What a clerk is told after a step: what was done and in whose case, what comes next, and what did not work; never "done" for a refusal."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

import engine
from engine import cases, published, record
from models.base import transaction
from office import tokens
from service_tasks import notification
from tests.support.actors import CLEO
from tests.support.furnishing import CASH, JUDGED, LINE, PAID, begin, complete, open_tasks
from tests.support.visitors import LANGUAGES, Caller, Visitor
from web.tasks import completed
from web.telling import timeline

pytestmark = pytest.mark.slow
NUMBER = "13900000201"


def steps(desk: Flask, *forms: dict[str, str], number: str = NUMBER) -> tuple[str, int]:
    """A case after some forms have been filled in, and its open task."""
    with desk.app_context():
        case = begin(number)
        for form in forms:
            complete(open_tasks(case)[0], form)
        return case, open_tasks(case)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_clerk_stays_with_the_customer(desk: Flask, language: str) -> None:
    """Of two cases worked on alternately, each step leads on in its own case and names step, case and customer, the case once in its heading."""
    first, task = steps(desk)
    steps(desk, number="13900000202")
    visitor = Visitor(desk, "cleo", language)
    answer = visitor.client.post(f"/tasks/{task}/completion", data=JUDGED)
    with desk.app_context():
        (following,) = open_tasks(first)
    assert answer.location == f"/tasks/{following}"
    page = visitor.get(answer.location)
    (said,) = [one.text_content() for one in page.tree.xpath("//main//*[contains(@class, 'desk-note-ok')]")]
    step = {"zh": "“判断投诉原因”", "en": "“Judge the cause of the complaint”"}[language]
    assert (step in said, first in said, "虚构客户0201" in said) == (True, True, True)
    (whose,) = [one.text_content() for one in page.tree.xpath("//*[@class='desk-whose']")]
    assert ("虚构客户0201" in whose, "13900000201" in whose, first in whose) == (True, True, True)
    heading = [one.text_content() for one in page.tree.xpath("//main/nav | //main/*[@class='desk-head']")]
    assert " ".join(heading).count(first) == 1


def test_paying_says_how_much(desk: Flask) -> None:
    """What a step moved is said with it, to whose case it belongs; a step that moved nothing speaks of no money."""
    case, task = steps(desk, JUDGED, CASH)
    cleo = Visitor(desk, "cleo")
    cleo.post(f"/tasks/{task}/completion", **PAID)
    said = cleo.get(f"/cases/{case}").tree.xpath("//main//*[contains(@class, 'desk-note-ok')]")[0].text_content()
    assert [one for one in (case, "虚构客户0201", "已入帐", f"{PAID['refund_amount']} 元") if one not in said] == []


def test_a_step_names_its_own_money_only(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps of one instant: the payment is named with the first, and again when that is sent twice, and with the second no money is."""
    case, task = steps(desk, JUDGED, CASH)
    instant = engine.now()
    monkeypatch.setattr(engine, "now", lambda: instant)
    cleo = Visitor(desk, "cleo")

    def answer(step: int, form: dict[str, str]) -> str:
        cleo.post(f"/tasks/{step}/completion", **form)
        notes = cleo.get(f"/cases/{case}").tree.xpath("//main//*[contains(@class, 'desk-note-ok')]")
        return str(notes[0].text_content())

    once = {**PAID, "submit_key": "the-same-form-twice"}
    assert [f"{PAID['refund_amount']} 元" in answer(task, once) for _ in range(2)] == [True, True]
    with desk.app_context():
        (reply,) = open_tasks(case)
    assert "已入帐" not in answer(reply, {"resolution": "已退还 88.00 元", "reply_channel": "counter"})


SPOT = {"repayment_method": "on_spot", "spot_amount": "88.00", "spot_paid_by": "cleo", "spot_payee": "holder"}


@pytest.mark.parametrize(
    ("language", "told"), [("zh", "当场赔付 88.00 元"), ("en", "paid by staff on the spot ¥88.00")]
)
def test_what_a_clerk_paid_on_the_spot_is_told_once(desk: Flask, language: str, told: str) -> None:
    """The step, the refusal of a withdrawal and the customer's page name what was paid, not the three postings of it together."""
    case, task = steps(desk, JUDGED)
    cleo = Visitor(desk, "cleo", language)
    form = {name: text for name, text in CASH.items() if name not in ("receipt_held", "repayment_method")}
    assert cleo.post(f"/tasks/{task}/completion", **form, **SPOT).status == 302
    said = cleo.get(f"/cases/{case}").tree.xpath("//main//*[contains(@class, 'desk-note-ok')]")[0].text_content()
    assert told in said, said
    refused = cleo.post(f"/cases/{case}/withdrawal", withdraw_reason="客户不追究了", withdraw_tell="phone").text
    assert ("88.00" in refused, "264.00" in refused) == (True, False)
    (row,) = cleo.get("/customers", msisdn=NUMBER).tree.xpath("//*[@id='in-cash']//tbody/tr")
    paid = " ".join(row.text_content().split())
    assert ("88.00" in paid, case in paid, {"zh": "经办人自己", "en": "out of their own"}[language] in paid) == (
        True,
    ) * 3


def test_a_bill_item_is_named_as_the_bill_names_it(desk: Flask) -> None:
    """Beside later steps a picked line says what it was charged for."""
    _case, task = steps(desk, JUDGED, CASH)
    page = Visitor(desk, "cleo").get(f"/tasks/{task}")
    (table,) = page.tree.xpath("//section[.//h2='争议项目']//table")
    cells = [one.text_content().strip() for one in table.xpath(".//tbody/tr[1]/td")]
    assert ("第" in cells[0], all(cells)) == (True, True), cells


def test_where_nothing_is_ones_own_the_case_says_what_it_waits_for(desk: Flask) -> None:
    """After the reply another department analyses the cause: the clerk reads who has it, and is led on to the worklist."""
    judged = {"finding": "equipment", "finding_note": "计费设备误差"}
    case, task = steps(desk, judged, {name: value for name, value in CASH.items() if name != "right_delivered"}, PAID)
    visitor = Visitor(desk, "cleo", "zh")
    answer = visitor.client.post(
        f"/tasks/{task}/completion", data={"resolution": "已退还 88.00 元", "reply_channel": "phone"}
    )
    assert answer.location == f"/cases/{case}"
    page = visitor.get(answer.location)
    assert f"已完成“回复客户”，案件 {case}，虚构客户0201。" in page.text
    assert "分析投诉原因" in page.text
    assert page.has("#standing")
    assert "/tasks/next" in page.text


def test_a_refusal_that_is_recorded_is_never_green(desk: Flask) -> None:
    """Whoever records a refusal all the same reads it first on the page it leads to, in red, and no "done"."""
    _case, task = steps(desk, JUDGED, CASH)
    visitor = Visitor(desk, "cleo", "zh")
    refused = {**PAID, "receipt_number": "SJ-0000"}
    page = visitor.post(f"/tasks/{task}/completion", **refused)
    assert page.status == 422
    assert "SJ-0000" in page.beside("receipt_number")
    assert page.typed("receipt_number") == "SJ-0000"
    answer = visitor.client.post(f"/tasks/{task}/completion", data={**refused, "despite": "receipt_unknown"})
    page = visitor.get(answer.location)
    assert page.tree.xpath("//main//*[contains(@class, 'desk-note-ok')]") == []
    told = [one.text_content() for one in page.tree.xpath("//main//*[contains(@class, 'desk-note-bad')]")]
    assert len(told) == 2
    assert all("SJ-0000" in one for one in told)


def test_a_refusal_never_names_a_step_of_another_process(desk: Flask) -> None:
    """The events of other diagrams are called the same; here only a later step refuses, and there is none to offer."""
    line = "payment:SJ-0203 88.00 客户要求"
    lost = {**CASH, "disputed_lines": line, "refund_kind": "prepayment", "receipt_held": "no"}
    target = {"target_given": "yes", "target_msisdn": "13900000203", "transfer_amount": "88.00"}
    _case, task = steps(desk, JUDGED, lost, {"proposal_answer": "accepts"}, number="13900000203")
    page = Visitor(desk, "cleo", "zh").post(f"/tasks/{task}/completion", **target)
    assert page.status == 422
    assert page.beside("target_msisdn")
    assert page.tree.xpath("//button[@name='despite']") == []


def test_a_refusal_names_the_step_its_event_leads_to(desk: Flask) -> None:
    """Of the diagram it stands in."""
    _case, task = steps(desk, JUDGED, CASH)
    page = Visitor(desk, "cleo", "zh").post(f"/tasks/{task}/completion", **{**PAID, "receipt_number": "SJ-0000"})
    assert "“询问票据和退款”" in page.text


def test_what_only_a_later_step_can_know_stands_first_on_its_page(desk: Flask) -> None:
    """A refusal that was recorded earlier is not shown again once the step it led to is done."""
    case, task = steps(desk, JUDGED, CASH)
    with desk.app_context():
        form = {**PAID, "receipt_number": "SJ-0000"}
        cases.complete(task, form=form, by=CLEO, at=engine.now(), despite=["receipt_unknown"])
        (asked,) = open_tasks(case)
    visitor = Visitor(desk, "cleo", "zh")
    assert "desk-note-bad" in visitor.get(f"/tasks/{asked}").text
    assert visitor.post(f"/tasks/{asked}/completion", **CASH).summary.keys() == {"#field-receipt_given_back"}
    assert visitor.post(f"/tasks/{asked}/completion", **CASH, receipt_given_back="yes").status == 302
    with desk.app_context():
        (confirmed,) = open_tasks(case)
    assert "desk-note-bad" not in visitor.get(f"/tasks/{confirmed}").text


@pytest.fixture
def caller(app: Flask) -> Caller:
    return Caller(app.test_client(), tokens.create("cleo", at=engine.now()))


def test_a_program_is_told_the_same(app: Flask, caller: Caller) -> None:
    """422 with field, code and amounts; recorded on request; then what was refused and which tasks are open, the workable ones marked."""
    case = begin(NUMBER)
    for form in (JUDGED, CASH):
        complete(open_tasks(case)[0], form)
    (task,) = open_tasks(case)
    form: dict[str, Any] = {**PAID, "refund_amount": "90.00"}
    answer = caller.post(f"/tasks/{task}/completion", {"form": form})
    problem = answer.json
    assert (answer.status_code, problem["code"]) == (422, "EntryRefused")
    (reason,) = problem["reasons"]["refund_amount"]
    assert reason["values"]["amount"] == 9_000
    assert problem["values"]["code"] == reason["code"]
    done = caller.post(f"/tasks/{task}/completion", {"form": form, "despite": [reason["code"]]}).json
    assert [one["code"] for one in done["troubles"]] == [reason["code"]]
    assert [(one["id"], one["workable"]) for one in done["tasks"]] == [(done["user_task_ids"][0], True)]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-11-29", "2026-12（2026-11 的名单已截止）"),
        ("2026-12-01", "2026-12"),
        ("2026-12-01", "2026-12-03"),
        ("2026-11-26", "2026-12-03（2026-11-26 的名单已截止）"),
    ],
)
def test_a_period_to_come_says_why(desk: Flask, day: str, told: str) -> None:
    """What is listed for the next month or the next Thursday, because the list of this one has closed, says so on the time line and names that list; else nothing does."""
    with desk.test_request_context(headers={"Accept-Language": "zh"}):
        teller = timeline.teller(published.current("TS-002"))
        job = {
            "type": "job_completed",
            "token": 1,
            "element": "list_refund",
            "topic": "duties/collect",
            "result": {"period": told.partition("（")[0]},
        }
        at = datetime.fromisoformat(f"{day}T10:00:00+08:00")
        (line,) = teller.tell([record.Entry(1, at, "system", [job], b"")], range(1, 2))
    assert line.details == [("帐期", told)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_cannot_arrive_is_never_called_carried_out(desk: Flask, language: str) -> None:
    """The time line says that it was not sent and why, and so does what is said after the step."""
    with desk.test_request_context(headers={"Accept-Language": language}):
        teller = timeline.teller(published.current("TS-006"))
        place = {"type": "job_completed", "token": 1, "element": "look_up_account", "topic": "notification/send"}
        job = {**place, "result": {"outbox_id": 1, "failure": notification.CANCELLED}}
        (line,) = teller.tell([record.Entry(1, engine.now(), "system", [job], b"")], range(1, 2))
        with transaction():
            number = {"at": engine.now(), "failure": notification.CANCELLED}
            notification.queue("7:1", "AJ-1", NUMBER, "explanation", "说明", **number)
        sentence = completed.moved("AJ-1", ["7:1"])
    words = {
        "zh": ("短信未发出", "号码已销号", "未能发出"),
        "en": ("Text not sent", "the number is cancelled", "could not be sent"),
    }
    assert (words[language][0] in line.text, line.details[0][1]) == (True, words[language][1])
    assert words[language][2] in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_told_with_its_question(desk: Flask, language: str) -> None:
    """After a correction it is told whether a charge came of it, which decides what comes next, and never the bank, which the form asks first and by which nothing is decided."""
    row = SimpleNamespace(process_key="TS-008", element_id="correct_mandate")
    with desk.test_request_context("/", headers={"Accept-Language": language}):
        definition = published.current("TS-008")
        told = completed.chosen(row, definition, {"bank": "工商银行", "charge_arisen": "no"})
        only = completed.chosen(row, definition, {"bank": "工商银行"})
        nothing = completed.chosen(row, definition, {})
    words = {
        "zh": "“客户因此产生滞纳金或费用争议吗”：没有。",
        "en": "“Did a late fee or a charge dispute come of it?”: No.",
    }
    assert (told.strip(), only, nothing) == (words[language], "", "")


def test_what_a_step_decides_is_told_with_how_much(desk: Flask) -> None:
    """Of a form that asks much the way out and the sum are told, not whichever answer comes first."""
    row = SimpleNamespace(process_key="TS-001", element_id="verify_dispute")
    typed = {"arose_roaming": "no", "service_used": "no", "action": "function_fee", "action_amount": "42.00"}
    with desk.test_request_context("/", headers={"Accept-Language": "zh"}):
        sentence = completed.chosen(row, published.current("TS-001"), typed)
        picked = completed.chosen(row, published.current("TS-001"), {"disputed_lines": [LINE]})
    assert "88.00 元" in picked
    assert ("漫游" in sentence, "功能费" in sentence, "42.00 元" in sentence) == (False, True, True), sentence


WORDS = {"resolution": "已说明", "reply_channel": "phone", "customer_signed": "yes"}
GOING_BACK = {
    ("SUB-001", "explain_refusal", "ask_again"): "改金额或项目后再报批",
    ("SUB-001", "explain_rejection", "ask_again"): "有新情况，改金额或项目后再报批，列入下一个周四",
    ("SUB-002", "explain_refusal", "ask_again"): "改金额或方式后再报批",
    ("SUB-002", "sign_receipt", "pay_again"): "重新支取",
    ("SUB-004", "reply_no_deposit", "ask_again"): "换收据或补依据后再报批",
    ("SUB-004", "confirm_payment", "pay_again"): "重新退还",
    ("SUB-006", "explain_not_corrected", "ask_again"): "补凭证或改方式后再报批",
    ("TS-002", "reply_no_refund", "ask_again"): "再报批",
    ("TS-002", "confirm_cash", "another_way"): "改用其他方式",
    ("TS-002", "fill_form", "another_way"): "改用其他方式",
    ("TS-003", "explain_refusal", "ask_again"): "再报批",
    ("TS-004", "explain_not_moved", "ask_again"): "改号码或补依据后再报批",
    ("TS-008", "explain_refusal", "ask_again"): "再报批",
}


def boxes(definition: engine.definitions.Definition, process: str) -> set[tuple[str, str, str]]:
    """The ticked boxes of a process that stand instead of its steps: of which process, of which step, and their names."""
    elements = definition.processes[process].diagram.elements.values()
    steps = [(one.id, definition.form(one.id, process)) for one in elements if one.properties.get("form")]
    return {
        (process, step, box.key)
        for step, form in steps
        for box in form.inputs
        if box.type == "checkbox"
        and completed.sent_back(SimpleNamespace(process_key=process, element_id=step), definition, {box.key: "true"})
    }


def test_a_box_that_sends_back_is_told_instead_of_done(desk: Flask) -> None:
    """Every form by which the case goes back says so in the words of its box; unticked, the step was done."""
    with desk.test_request_context("/", headers={"Accept-Language": "zh"}):
        found: set[tuple[str, str, str]] = set()
        for process in sorted({process for process, _, _ in GOING_BACK} | {"SUB-005", "TS-001", "TS-006", "TS-007"}):
            found |= boxes(published.current(process), process)
        assert found == set(GOING_BACK), found ^ set(GOING_BACK)
        for (process, step, box), words in GOING_BACK.items():
            definition, row = published.current(process), SimpleNamespace(process_key=process, element_id=step)
            told = completed.sent_back(row, definition, {box: "true", **WORDS})
            assert (bool(told), words in told) == (True, True), (process, step, told)
            assert completed.sent_back(row, definition, WORDS) == ""


@pytest.mark.parametrize(("language", "said"), [("zh", "没有办"), ("en", "was not done; the case goes back")])
def test_a_step_that_sends_back_is_never_said_to_be_done(desk: Flask, language: str, said: str) -> None:
    """The line names the step, that it was not done, the box, and where the case is now; nowhere that it was."""
    case, task = steps(desk, JUDGED, CASH)
    cleo = Visitor(desk, "cleo", language)
    answer = cleo.client.post(f"/tasks/{task}/completion", data={"another_way": "yes"})
    (line,) = cleo.get(answer.location).tree.xpath("//main//*[contains(@class, 'desk-note-ok')]")
    told = line.text_content()
    box = {"zh": "改用其他方式", "en": "another way is chosen"}[language]
    assert (said in told, box in told, case in told) == (True, True, True), told
    assert ("已完成" in told, "Done" in told) == (False, False)
