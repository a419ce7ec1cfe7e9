"""The pictures of the README, taken from a morning at the desk; `./desk test --pictures` keeps them, otherwise they are only taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import pictures
from tests.browser.office import MORNING, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

MANDATE = {"bank": "工商银行", "account": "6222020000000000801", "holder": "虚构客户0801"}
CALLS = (
    ("13900000801", "银行托收没有扣款，还收了滞纳金", "3.00", "托收失败投诉处理流程", 0),
    ("13900000101", "没有开通彩铃，帐单上却有彩铃功能费", "5.00", "费用争议投诉处理流程", 150),
    ("13900000501", "我没有离开珠海，却收了漫游费", "15.90", "漫游话费争议投诉处理流程", 35),
    ("13900000701", "清单上有三秒以内的长途，没有接通也收费", "2.80", "超短话单投诉处理流程", 85),
    ("13900000201", "营业员错办了商务套餐，要求退款", "88.00", "话费退、减、免处理流程", 50),
    ("13900000601", "号码已销号，还在收梦网信息费", "10.00", "梦网无主话单投诉处理流程", 25),
    ("13900000103", "话费高，多收通话费", "42.00", "费用争议投诉处理流程", 50),
)
FIRST_STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "13900000801": ("了解托收资料", {**MANDATE, "failure_text": "二月没有扣成"}),
    "13900000101": ("受理费用争议", {"demand": "退还", "explained_first": True}),
}


def test_pictures(office_in_browser: Office) -> None:
    """A worklist with tasks in every state of time, a case on its diagram, and the replay that verifies it; the last two in English."""
    cases = []
    office_in_browser.move_to(MORNING - timedelta(hours=16, minutes=45))
    for number, said, amount, process, minutes in CALLS:
        cases.append(office_in_browser.take_in("cleo", number, said=said, amount=amount, process=process))
        if number in FIRST_STEPS:
            step, form = FIRST_STEPS[number]
            office_in_browser.does("cleo", cases[-1], step, **form)
        office_in_browser.move_to(office_in_browser.at + timedelta(minutes=minutes) if minutes else MORNING)
    office_in_browser.does(
        "cleo",
        cases[2],
        "解释漫游收费",
        explanation_accepted="no",
        resolution="已解释漫游计费",
        reply_channel="counter",
    )
    office_in_browser.does(
        "cleo",
        cases[2],
        "建立投诉单",
        call_since="2026-02-01",
        call_until="2026-02-28",
        complaint_detail="一直在拱北上班",
        demand="退还",
    )
    page = office_in_browser.opens("cleo", cases[2], "判断是否成立")
    page.get_by_role("button", name="领取").click()
    page.goto("/tasks")
    expect(page.locator("main tbody tr")).to_have_count(len(CALLS))
    pictures.take(page, "worklist")
    office_in_browser.language = "en"
    page = office_in_browser.case("sam", cases[2], "diagram")
    expect(page.locator(".desk-diagram").first).to_have_attribute("data-ready", "true")
    pictures.take(page, "case")
    page = office_in_browser.of("ada")
    page.goto(f"/cases/{cases[2]}/replay")
    expect(page.locator(".desk-note-ok")).to_be_visible()
    expect(page.locator(".desk-diagram").first).to_have_attribute("data-ready", "true")
    pictures.take(page, "replay")
