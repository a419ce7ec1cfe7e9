"""Where one is when a page opens, what the keys press, and that no button loses what is typed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import Office
from tests.browser.test_done import JUDGED, REFUND, fill, picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HINTED = "main :is(button:has(+ .desk-key), .desk-submit button)"


def focused(page: Page) -> str:
    """The name of the field that has the focus, or the element that has it."""
    page.wait_for_load_state("load")
    return str(page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def test_a_page_begins_at_its_first_field(office_in_browser: Office) -> None:
    """With the keyboard alone one is where one types: log-in, intake, step, search, remark, notice, supervision, publishing, roll-back."""
    assert focused(visited(office_in_browser.visitor(), "/login")) == "name"
    page = office_in_browser.of("cleo")
    case = office_in_browser.take_in(
        "cleo", "13900000201", said="营业员错办了商务套餐，要求退款", amount="88.00", process=REFUND
    )
    assert focused(page) == "finding"
    for address, name in (("/intake", "msisdn"), ("/cases", "text"), ("/customers", "msisdn"), ("/tasks", "text")):
        assert focused(visited(page, address)) == name, address
    assert focused(visited(page, f"/cases/{case}?tab=messages")) == "told"
    assert focused(visited(office_in_browser.of("sam"), "/notices")) == "text"
    owner = office_in_browser.of("olu")
    assert focused(visited(owner, "/processes/import")) == "file"
    assert focused(visited(owner, "/processes/TS-002/try")) == "at"


def visited(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def test_by_key_from_the_intake_to_the_next_step(office_in_browser: Office) -> None:
    """Ctrl-Enter presses the button it stands at; after it one is at the first wrong field, and then at the first field of the next page."""
    page = office_in_browser.of("cleo")
    page.goto("/intake")
    hinted = page.locator("main button:has(+ .desk-key)")
    expect(hinted).to_have_text(re.compile("受理"))
    page.keyboard.type("1390000")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-errors")).to_be_visible()
    assert focused(page) == "msisdn"
    page.locator("main [name=msisdn]").fill("13900000201")
    page.locator("main [name=text]").fill("营业员错办了商务套餐，要求退款")
    expect(page.locator("#suggestion input:checked")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/tasks/\d+"))
    assert focused(page) == "finding"
    picture(page, "focus-after-intake")
    fill(page, {**JUDGED, "finding_note": ""})
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-errors")).to_be_visible()
    assert focused(page) == "finding_note"
    assert office_in_browser.complaints == [] or all("422" in one for one in office_in_browser.complaints)


@pytest.mark.parametrize("button", ["English", "领取"])
def test_a_button_beside_the_form_keeps_what_is_typed(office_in_browser: Office, button: str) -> None:
    """Pressed at once after the last word, before anything was kept by itself; the page comes back with it."""
    page = office_in_browser.of("cleo")
    case = office_in_browser.take_in(
        "cleo", "13900000201", said="营业员错办了商务套餐，要求退款", amount="88.00", process=REFUND
    )
    office_in_browser.opens("cleo", case, "判断投诉原因")
    page.locator("[name=finding_note]").fill("底单与录入不符")
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state("load")
    expect(page.get_by_role("button", name={"English": "中文", "领取": "放回待办"}[button], exact=True)).to_be_visible()
    expect(page.locator("[name=finding_note]")).to_have_value("底单与录入不符")


def test_logging_out_keeps_what_is_typed(office_in_browser: Office) -> None:
    """Pressed at once after the last word."""
    page = office_in_browser.of("cleo")
    page.goto("/intake")
    page.locator("main [name=text]").fill("每月多收五元")
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url(re.compile("/login"))
    office_in_browser.pages.pop("cleo")
    page = office_in_browser.of("cleo")
    page.goto("/intake")
    expect(page.locator("main [name=text]")).to_have_value("每月多收五元")


def test_what_is_too_large_stays_where_it_is(office_in_browser: Office) -> None:
    """It is told in words on its page, and nothing typed is lost."""
    page = office_in_browser.of("cleo")
    page.goto("/intake")
    page.locator("main [name=demand]").fill("退费")
    page.locator("main [name=text]").evaluate("field => { field.value = '收'.repeat(1_000_000); }")
    page.locator("[data-submit-default]").click()
    expect(page.locator(".desk-too-large")).to_contain_text("8 MB")
    expect(page.locator("main [name=demand]")).to_have_value("退费")
    assert page.url.endswith("/intake")
    picture(page, "too-large")


def test_enter_in_a_field_does_the_step_and_gives_nothing_back(office_in_browser: Office) -> None:
    """The buttons beside the form are of the same form, and Enter presses none of them."""
    page = office_in_browser.of("cleo")
    case = office_in_browser.take_in(
        "cleo", "13900000201", said="营业员错办了商务套餐，要求退款", amount="88.00", process=REFUND
    )
    office_in_browser.opens("cleo", case, "判断投诉原因")
    fill(page, JUDGED)
    page.locator("[name=responsible_person]").press("Enter")
    expect(page.locator(".desk-note-ok")).to_be_visible()
    expect(page.locator("h1")).to_have_text("询问票据和退款")


def test_who_mistyped_a_case_is_at_the_search(office_in_browser: Office) -> None:
    """The number stands there to be mended."""
    page = office_in_browser.of("cleo")
    page.goto("/cases/AJ-0000-000000")
    assert focused(page) == "text"
    expect(page.locator("main [name=text]")).to_have_value("AJ-0000-000000")


def test_the_key_presses_an_act_from_inside_its_form_only(office_in_browser: Office) -> None:
    """Whoever has filled in a withdrawal presses its button by key; from anywhere else on the page the key does nothing that cannot be taken back."""
    case = office_in_browser.take_in(
        "cleo", "13900000201", said="营业员错办了商务套餐，要求退款", amount="88.00", process=REFUND
    )
    page = office_in_browser.of("cleo")
    page.goto(f"/cases/{case}?tab=acts")
    page.locator("[name=withdraw_said_by]").first.check()
    page.locator("[name=withdraw_channel]").first.check()
    page.locator("[name=withdraw_reason]").fill("客户不追究了")
    page.locator("main h1").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#withdraw")).to_be_visible()
    page.locator("[name=withdraw_reason]").press("Control+Enter")
    expect(page.locator("#withdraw")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("客户已撤回")
