"""The customer's papers beside a step, and lines picked without a mouse."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import BOTH, Office, choose_language
from tests.browser.test_done import ASKED, JUDGED, REFUND, picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_TABS = 400


def tab_to(page: Page, selector: str, *, backwards: bool = False) -> None:
    """Press Tab until the field is reached; what is folded is not passed through."""
    for _ in range(MOST_TABS):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(selector)


@pytest.mark.parametrize("language", BOTH)
def test_the_papers_open_beside_a_step(office_in_browser: Office, language: str) -> None:
    """Folded where nothing is picked and loaded when opened, by a key too; beside lines that are picked they stand open."""
    case = office_in_browser.take_in("cleo", "13900000201", said="营业员错办了商务套餐，要求退款", process=REFUND)
    page = office_in_browser.of("cleo")
    choose_language(page, language)
    office_in_browser.language = language
    office_in_browser.opens("cleo", case, "判断投诉原因")
    papers = page.locator("#customer")
    expect(papers.locator("table")).to_have_count(0)
    papers.locator("> summary").focus()
    page.keyboard.press("Enter")
    expect(papers).to_contain_text("SJ-0201")
    expect(papers).to_contain_text({"zh": "不一致", "en": "not the same"}[language])
    expect(papers.locator("input")).to_have_count(0)
    picture(page, f"bar-folded-{language}")
    office_in_browser.does("cleo", case, "判断投诉原因", **JUDGED)
    office_in_browser.opens("cleo", case, "询问票据和退款")
    expect(papers).to_have_attribute("open", "")
    expect(papers).to_contain_text("SJ-0201")
    picture(page, f"bar-beside-lines-{language}")
    page.goto(f"{page.url.split('?')[0]}/customer")
    expect(page.locator("h1")).to_have_text({"zh": "客户资料", "en": "The customer's papers"}[language])
    picture(page, f"bar-page-{language}")


def add_calls(database: Path, msisdn: str) -> None:
    """Sixty calls of three seconds and more on the last bill of a number, so many that not all are shown."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        bill = connection.execute(
            "select bill.id from bill join subscription on subscription.id = bill.subscription_id where msisdn = ?"
            " order by period desc",
            (msisdn,),
        ).fetchone()[0]
        connection.executemany(
            "insert into cdr (served_msisdn, other_party, kind, start, duration_s, cell, visited_network, basic,"
            " long_distance, ip, forwarding, roaming, information, bill_id)"
            " values (?, ?, 'originating', ?, ?, '', '', 0, 20, 0, 0, 0, 0, ?)",
            [
                (msisdn, f"0756{n:07d}", f"2026-02-10 02:{n:02d}:00.000000", 3 if n < 5 else 60 + n, bill)
                for n in range(60)
            ],
        )


def test_lines_are_searched_grouped_picked_and_sent_by_keyboard_alone(
    office_in_browser: Office, tmp_path: Path
) -> None:
    """Tab, letters, Space and Ctrl-Enter do all of it: find a call, tick it and a whole group, a part of an item with its reason, and submit."""
    add_calls(tmp_path / "var" / "office.db", "13900000201")
    case = office_in_browser.take_in("cleo", "13900000201", said="营业员错办了商务套餐，要求退款", process=REFUND)
    office_in_browser.does("cleo", case, "判断投诉原因", **JUDGED)
    page = office_in_browser.opens("cleo", case, "询问票据和退款")
    tab_to(page, "[name='disputed_lines@find']")
    page.keyboard.type("07560000042")
    page.keyboard.press("Enter")
    call = page.locator("[id^='pick-disputed_lines-call:']")
    expect(call).to_have_count(1)
    expect(page.locator(".desk-errors")).to_have_count(0)  # Enter looks for calls, it does not send the step
    for selector in ("[name='disputed_lines@all'][value=short]", "[id^='pick-disputed_lines-call:']"):
        tab_to(page, selector)
        page.keyboard.press("Space")
    item = "pick-disputed_lines-bill-item:"
    tab_to(page, f"[id^='{item}'][id$=':2']", backwards=True)
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    for typed in ("38.00", "只用了一半"):
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    expect(page.locator("[data-lines-count]")).to_have_text("7")
    expect(page.locator("[data-lines-total]")).to_have_text("39.20 元")
    picture(page, "picked-by-keyboard")
    for name, value in ((name, value) for name, value in ASKED.items() if name != "disputed_lines"):
        tab_to(page, f"[name={name}]")
        choose(page, name, str(value))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-note-ok")).to_be_visible()
    expect(page.locator("h1")).not_to_have_text("询问票据和退款")


def choose(page: Page, name: str, value: str) -> None:
    """Go down a list of choices until the one that is meant is ticked."""
    page.keyboard.press("Space")
    for _ in range(6):
        if page.locator(f"[name={name}][value={value}]").is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(name)
