"""Can an auditor replay a case? Keys, scale, loops, branches, called processes, a link to a moment, the list without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.replaying import Served, ada, served
from tests.support import auditing

__all__ = ["ada", "served"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
DRAWN = "[data-stage]:not([hidden])[data-ready]"


def replay(page: Page, served: Served, scenario: str, at: str = "") -> None:
    """Open the replay of a case and wait until its diagram is drawn."""
    page.goto(f"{served.address}/cases/{served.cases[scenario]}/replay{at}")
    page.wait_for_selector(DRAWN)


def told(page: Page) -> str:
    """What the panel says happened."""
    return page.locator("[data-panel] [data-text]").inner_text()


def test_keys_step_through_the_case(ada: Page, served: Served) -> None:
    """→ goes on, ← back, End and Home to the ends; the panel says what the list says."""
    replay(ada, served, auditing.REFUSED)
    texts = ada.locator("[data-events] [data-text]").all_inner_texts()
    assert told(ada) == texts[0]
    ada.keyboard.press("ArrowRight")
    ada.keyboard.press("ArrowRight")
    assert told(ada) == texts[2]
    ada.keyboard.press("ArrowLeft")
    assert told(ada) == texts[1]
    ada.keyboard.press("End")
    assert told(ada) == texts[-1]
    ada.keyboard.press("Home")
    assert told(ada) == texts[0]


def test_space_plays_and_stops(ada: Page, served: Served) -> None:
    """Space starts, the case goes on by itself, space stops it."""
    replay(ada, served, auditing.REFUSED)
    ada.select_option("[data-speed]", "4")
    ada.locator("h1").click()
    ada.keyboard.press(" ")
    expect(ada.locator("[data-go=play]")).to_have_text("Pause")
    expect(ada.locator("[data-event]").first).not_to_have_class(re.compile("is-current"))
    ada.keyboard.press(" ")
    expect(ada.locator("[data-go=play]")).to_have_text("Play")


def test_loops_are_counted(ada: Page, served: Served) -> None:
    """At the end the step that was repeated bears how often it was done."""
    replay(ada, served, auditing.CORRECTED)
    assert ada.locator(f"{DRAWN} .desk-diagram-count").count() == 0
    ada.keyboard.press("End")
    assert "×5" in ada.locator(f"{DRAWN} .desk-diagram-count").all_inner_texts()


def test_two_branches_stand_open_at_once(ada: Page, served: Served) -> None:
    """After a parallel gateway there are as many places marked as current as the engine has tokens."""
    replay(ada, served, auditing.PARALLEL)
    most = 0
    for _ in range(ada.locator("[data-event]").count()):
        most = max(most, ada.locator(f"{DRAWN} .desk-diagram-now").count())
        ada.keyboard.press("ArrowRight")
    assert most >= 2


def test_a_called_process_opens_as_it_is_entered(ada: Page, served: Served) -> None:
    """Its button is not there before; on entering, its diagram comes forward, and on return the caller's."""
    replay(ada, served, auditing.CALLED)
    expect(ada.locator("[data-show-stage]:not([data-show-stage='0']):visible")).to_have_count(0)
    entered = ada.locator("[data-event]:not([data-scope='0'])").first.get_attribute("data-seq")
    replay(ada, served, auditing.CALLED, f"?at={entered}")
    expect(ada.locator("[data-show-stage][aria-pressed=true]")).to_contain_text("TS-002")
    ada.keyboard.press("End")
    expect(ada.locator("[data-show-stage][aria-pressed=true]")).to_contain_text("TS-001")


def test_the_address_follows_and_leads_back(ada: Page, served: Served) -> None:
    """The address names the very event one stands at, and opens there again, wherever in its entry that is."""
    replay(ada, served, auditing.REFUSED, "?at=5")
    for _ in range(3):
        ada.keyboard.press("ArrowLeft")
        place, before = ada.url.rpartition("?at=")[2], told(ada)
        assert ada.locator("li.is-current").get_attribute("data-moment") == place
        ada.reload()
        ada.wait_for_selector(DRAWN)
        assert (told(ada), ada.url.endswith(f"?at={place}")) == (before, True)


def test_without_a_script_the_list_is_there(browser: Browser, ada: Page, served: Served) -> None:
    """Everything that the picture shows stands in the list, which needs no JavaScript."""
    cookies = ada.context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{served.address}/cases/{served.cases[auditing.REFUSED]}/replay")
    assert page.locator("[data-event]").count() > 20
    expect(page.locator("[data-event] dd").first).to_be_visible()
    expect(page.locator("[data-replay]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("path", ["replay", "heat"])
def test_the_mark_of_bpmn_io_is_uncovered(ada: Page, served: Served, path: str) -> None:
    """The mark is visible, and what lies at its middle is the mark itself."""
    if path == "replay":
        replay(ada, served, auditing.OMITTED)
    else:
        ada.goto(f"{served.address}/processes/TS-002/heat?from=2026-01-01")
        ada.wait_for_selector(".desk-heat-badge")
    mark = ada.locator(".desk-diagram:not([hidden]) .bjs-powered-by")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    on_top = "({x, y}) => Boolean(document.elementFromPoint(x, y)?.closest('.bjs-powered-by'))"
    assert ada.evaluate(on_top, at)


def test_heat_shows_the_number_of_every_task(ada: Page, served: Served) -> None:
    """Every task in the table has its badge on the diagram, with the same number."""
    ada.goto(f"{served.address}/processes/TS-002/heat?from=2026-01-01")
    ada.wait_for_selector(".desk-heat-badge")
    table = ada.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert sorted(ada.locator(".desk-heat-badge").all_inner_texts()) == sorted(table)
