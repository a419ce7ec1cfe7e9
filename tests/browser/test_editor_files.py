"""Forms and decision tables of a draft as files: whose are listed, and how one is made, refused and deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import editing
from tests.browser.test_done import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEY = "TS-006"


@pytest.fixture
def page(olu: BrowserContext) -> Iterator[Page]:
    """The forms of TS-006 in English, with no draft before or after."""
    with editing.visit(olu, KEY, "en", "forms") as page:
        yield page


def side(page: Page, tab: str = "forms") -> Locator:
    """The list of files of a tab, with what is made below it."""
    return page.locator(f"#panel-{tab} .desk-editor-side")


def listed(page: Page) -> list[str]:
    """The forms in the list, in its order."""
    files: list[str] = side(page).locator("[data-file]").evaluate_all("rows => rows.map((row) => row.dataset.file)")
    return files


def make(page: Page, file_id: str, tab: str = "forms") -> None:
    """Ask for a new file by this id."""
    side(page, tab).get_by_role("button", name="New").click()
    side(page, tab).get_by_role("textbox").fill(file_id)
    page.keyboard.press("Enter")


def test_only_the_forms_of_the_process_are_listed(page: Page) -> None:
    """A form of a called process is edited there, however the attributes of that diagram are quoted; one that no step uses stands last."""
    assert all(name.startswith("forms/ts006_") for name in listed(page))
    make(page, "a_form")
    expect(side(page).locator("[data-file]").last).to_have_attribute("data-file", "forms/a_form.form")


def test_a_bad_id_is_told_where_it_is_typed(page: Page) -> None:
    """What is wrong, with what was typed, and the buttons are in sight; the id can be put right."""
    make(page, "我的 form!")
    told = side(page).get_by_role("alert")
    expect(told).to_contain_text("“我的 form!” cannot be used")
    for shown in (
        told,
        side(page).get_by_role("button", name="Create"),
        side(page).get_by_role("button", name="Cancel"),
    ):
        expect(shown).to_be_in_viewport(ratio=1)
    expect(side(page).get_by_role("textbox")).to_be_focused()
    assert told.inner_text() != side(page).locator(".desk-hint").inner_text()
    side(page).get_by_role("textbox").fill("my_form")
    page.keyboard.press("Enter")
    assert editing.text_of(page, "forms/my_form.form")


@pytest.mark.parametrize("tab, file", [("forms", "forms/spare.form"), ("decisions", "decisions/spare.dmn")])
def test_a_file_that_no_step_uses_is_deleted_and_put_back(page: Page, tab: str, file: str) -> None:
    """What was made can be taken away again, and what was deleted comes back as it was; what a step uses cannot be deleted."""
    page.locator(f"[data-tab={tab}]").click()
    delete = side(page, tab).get_by_role("button", name="Delete")
    make(page, "spare", tab)
    text = editing.text_of(page, file)
    expect(page.locator(".desk-problem-link")).to_be_visible()
    delete.click()
    expect(side(page, tab).locator(f"[data-file='{file}']")).to_have_count(0)
    assert editing.text_of(page, file) is None
    expect(page.locator(".desk-problem-link")).to_be_hidden()
    side(page, tab).get_by_role("button", name="Put it back").click()
    assert editing.text_of(page, file) == text
    expect(side(page, tab).locator("[aria-current]")).to_have_attribute("data-file", file)
    expect(delete).to_be_visible()


def test_a_form_that_a_step_uses_is_not_deleted(page: Page) -> None:
    """The step would be left without its form."""
    side(page).locator("[data-file='forms/ts006_judge.form']").click()
    expect(side(page).get_by_role("button", name="Delete")).to_be_hidden()


def test_undo_of_a_form_says_whether_there_is_anything_to_undo(page: Page) -> None:
    """A button that does nothing would look broken."""
    make(page, "my_form")
    undo, redo = (page.locator("#panel-forms").get_by_role("button", name=name) for name in ("Undo", "Redo"))
    expect(undo).to_be_disabled()
    page.get_by_role("button", name="Add field").click()
    expect(undo).to_be_enabled()
    undo.click()
    expect(undo).to_be_disabled()
    redo.click()
    expect(redo).to_be_disabled()


def test_a_new_field_is_asked_for_its_names_in_both_languages(page: Page) -> None:
    """No clerk reads a name that nobody gave: both labels are empty, and each is a problem until it is written."""
    make(page, "my_form")
    page.get_by_role("button", name="Add field").click()
    [added] = json.loads(editing.text_of(page, "forms/my_form.form"))["components"]
    assert (added.get("label", ""), added.get("properties", {}).get("label_en", "")) == ("", "")
    expect(page.locator(".desk-problem-list [data-rule=no_label]")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_files_are_called_by_their_titles_beside_their_ids(browser: Browser, address: str, language: str) -> None:
    """A table as it calls itself, a form as the step that uses it, in the language of the page; the id stands below."""
    page = editing.owner(browser, address, language=language)
    editing.open_editor(page, "SUB-005", "decisions")
    row = side(page, "decisions").locator("[data-file='decisions/authority.dmn']")
    assert row.locator("strong").inner_text() != "authority"
    expect(row.locator("small").first).to_have_text("authority")
    picture(page, f"lists-decisions-{language}")
    editing.open_editor(page, KEY, "forms")
    form = side(page).locator("[data-file='forms/ts006_judge.form']")
    expect(form.locator("strong")).to_have_text(
        {"zh": "判断是否无主话单", "en": "Judge whether it is an orphan"}[language]
    )
    expect(form.locator("small").first).to_have_text("ts006_judge")
    picture(page, f"lists-forms-{language}")
    page.context.close()


def test_a_long_paragraph_is_shortened_visibly(page: Page) -> None:
    """An ellipsis says that it goes on, and no word is cut in two."""
    make(page, "my_form")
    page.locator("#panel-forms .desk-form-buttons select").select_option("text")
    page.get_by_role("button", name="Add field").click()
    page.locator("#panel-forms .desk-form-editor textarea").last.fill("The customer is told everything that was found.")
    expect(page.locator("#panel-forms .desk-form-fields strong").first).to_have_text("The customer is told…")
