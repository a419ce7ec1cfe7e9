"""Withdrawing, extending, taking back and trying the customer from the page of a case and by the API: done, told, and refused beside the field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

import engine
from engine import cases, runtime
from models.base import session, transaction
from models.complaint import Complaint
from office import acts, fixtures, tokens, verification
from service_tasks.gateway import Effect, gateway
from tests.support.actors import CLEO, SAM
from tests.support.furnishing import EXPLAINED, JUDGED, begin, complete, instance_of, open_tasks
from tests.support.visitors import LANGUAGES, Caller, Visitor, contents

NUMBER = "13900000202"
WITHDRAWAL = {"withdraw_reason": "客户不追究了", "withdraw_said_by": "customer", "withdraw_channel": "counter"}
WITHDRAWAL |= {"withdraw_tell": "sms"}


def a_case(desk: Flask) -> str:
    """A complaint that goes through TS-002."""
    with desk.app_context():
        return begin(NUMBER)


def agrees(desk: Flask, case: str) -> bool:
    """Whether nothing contradicts its record."""
    with desk.app_context():
        return not verification.verify(instance_of(case)).deviations


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customer_withdraws(desk: Flask, language: str) -> None:
    """The case is closed as withdrawn on its page and in the list, its step is gone, and the time line tells who said so."""
    case = a_case(desk)
    cleo = Visitor(desk, "cleo", language)
    assert cleo.get(f"/cases/{case}", tab="acts").has("withdraw")
    assert cleo.post(f"/cases/{case}/withdrawal", **WITHDRAWAL).status == 302
    word = {"zh": "客户已撤回", "en": "withdrawn by the customer"}[language]
    for page in (cleo.get(f"/cases/{case}"), cleo.get("/cases")):
        assert word in page.text
    told = cleo.get(f"/cases/{case}").text
    assert {"zh": "客户撤回投诉", "en": "The customer withdraws the complaint"}[language] in told
    assert not cleo.get(f"/cases/{case}", tab="acts").has("withdraw")
    assert case in cleo.get("/cases", state="withdrawn").text
    assert case not in cleo.get("/cases", state="not_reached").text
    replayed = cleo.get(f"/cases/{case}/replay")
    assert (replayed.status, word in replayed.text) == (200, True)
    with desk.app_context():
        assert open_tasks(case) == []
    assert agrees(desk, case)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_entered_in_error_is_void(desk: Flask, language: str) -> None:
    """The page, the list and the time line say that the office erred and why; nobody reads that the customer asked for it."""
    case = a_case(desk)
    cleo = Visitor(desk, "cleo", language)
    refused = cleo.post(f"/cases/{case}/voiding", void_reason="", void_tell="nobody")
    assert (refused.status, "field-void_reason" in refused.text) == (422, True)
    assert cleo.post(f"/cases/{case}/voiding", void_reason="小王录错号码", void_tell="nobody").status == 302
    page, word = cleo.get(f"/cases/{case}").text, {"zh": "作废：我方登记有误", "en": "void: entered in error"}[language]
    assert (word in page, "小王录错号码" in page, word in cleo.get("/cases", state="voided").text) == (True, True, True)
    assert {"zh": "客户撤回", "en": "withdraws"}[language] not in page
    assert {"zh": "案件作废", "en": "Case voided"}[language] in Visitor(desk, "sam", language).get("/supervision").text
    assert agrees(desk, case)


def test_a_step_that_a_withdrawal_cancelled_says_so(desk: Flask) -> None:
    """Nobody did it: the page says by whom and through what it was cancelled, and the customer's page has the word of the case's."""
    case = a_case(desk)
    with desk.app_context():
        (task,) = open_tasks(case)
    cleo, sam = Visitor(desk, "cleo"), Visitor(desk, "sam")
    cleo.post(f"/cases/{case}/withdrawal", **WITHDRAWAL)
    for page in (sam.get(f"/tasks/{task}"), sam.post(f"/tasks/{task}/completion", finding_note="x")):
        assert (page.status, page.title) == (409, "这一步已经取消，不用再办，未作任何改动。")
        assert "客户已撤回投诉" in page.text
        assert "办完" not in page.text
        assert page.tree.xpath("//main//p[contains(., '办理')]")
    shown = cleo.get("/customers", msisdn=NUMBER)
    (row,) = shown.tree.xpath(f"//tr[.//a[@href='/cases/{case}']]")
    assert ("客户已撤回" in row.text_content(), "已办结" in row.text_content()) == (True, False)


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh", "本案已将 88.00 元 入到帐户，请先冲正。"), ("en", "¥88.00 has been posted to an account")],
)
def test_a_withdrawal_says_how_the_money_went(desk: Flask, language: str, told: str) -> None:
    """The customer's own payment that was posted was not paid to them: the refusal says posted, and nothing of paying."""
    case = a_case(desk)
    with desk.app_context(), transaction():
        fixtures.build({"bank_payments": [{"reference": "YH-1", "msisdn": NUMBER, "amount": 8800}]}, at=engine.now())
        effect = Effect(key=f"{instance_of(case)}:1", at=engine.now(), case=case)
        gateway().correct_bank_payment(gateway().subscription(NUMBER).id, NUMBER, "YH-1", effect)
    page = Visitor(desk, "cleo", language).post(f"/cases/{case}/withdrawal", **WITHDRAWAL)
    said = " ".join(page.tree.text_content().split())
    assert (page.status, told in said, "付给" in said, "paid in cash in this case" in said) == (422, True, False, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_said_beside_its_field(desk: Flask, language: str) -> None:
    """Nothing is changed, what was typed stays, and the summary leads to the fields."""
    case = a_case(desk)
    cleo = Visitor(desk, "cleo", language)
    before = contents(desk)
    page = cleo.post(f"/cases/{case}/withdrawal", withdraw_reason="客户不追究了", withdraw_tell="pigeon")
    assert page.status == 422
    assert all(page.beside(f"withdraw_{name}") for name in ("said_by", "channel", "tell"))
    assert all(page.has(anchor) for anchor in page.summary)
    assert page.typed("withdraw_reason") == "客户不追究了"
    page = cleo.post(f"/cases/{case}/extensions", extend_until="2026-13-45", extend_reason="复杂")
    assert (page.status, bool(page.beside("extend_until"))) == (422, True)
    page = cleo.post(f"/cases/{case}/unreached", close_tell="sms")
    assert page.status == 422
    assert {"zh": "须联系三次，还差 3 次", "en": "still missing: 3"}[language] in page.text
    assert contents(desk) == before


def working_day(later: int) -> str:
    """The close of which is so many working days after tomorrow's limit."""
    limit = engine.now() + timedelta(days=1)
    return f"{runtime.calendar().working_days(limit, later):%Y-%m-%d}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_time_is_asked_for_and_granted(desk: Flask, language: str) -> None:
    """The clerk asks and cannot grant; the supervisor finds it on the worklist and on the board; afterwards both lists say so."""
    case = a_case(desk)
    cleo, sam = Visitor(desk, "cleo", language), Visitor(desk, "sam", language)
    with desk.app_context():
        until = working_day(3)
    assert cleo.post(f"/cases/{case}/extensions", extend_until=until, extend_reason="要等取证").status == 302
    waiting = {"zh": "待批准的申请", "en": "Requests that wait for an answer"}[language]
    assert [waiting in one.text for one in (cleo.get("/tasks"), sam.get("/tasks"), sam.get("/supervision"))] == [
        False,
        True,
        True,
    ]
    assert cleo.post(f"/cases/{case}/extensions/1/grant", grant_tell="sms").status == 403
    assert "要等取证" in sam.get(f"/cases/{case}", tab="acts").text
    assert sam.post(f"/cases/{case}/extensions/1/grant", grant_tell="sms").status == 302
    badge = {"zh": "延期至", "en": "extended until"}[language]
    assert badge in cleo.get(f"/cases/{case}").text
    assert {"zh": "已延期", "en": "extended"}[language] in cleo.get("/tasks").text
    with desk.app_context():
        assert session().get_one(Complaint, case).extended_to is not None
    assert agrees(desk, case)


def test_a_refused_request_says_why(desk: Flask) -> None:
    """And leaves room for another."""
    case = a_case(desk)
    cleo, sam = Visitor(desk, "cleo"), Visitor(desk, "sam")
    with desk.app_context():
        until = working_day(2)
    cleo.post(f"/cases/{case}/extensions", extend_until=until, extend_reason="要等取证")
    assert sam.post(f"/cases/{case}/requests/1/refusal", refuse_reason="").status == 422
    assert sam.post(f"/cases/{case}/requests/1/refusal", refuse_reason="不复杂").status == 302
    assert "不复杂" in cleo.get(f"/cases/{case}").text
    page = cleo.get(f"/cases/{case}", tab="acts")
    (box,) = page.tree.xpath("//*[@data-request='1']")
    assert ("答复理由：不复杂" in box.text_content(), "要等取证" in box.text_content()) == (True, True)
    assert page.has("extend")
    assert agrees(desk, case)


@pytest.mark.parametrize(("language", "word"), [("zh", "批准"), ("en", "Grant")])
def test_whatever_is_asked_for_is_granted_with_one_word(desk: Flask, language: str, word: str) -> None:
    """The button under a request for more time and under a reversal is called the same."""
    case = a_case(desk)
    cleo, sam = Visitor(desk, "cleo", language), Visitor(desk, "sam", language)
    with desk.app_context():
        until = working_day(2)
        with transaction():
            effect = Effect(key=f"{instance_of(case)}:1", at=engine.now(), case=case)
            gateway().credit(gateway().subscription(NUMBER).id, 800, "charge", effect)
    assert cleo.post(f"/cases/{case}/extensions", extend_until=until, extend_reason="要等取证").status == 302
    reverse = {"reverse_entry": effect.key, "reverse_reason": "冲错了"}
    assert cleo.post(f"/cases/{case}/reversals", **reverse).status == 302
    tree = sam.get(f"/cases/{case}", tab="acts").tree
    buttons = [one.text_content() for one in tree.xpath("//*[@data-request]//button[contains(@class, 'btn-primary')]")]
    assert buttons == [word, word]


def test_who_may_not_sees_no_form_and_is_refused(desk: Flask) -> None:
    """An auditor looks; somebody of another department does not even that."""
    case = a_case(desk)
    ada, nora = Visitor(desk, "ada"), Visitor(desk, "nora")
    assert not ada.get(f"/cases/{case}", tab="acts").has("withdraw")
    before = contents(desk)
    for path in ("withdrawal", "extensions", "reversals", "tries", "unreached"):
        assert ada.post(f"/cases/{case}/{path}", **WITHDRAWAL).status == 403
        assert nora.post(f"/cases/{case}/{path}", **WITHDRAWAL).status == 403
    assert contents(desk) == before


def test_the_same_by_the_api(any_desk: Flask) -> None:
    """Every act, its refusals with their fields, and how the case stands afterwards, on either database."""
    with any_desk.app_context():
        case = begin(NUMBER)
        instance = instance_of(case)
        cleo, sam, ada = (
            Caller(any_desk.test_client(), tokens.create(name, at=engine.now())) for name in ("cleo", "sam", "ada")
        )
        until = working_day(4)
    place = f"/instances/{instance}"
    asked = cleo.post(f"{place}/extensions", {"until": until, "reason": "复杂"})
    assert (asked.status_code, asked.json["requests"][0]["state"]) == (200, "asked")
    assert cleo.post(f"{place}/requests/1/grant").status_code == 403
    assert sam.post(f"{place}/requests/1/grant").json["requests"][0]["state"] == "granted"
    assert sam.post(f"{place}/requests/1/grant").status_code == 404
    assert sam.post(f"{place}/requests/7/refusal", {"reason": "不"}).status_code == 404
    again = cleo.post(f"{place}/extensions", {"until": until, "reason": "复杂"})
    assert (again.status_code, list(again.json["reasons"])) == (422, ["case"])
    assert cleo.post(f"{place}/reversals", {"entry": "1:1", "reason": "错"}).json["reasons"]["entry"][0]["code"] == (
        "no_such_credit"
    )
    assert cleo.post(f"{place}/tries", {"channel": "phone"}).json["tries"][0]["by"] == "cleo"
    lacking = cleo.post(f"{place}/unreached")
    assert [one["code"] for one in lacking.json["reasons"]["case"]] == [
        "customer_not_awaited",
        "tries_missing",
        "another_day_missing",
    ]
    told = {"reason": "不追究", "said_by": "holder", "channel": "phone", "tell": "phone"}
    assert ada.post(f"{place}/withdrawal", told).status_code == 403
    assert cleo.post(f"{place}/withdrawal", {**told, "said_by": ""}).json["reasons"].keys() == {"said_by"}
    done = cleo.post(f"{place}/withdrawal", told)
    assert (done.status_code, done.json["outcome"], done.json["ended"]) == (200, "withdrawn", True)
    assert cleo.post(f"{place}/withdrawal", told).status_code == 409
    assert cleo.get(f"{place}/acts").json == done.json
    assert agrees(any_desk, case)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_try_says_what_the_case_waits_for(desk: Flask, language: str) -> None:
    """While a step of the office is open the note and the tab name it; where only the customer is asked, no such word stands there."""
    case, cleo = a_case(desk), Visitor(desk, "cleo", language)
    step = {"zh": "判断投诉原因", "en": "Judge the cause"}[language]
    cleo.post(f"/cases/{case}/tries", try_channel="phone")
    page = cleo.get(f"/cases/{case}", tab="acts")
    places = ("//*[@data-said]", "//*[@id='tries']")
    assert [step in page.tree.xpath(place)[0].text_content() for place in places] == [True, True]
    with desk.app_context():
        complete(open_tasks(case)[0], JUDGED)
    lacking = cleo.get(f"/cases/{case}", tab="acts").tree.xpath("//*[@id='tries']")[0].text_content()
    assert {"zh": "不只等客户", "en": "does not wait"}[language] not in lacking


def test_accounting_sees_the_case_it_is_asked_about(desk: Flask) -> None:
    """A reversal that needs its yes opens the case to it, as long as it waits."""
    case = a_case(desk)
    amy = Visitor(desk, "amy")
    assert amy.get(f"/cases/{case}").status == 403
    with desk.app_context():
        asked: dict[str, Any] = {
            "type": "reversal_asked",
            "request": 1,
            "entry": "1:1",
            "amount": 60000,
            "reason": "错",
        }
        cases.note(instance_of(case), [asked], by=CLEO, at=engine.now())
    assert "600.00" in amy.get(f"/cases/{case}", tab="acts").text
    assert case in amy.get("/tasks").text
    with desk.app_context():
        acts.refuse(case, 1, reason="不", by=SAM, at=engine.now())
    assert amy.get(f"/cases/{case}").status == 403


@pytest.mark.parametrize(("language", "asked"), [("zh", "有内容记错了？"), ("en", "Something was recorded wrongly?")])
def test_the_way_out_of_a_mistake_is_on_the_page(desk: Flask, language: str, asked: str) -> None:
    """From the case and from its next step; an auditor, who can do nothing to the case, is not led there."""
    with desk.app_context():
        case = begin("13900000202")
        complete(open_tasks(case)[0], EXPLAINED)
        task = open_tasks(case)[0]
    cleo, place = Visitor(desk, "cleo", language), f"/cases/{case}?tab=acts#mistake"
    for page in (cleo.get(f"/cases/{case}"), cleo.get(f"/tasks/{task}")):
        assert [link.text_content() for link in page.tree.xpath(f'//a[@href="{place}"]')] == [asked]
    assert cleo.get(place).has("mistake")
    ada = Visitor(desk, "ada", language).get(f"/cases/{case}")
    assert not ada.tree.xpath(f'//a[@href="{place}"]')


def test_who_approves_a_reversal_sees_the_entry_with_its_numbers_and_lines(desk: Flask) -> None:
    """An amount and a reason are no ground to decide on: where the money went stands beside them, and on the money tab."""
    source, target = "13900000204", "13900000205"
    with desk.app_context():
        case = begin(source)
        effect = Effect(key=f"{case}:moved", at=engine.now(), case=case)
        ids = [gateway().subscription(msisdn).id for msisdn in (source, target)]
        with transaction():
            gateway().transfer(*ids, 2000, effect)
        acts.ask_reversal(case, entry=effect.key, reason="转错了号码", by=CLEO, at=engine.now())
    sam = Visitor(desk, "sam")
    (request,) = sam.get(f"/cases/{case}", tab="acts").tree.xpath("//*[@data-request]")
    rows = sam.get(f"/cases/{case}", tab="money").tree.xpath("//table//tbody/tr")
    for told in (request.text_content(), rows[0].text_content()):
        assert [number for number in (source, target) if number[-4:] not in told] == [], told
