"""What an owner does in the editor: open a draft, select an element, wait until it is saved. The checks are in test_editor.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.browser.office import PATIENCE, choose_language, log_in

LOGGED_IN: dict[tuple[str, str], StorageState] = {}
READY = """
document.addEventListener("desk:editor-ready", ({ detail }) => Object.assign(window, detail));
"""


def owner(browser: Browser, address: str, name: str = "olu", language: str = "zh") -> Page:
    """A page of a process owner who has logged in; who has done so at this address is not asked again."""
    state = LOGGED_IN.get((address, name))
    options: dict[str, Any] = {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}, "storage_state": state}
    context = browser.new_context(base_url=address, **options)
    context.add_init_script(READY)
    page = log_in(context.new_page(), name)
    LOGGED_IN[address, name] = context.storage_state()
    choose_language(page, language)
    return page


def open_editor(page: Page, key: str, tab: str = "diagram") -> None:
    """The draft of a process, with everything drawn."""
    page.goto("about:blank")
    page.goto(f"/processes/{key}/edit#{tab}")
    expect(page.locator("[data-modeler][data-ready]")).to_be_visible(timeout=PATIENCE)


@contextmanager
def visit(visitor: BrowserContext, key: str, language: str = "zh", tab: str = "diagram") -> Iterator[Page]:
    """The editor of a process in a language, with no draft before or after, in a browser that has been there; what the visit left in it is gone afterwards."""
    before = visitor.pages
    page = visitor.new_page()
    open_editor(page, key, tab)
    if not (page.locator("html").get_attribute("lang") or "").startswith(language):
        page.goto("/")
        choose_language(page, language)
        open_editor(page, key, tab)
    yield page
    leave(page, key)
    for window in visitor.pages:
        if window not in before:
            window.close()


def leave(page: Page, key: str) -> None:
    """Throw the draft of a process away, and whatever the browser kept."""
    page.unroute_all(behavior="ignoreErrors")
    discard(page, key)
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")


def select(page: Page, element: str) -> None:
    """Select an element of the diagram, so that the panel shows it."""
    page.evaluate("element => editor.opened.diagram.show({ element })", element)


def entry(page: Page, name: str) -> Any:
    """The control of an entry of the panel."""
    return page.locator(f"[data-entry-id='{name}']").locator("input, select, textarea, [contenteditable=true]").first


def expect_saved(page: Page, file: str, part: str) -> None:
    """Wait until a file of the draft is saved with something in it."""
    page.wait_for_function(
        """([file, part]) => {
          const { state, stored, unsaved } = editor.draft;
          return state === "saved" && !unsaved.size && stored[file]?.includes(part);
        }""",
        arg=[file, part],
        timeout=PATIENCE,
    )
    expect(page.locator(".desk-saved")).to_have_attribute("data-state", "saved")


def text_of(page: Page, file: str) -> str:
    """A file of the draft as it stands in the editor."""
    found: str = page.evaluate("file => editor.draft.text(file)", file)
    return found


def left_behind(page: Page, key: str) -> list[dict[str, Any]]:
    """What visits to the editor have left unsaved in this browser."""
    found: list[dict[str, Any]] = page.evaluate(
        "key => Object.keys(localStorage).filter((name) => name.startsWith(`desk-draft:${key}`)).map((name) => JSON.parse(localStorage.getItem(name)))",
        key,
    )
    return found


def discard(page: Page, key: str) -> None:
    """Throw the draft of a process away, and what the browser kept of it."""
    page.evaluate(
        """async (key) => {
          const token = document.querySelector("meta[name=csrf-token]").content;
          await fetch(`/processes/${key}/draft`, { method: "DELETE", headers: { "X-CSRFToken": token } });
          Object.keys(localStorage).filter((name) => name.startsWith(`desk-draft:${key}`)).forEach((name) => localStorage.removeItem(name));
        }""",
        key,
    )
