"""What holds on the clerks' pages whatever is done there: keyboard, errors, two people at once, no JavaScript, labels, width, the mark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import BOTH, Office, fill, log_in
from tests.browser.test_done import ASKED, JUDGED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID = "没有开通彩铃，帐单上却有彩铃功能费"
PAGES = ("/tasks", "/intake?msisdn=13900000501", "/cases", "/customers?msisdn=13900000601", "/processes")
UNLABELLED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter((field) => !field.closest('[aria-hidden=true]') && !field.labels?.length && !field.getAttribute('aria-label')).map((field) => field.outerHTML)"""
REPEATED_IDS = """() => [...document.querySelectorAll('[id]')].map((element) => element.id)
    .filter((id, index, ids) => ids.indexOf(id) !== index)"""
NAMELESS = """() => [...document.querySelectorAll('button, a[href]')]
    .filter((e) => !e.hidden && !e.closest('[aria-hidden=true]') && !e.textContent.trim() && !e.getAttribute('aria-label') && !e.title).map((e) => e.outerHTML)"""


RECEIVED = {"disputed_amount": "5.00", "demand": "退还", "explained_first": True}


def accepted(office_in_browser: Office) -> str:
    return office_in_browser.take_in("cleo", "13900000101", said=SAID, amount="5.00", process="费用争议投诉处理流程")


def test_intake_by_keyboard_alone(office_in_browser: Office) -> None:
    """A complaint is taken in with Tab, letters and Ctrl-Enter, the hand never on the mouse."""
    page = office_in_browser.of("cleo")
    page.goto("/intake")
    expect(page.locator("#field-msisdn")).to_be_focused()
    page.keyboard.type("13900000101")
    expect(page.locator("#caller h2").first).to_be_visible()
    for wanted, typed in (("field-text", SAID), ("field-demand", "退还"), ("field-disputed_amount", "5.00")):
        tab_to(page, wanted)
        page.keyboard.type(typed)
    expect(page.locator("#suggestion input:checked")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/tasks/[0-9]"))


def test_other_counters_take_in_for_the_service_hall(office_in_browser: Office) -> None:
    """What the hotline takes in waits at the service hall, the page says so, and the service hall confirms the process; a hall goes on by itself."""
    case = office_in_browser.take_in("hugo", "13900000101", said=SAID, amount="5.00", process="费用争议投诉处理流程")
    page = office_in_browser.of("hugo")
    expect(page.locator(".desk-note-ok")).to_contain_text("等待办理部门：专业厅")
    expect(page.locator("aside")).to_contain_text("确认归类与流程")
    office_in_browser.does("cleo", case, "确认归类与流程")
    office_in_browser.opens("cleo", case, "受理费用争议")
    case = office_in_browser.take_in("gina", "13900000102", said=SAID, amount="5.00", process="费用争议投诉处理流程")
    office_in_browser.opens("gina", case, "受理费用争议")


def tab_to(page: Page, field: str) -> None:
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            return
    pytest.fail(f"{field} is not reached by Tab")


def test_errors_stand_beside_their_fields(office_in_browser: Office) -> None:
    """What is wrong is listed on top and said beside each field; the first one has the focus, and what was typed is still there."""
    page = office_in_browser.of("cleo")
    page.goto("/intake")
    page.locator("main [name=demand]").fill("退还")
    page.locator("[data-submit-default]").click()
    expect(page.locator(".desk-errors a")).to_have_count(3)
    expect(page.locator("#error-msisdn")).to_be_visible()
    expect(page.locator("#field-msisdn")).to_be_focused()
    expect(page.locator("#field-msisdn")).to_have_attribute("aria-describedby", re.compile("error-msisdn"))
    expect(page.locator("main [name=demand]")).to_have_value("退还")


def test_a_choice_brings_its_fields(office_in_browser: Office) -> None:
    """Fields that belong to a choice appear with it and go with it; what has been typed elsewhere stays."""
    page = office_in_browser.opens("cleo", accepted(office_in_browser), "受理费用争议")
    fill(page, RECEIVED)
    page.locator("[data-submit-default]").click()
    expect(page.locator("h1")).to_have_text("判断争议原因")
    page.locator("[name=finding_note]").fill("受理单上没有彩铃")
    expect(page.locator("[name=responsible_person]")).to_have_count(0)
    page.locator("[name=finding]").select_option("staff")
    expect(page.locator("[name=responsible_person]")).to_be_visible()
    page.locator("[name=finding]").select_option("charge_right")
    expect(page.locator("[name=responsible_person]")).to_have_count(0)
    expect(page.locator("[name=finding_note]")).to_have_value("受理单上没有彩铃")


def test_two_clerks_complete_the_same_task(office_in_browser: Office) -> None:
    """The second one is told that it is done already, and nothing happens twice."""
    case = accepted(office_in_browser)
    second = office_in_browser.opens("cora", case, "受理费用争议")
    fill(second, RECEIVED)
    office_in_browser.does("cleo", case, "受理费用争议", **RECEIVED)
    second.locator("[data-submit-default]").click()
    expect(second.locator("main h1")).to_contain_text("已经")
    page = office_in_browser.case("cleo", case)
    expect(page.locator(".desk-timeline > li").filter(has_text="办完：受理费用争议")).to_have_count(1)


def test_intake_and_a_task_without_javascript(office_in_browser: Office) -> None:
    """Everything needed to serve a customer is plain HTML."""
    page = log_in(office_in_browser.visitor(java_script_enabled=False), "cleo")
    page.goto("/intake")
    page.locator("#field-msisdn").fill("13900000101")
    page.locator("#field-text").fill(SAID)
    page.locator("[value=suggest]").click()
    expect(page.locator("#caller h2").first).to_be_visible()
    page.locator("[data-submit-default]").click()
    page.wait_for_url(re.compile("/tasks/[0-9]"))
    page.locator("[name=disputed_amount]").fill("5.00")
    page.locator("[name=demand]").fill("退还")
    page.locator("[name=explained_first]").check()
    page.locator("[data-submit-default]").click()
    expect(page.locator(".desk-note-ok")).to_be_visible()


def test_the_amount_stands_on_the_button(office_in_browser: Office) -> None:
    """Before money moves, the button says how much, as typed."""
    said = "营业员错办了商务套餐，要求退款"
    case = office_in_browser.take_in("cleo", "13900000201", said=said, amount="88.00", process="话费退、减、免处理流程")
    office_in_browser.does("cleo", case, "判断投诉原因", **JUDGED)
    page = office_in_browser.does("cleo", case, "询问票据和退款", **ASKED)
    expect(page.locator("[data-submit-default]")).to_contain_text("88.00 元")
    page.locator("[name=refund_amount]").fill("20.5")
    expect(page.locator("[data-submit-default]")).to_contain_text("20.50 元")


def test_the_mark_of_bpmn_io_is_seen(office_in_browser: Office) -> None:
    """The mark that bpmn.io's licence asks for is visible on a diagram, and nothing covers it."""
    page = office_in_browser.case("cleo", accepted(office_in_browser), "diagram")
    expect(page.locator(".desk-diagram").first).to_have_attribute("data-ready", "true")
    mark = page.locator(".bjs-powered-by").first
    mark.scroll_into_view_if_needed()
    expect(mark).to_be_visible()
    on_top = mark.evaluate("""(mark) => { const box = mark.getBoundingClientRect();
        return mark.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }""")
    assert on_top


@pytest.mark.parametrize("language", BOTH)
def test_every_page_is_labelled_and_fits(office_in_browser: Office, language: str) -> None:
    """Every field and button has a name, ids are unique, the language is said, and nothing is wider than a screen of 1366 pixels."""
    office_in_browser.language = language
    case = accepted(office_in_browser)
    page = office_in_browser.of("cleo")
    tabs = [f"/cases/{case}?tab={tab}" for tab in ("timeline", "diagram", "money", "messages", "acts")]
    page.goto(f"/tasks?text={case}")
    task = page.locator("main tbody a").first.get_attribute("href")
    for address in (*PAGES, *tabs, str(task)):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
        assert page.evaluate(UNLABELLED) == [], address
        assert page.evaluate(REPEATED_IDS) == [], address
        assert page.evaluate(NAMELESS) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    assert office_in_browser.complaints == []


@pytest.mark.parametrize(("language", "told"), [("zh", "请填写此项。"), ("en", "Please fill in this field.")])
def test_a_missing_field_is_told_in_the_language_of_the_page(
    office_in_browser: Office, language: str, told: str
) -> None:
    """The browser's own word for it would come in the browser's language; once something is written nothing is missing."""
    page = office_in_browser.of("sam")
    page.goto("/notices")
    if language == "en":
        page.get_by_role("button", name="English").first.click()
    wording = page.locator("#field-text")
    page.locator("#notice button.btn-primary").click()
    assert wording.evaluate("field => field.validationMessage") == told
    wording.fill("十月的帐单晚一天")
    assert wording.evaluate("field => field.checkValidity()") is True
