"""A paper is printed beside the step that fills it in, with what stands in its form, and the step goes on at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.office import Office, fill

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def printed(page: Page, name: str) -> Response:
    """The answer that opens beside the page when a paper is printed."""
    with (
        page.context.expect_event("response", lambda one: "/papers/" in one.url) as answer,
        page.context.expect_page() as beside,
    ):
        page.get_by_role("button", name=name).click()
    found: Response = answer.value
    beside.value.close()
    return found


def test_two_papers_of_a_wrong_debit(office_in_browser: Office, tmp_path: Path) -> None:
    """Both forms of TS-008.5 come from one step; what was typed stays and is sent right after, and the one with an amount stands on the case's page."""
    said = "银行托收没有扣款，还收了滞纳金"
    case = office_in_browser.take_in(
        "cleo", "13900000801", said=said, demand="减免滞纳金", amount="3.00", process="托收失败投诉处理流程"
    )
    mandate = {"bank": "工商银行", "account": "6222020000000000801", "holder": "虚构客户0801"}
    office_in_browser.does("cleo", case, "了解托收资料", **mandate, failure_text="二月没有扣成")
    office_in_browser.does("cleo", case, "判断失败原因", failure_cause="keying_error", operator_fault="yes")
    office_in_browser.does("cleo", case, "修改托收资料", correction="帐号末位更正", charge_arisen="yes")
    page = office_in_browser.opens("cleo", case, "填写减免申请")
    late_fee = page.locator("[name=relief_lines][value^='late-fee:']")
    expect(late_fee).to_be_checked()
    fill(page, {"relief_reason": "录入错误 #x $y$"})
    page.screenshot(path=tmp_path / "step.png", full_page=True)
    expect(page.get_by_role("button", name="打印《退、减、免话费处理表》")).to_be_hidden()
    late_fee.uncheck()
    expect(page.get_by_role("button", name="打印《滞纳金减免表》")).to_be_hidden()
    late_fee.check()
    answer = printed(page, "打印《滞纳金减免表》")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    expect(late_fee).to_be_checked()
    expect(page.locator("[data-lines-total]")).to_contain_text("3.00")
    expect(page.locator("[name=relief_reason]")).to_have_value("录入错误 #x $y$")
    page.locator("[data-submit-default]").click()
    expect(page.locator(".desk-note-ok, .desk-note-wait")).to_be_visible()
    office_in_browser.does("sam", case, "主管批示", relief_approved="yes", approval_opinion="同意减免")
    office_in_browser.does("amy", case, "核算室复核金额", second_approved="yes", second_opinion="复核无误")
    office_in_browser.case("cleo", case)
    expect(page.locator("#papers a")).to_have_text(["滞纳金减免表"])
    page.screenshot(path=tmp_path / "case.png", full_page=True)
    assert office_in_browser.complaints == []
