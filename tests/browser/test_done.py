"""What "done" says: the clerk stays with the customer, a refusal comes back at its field, and a reply by text message is there to be sent."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import BOTH, Office, fill

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REFUND = "话费退、减、免处理流程"
JUDGED = {
    "finding": "staff",
    "error_kind": "wrong_order",
    "responsible_person": "李某",
    "finding_note": "底单与录入不符",
}
ASKED = {
    "disputed_lines": "88.00",
    "right_delivered": "no",
    "refund_kind": "charge",
    "receipt_held": "yes",
    "repayment_method": "cash",
}
PAID = {"receipt_number": "SJ-0201", "refund_amount": "88.00", "receipt_taken_back": True, "customer_signed": True}


def sends(page: Page, form: dict[str, object]) -> None:
    """Fill the form that stands there, and submit it."""
    fill(page, form)
    page.locator("main [data-submit-default]").click()
    page.wait_for_load_state("load")


def picture(page: Page, name: str) -> None:
    """A picture to look at, where somebody asks for them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", BOTH)
def test_two_complaints_worked_on_alternately(office_in_browser: Office, language: str) -> None:
    """Each step is followed by the next of the same case, and each message names the step, the case and the customer."""
    office_in_browser.language = language
    page = office_in_browser.of("cleo")
    cases = [
        office_in_browser.take_in("cleo", number, said="营业员错办了商务套餐，要求退款", amount="88.00", process=REFUND)
        for number in ("13900000202", "13900000201")  # the last has paid, and is asked about cash
    ]
    customers = [page_of(office_in_browser, page, case, "判断投诉原因") for case in cases]
    assert len(set(customers)) == 2
    for step, form in (("判断投诉原因", JUDGED), ("询问票据和退款", ASKED)):
        for case, customer in zip(cases, customers, strict=True):
            office_in_browser.opens("cleo", case, step)
            expect(page.locator(".desk-whose")).to_contain_text(customer)
            sends(page, form)
            said = page.locator(".desk-note-ok")
            for part in (office_in_browser.named(step), case, customer):
                expect(said).to_contain_text(part)
            expect(page.locator(".desk-whose")).to_contain_text(case)
    expect(page.locator("h1")).to_have_text(office_in_browser.named("收票据并确认金额"))
    picture(page, f"alternately-{language}")
    assert office_in_browser.complaints == []


def page_of(office_in_browser: Office, page: Page, case: str, step: str) -> str:
    """The customer at the top of a step's page."""
    office_in_browser.opens("cleo", case, step)
    return page.locator(".desk-whose strong").inner_text()


@pytest.mark.parametrize("language", BOTH)
def test_a_refusal_comes_back_at_its_field(office_in_browser: Office, language: str) -> None:
    """An unknown receipt and too large an amount: the form with all that was typed, the sentence and the way out; nothing is done."""
    office_in_browser.language = language
    office_in_browser.complaints = []
    case = office_in_browser.take_in(
        "cleo", "13900000201", said="营业员错办了商务套餐，要求退款", amount="200.00", process=REFUND
    )
    office_in_browser.does("cleo", case, "判断投诉原因", **JUDGED, disputed_amount="200.00")
    office_in_browser.does("cleo", case, "询问票据和退款", **ASKED)
    page = office_in_browser.opens("cleo", case, "收票据并确认金额")
    sends(page, {**PAID, "receipt_number": "SJ-9999"})
    expect(page.locator("#error-receipt_number")).to_contain_text("SJ-9999")
    expect(page.locator("[name=refund_amount]")).to_have_value("88.00")
    ends = page.locator("[data-submit-default]")
    expect(ends).to_contain_text("88.00")
    page.locator("[name=another_way]").check()  # then nothing is paid out by this button
    expect(ends).to_have_text({"zh": re.compile("^办完提交"), "en": re.compile("^Done")}[language])
    expect(ends).not_to_contain_text("88.00")
    page.locator("[name=another_way]").uncheck()
    expect(ends).to_contain_text("88.00")
    sends(page, {**PAID, "refund_amount": "150.00"})
    expect(page.locator("#error-refund_amount")).to_contain_text("88.00")
    expect(page.locator(".desk-note-ok")).to_have_count(0)
    picture(page, f"refused-{language}")
    sends(page, {**PAID, "receipt_number": "SJ-9999"})
    page.locator("[name=despite]").click()
    expect(page.locator("main .desk-note-bad")).to_have_count(2)
    expect(page.locator("h1")).to_have_text(office_in_browser.named("询问票据和退款"))
    expect(page.locator("main .desk-note-bad").first).to_contain_text("SJ-9999")
    picture(page, f"recorded-{language}")
    office_in_browser.does("cleo", case, "询问票据和退款", **ASKED, receipt_given_back=True)
    office_in_browser.does("cleo", case, "收票据并确认金额", **PAID)
    replied = office_in_browser.does("cleo", case, "回复客户", resolution="已退现 88.00 元", reply_channel="sms")
    picture(replied, f"standing-{language}")
    expect(replied.locator("#standing")).to_be_visible()
    messages = office_in_browser.case("cleo", case, "messages").locator("[data-channel=sms]")
    expect(messages).to_contain_text("已退现 88.00 元")
    expect(messages).to_contain_text(case)
    expect(messages.locator(".desk-state")).to_have_text(re.compile("等待发送|to be sent"))
    picture(page, f"messages-{language}")
