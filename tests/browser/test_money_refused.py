"""What nobody gets in a browser: their own request approved, more than they may give, and a line that another hall has just had."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.office import Office, fill

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WRONG_ORDER = {"finding": "staff", "error_kind": "wrong_order", "finding_note": "底单与录入不符"}
IN_CASH = {"right_delivered": "no", "refund_kind": "charge", "receipt_held": "yes", "repayment_method": "cash"}
MONTHLY_FEE, PACKAGE_FEE = "bill-item:2026-02:1", "bill-item:2026-02:2"


def refund(office_in_browser: Office, person: str, amount: str) -> str:
    """A complaint of TS-002 up to the step at which its lines are picked; the case number."""
    said = "营业员错办了商务套餐，要求退款"
    case = office_in_browser.take_in(
        person, "13900000201", said=said, demand="退现金", amount=amount, process="话费退、减、免处理流程"
    )
    office_in_browser.does(person, case, "判断投诉原因", **WRONG_ORDER)
    return case


def test_who_asked_does_not_approve(office_in_browser: Office) -> None:
    """A supervisor at the counter reads that the step is another's; a colleague approves it."""
    said = "话费不对，多收了通话费"
    case = office_in_browser.take_in(
        "sam", "13900000103", said=said, demand="减免", amount="10.00", process="费用争议投诉处理流程"
    )
    office_in_browser.does("sam", case, "受理费用争议", explained_first=True)
    office_in_browser.does("sam", case, "判断争议原因", finding="charge_right", finding_note="收费正确")
    explained = {"resolution": "收费正确", "explanation_accepted": "no", "reply_channel": "counter"}
    office_in_browser.does("sam", case, "向客户解释", **explained)
    asked = {"insistence_reason": "老客户", "requested_way": "credit", "clerk_opinion": "建议减免"}
    page = office_in_browser.opens("sam", case, "请示主管或部门")
    fill(page, {"disputed_lines": f"{MONTHLY_FEE} 50.00"})
    page.locator(f'[name="disputed_lines@{MONTHLY_FEE}"]').fill("10.00")
    page.locator(f'[name="disputed_lines@{MONTHLY_FEE}@why"]').fill("半月未用")
    fill(page, asked)
    page.locator("[data-submit-default]").click()
    expect(page.locator(".desk-note-ok, .desk-note-wait")).to_be_visible()
    page = office_in_browser.opens("sam", case, "审批是否减免")
    expect(page.locator("main")).to_contain_text("同一")
    expect(page.locator("#completion")).to_have_count(0)
    office_in_browser.does("sue", case, "审批是否减免", reduction_approved="yes", approval_opinion="同意")


def test_an_amount_above_the_clerks_authority_waits_for_the_supervisor(office_in_browser: Office) -> None:
    """138 in cash move when a supervisor has approved them, and not before."""
    case = refund(office_in_browser, "cleo", "138.00")
    page = office_in_browser.opens("cleo", case, "询问票据和退款")
    for line in (f"{MONTHLY_FEE} 50.00", f"{PACKAGE_FEE} 88.00"):
        fill(page, {"disputed_lines": line})
    fill(page, IN_CASH)
    page.locator("[data-submit-default]").click()
    expect(page.locator("h1")).to_have_text("收票据并确认金额")
    papers = {"receipt_taken_back": True, "customer_signed": True}
    office_in_browser.does("cleo", case, "收票据并确认金额", receipt_number="SJ-0201", refund_amount="138.00", **papers)
    expect(office_in_browser.case("cleo", case, "money").locator("main")).not_to_contain_text("退话费")
    office_in_browser.does("sam", case, "主管审批金额", amount_approved="yes", authority_opinion="依据充分")
    expect(office_in_browser.case("cleo", case, "money").locator("main")).to_contain_text("退话费")


def test_two_halls_dispute_one_line_at_once(office_in_browser: Office) -> None:
    """Both press in the same second: one has the line, the other reads which case has it, and nothing typed is lost."""
    cases = {person: refund(office_in_browser, person, "88.00") for person in ("cleo", "gina")}
    pages = {person: office_in_browser.opens(person, case, "询问票据和退款") for person, case in cases.items()}
    for page in pages.values():
        fill(page, {"disputed_lines": f"{PACKAGE_FEE} 88.00", **IN_CASH})
    for page in pages.values():
        page.evaluate("() => void setTimeout(() => document.querySelector('[data-submit-default]').click())")
    for page in pages.values():
        expect(page.locator(".desk-note-ok, .desk-note-wait, .desk-errors").first).to_be_visible()
    refused = [person for person, page in pages.items() if page.locator(".desk-errors").count()]
    assert len(refused) == 1
    (loser,) = refused
    (winner,) = set(cases) - {loser}
    expect(pages[loser].locator("[data-field=disputed_lines]")).to_contain_text(cases[winner])
    ticked = pages[loser].locator("[name=disputed_lines]:checked")
    assert re.match(PACKAGE_FEE, ticked.first.get_attribute("value") or "")
