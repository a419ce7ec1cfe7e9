"""What holds on the pages of process owners: labels, width, languages, the mark of bpmn.io; what they do there is in test_editor and test_circle."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import BOTH, Office
from tests.browser.test_pages import NAMELESS, REPEATED_IDS, UNLABELLED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEY = "TS-002"
ADDRESSES = (
    "/processes",
    f"/processes/{KEY}",
    f"/processes/{KEY}/publish",
    f"/processes/{KEY}/versions/1",
    f"/processes/{KEY}/forms/ts002_receipt",
    f"/processes/{KEY}/try",
    "/processes/import",
)
ON_TOP = """(mark) => { const box = mark.getBoundingClientRect();
    return mark.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }"""


@pytest.mark.parametrize("language", BOTH)
def test_every_page_of_an_owner_is_labelled_and_fits(office_in_browser: Office, language: str) -> None:
    """Fields and buttons have names, ids are unique, nothing is wider than the screen, and a change is shown with its way back."""
    office_in_browser.language = language
    page = office_in_browser.of("olu")
    change(page)
    for address in ADDRESSES:
        page.goto(address)
        looked_over(page, address)
    page.goto(f"/processes/{KEY}/try")
    page.locator("[data-submit-default]").click()
    page.wait_for_url("**try-so-far=**")
    looked_over(page, "a try")
    assert office_in_browser.complaints == []


def change(page: Page) -> None:
    """A draft with one changed name, so that there is something to publish."""
    page.evaluate(
        """async (key) => {
          const draft = await (await fetch(`/processes/${key}/draft`)).json();
          const text = draft.files[`${key}.bpmn`].replace("要退现而票据遗失？", "票据在？");
          const token = document.querySelector("meta[name=csrf-token]").content;
          const body = JSON.stringify({ revision: draft.revision, files: { [`${key}.bpmn`]: text } });
          await fetch(`/processes/${key}/draft`, { method: "PUT", body, headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
        }""",
        KEY,
    )


def looked_over(page: Page, address: str) -> None:
    """What has to hold on any page."""
    page.wait_for_load_state("load")
    assert page.evaluate(UNLABELLED) == [], address
    assert page.evaluate(REPEATED_IDS) == [], address
    assert page.evaluate(NAMELESS) == [], address
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


@pytest.mark.parametrize("address", [f"/processes/{KEY}", f"/processes/{KEY}/publish"])
def test_the_mark_of_bpmn_io_is_uncovered(office_in_browser: Office, address: str) -> None:
    """The licence asks for it on every diagram: nothing of ours lies over the mark."""
    page = office_in_browser.of("olu")
    change(page)
    page.goto(address)
    expect(page.locator(".bjs-powered-by").first).to_be_visible()
    for mark in page.locator(".bjs-powered-by").all():
        mark.scroll_into_view_if_needed()
        assert mark.evaluate(ON_TOP)


def test_a_change_leads_to_its_place(office_in_browser: Office) -> None:
    """The row that tells a change selects the element in the newer picture."""
    page = office_in_browser.of("olu")
    change(page)
    page.goto(f"/processes/{KEY}/publish")
    expect(page.locator("[data-difference][data-ready]")).to_be_visible()
    page.locator("[data-change=receipt_held] button").click()
    expect(page.locator("[data-side=after] .djs-element.selected")).to_have_attribute("data-element-id", "receipt_held")
