"""Picking disputed lines in a browser: what a choice hides comes back as it was, and the sum is of money, each once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.office import Office, fill
from tests.browser.test_done import ASKED, JUDGED

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_a_choice_hides_comes_back_as_it_was(office_in_browser: Office) -> None:
    """The system's ticks, one of them taken away by the clerk, stand there again after no and yes."""
    case = office_in_browser.take_in(
        "cleo", "13900000701", said="清单上有三秒以内的长途，没有接通也收费", process="超短话单投诉处理流程"
    )
    office_in_browser.does("cleo", case, "登记清单时段", call_since="2026-02-01", call_until="2026-02-28")
    page = office_in_browser.opens("cleo", case, "确认核查结果")
    ticked, total = page.locator("[name=disputed_lines]:checked"), page.locator("[data-lines-total]")
    expect(total).to_have_text("2.80 元")
    before = ticked.count()
    ticked.first.uncheck()
    left = total.inner_text()
    for choice in ("no", "yes"):
        page.locator(f"[name=ultra_short_confirmed][value={choice}]").check()
        expect(total).to_have_count(0 if choice == "no" else 1)
    expect(ticked).to_have_count(before - 1)
    expect(total).to_have_text(left)


def test_the_sum_follows_what_is_typed_as_the_server_reads_it(office_in_browser: Office) -> None:
    """A comma is not thrown away, and a bill item with its own call is not money twice."""
    case = office_in_browser.take_in(
        "cleo", "13900000201", said="营业员错办了商务套餐，要求退款", process="话费退、减、免处理流程"
    )
    office_in_browser.does("cleo", case, "判断投诉原因", **JUDGED)
    page = office_in_browser.opens("cleo", case, "询问票据和退款")
    amount, total = page.locator(".desk-lines-amount").first, page.locator("[data-lines-total]")
    for typed, shown in (("0.29", "0.29 元"), ("0,29", "—"), ("58,00", "—"), ("5²", "—"), ("￥１．5", "1.50 元")):
        amount.fill(typed)
        expect(total).to_have_text(shown)
    amount.fill("0,29")
    fill(page, {name: value for name, value in ASKED.items() if name != "disputed_lines"})
    page.locator("[data-submit-default]").click()
    expect(page.locator("#error-disputed_lines")).to_contain_text("请填写数字")
    expect(page.locator(".desk-lines-amount").first).to_have_value("0,29")


def test_going_back_after_an_intake_shows_no_words_of_the_customer_before(office_in_browser: Office) -> None:
    """The form is empty, not half of the last customer's."""
    office_in_browser.take_in(
        "cleo",
        "13900000101",
        said="没有开通彩铃，帐单上却有彩铃功能费",
        demand="退还",
        amount="5.00",
        process="费用争议投诉处理流程",
    )
    page = office_in_browser.of("cleo")
    page.go_back()
    expect(page.locator("#field-msisdn")).to_be_visible()
    for name in ("msisdn", "text", "demand", "disputed_amount"):
        expect(page.locator(f"main [name={name}]")).to_have_value("")
