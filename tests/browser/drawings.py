"""Every diagram of the manual as an owner's browser draws it, for tests that measure what is on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser

from tests.browser import editing
from tests.browser.office import PROCESSES

KEYS = sorted(file.stem for file in PROCESSES.glob("*.bpmn"))
READY = 'document.addEventListener("desk:diagram-ready", ({ detail }) => { window.drawn = detail.diagram; window.shown = detail.diagram.viewer; })'


def measured(browser: Browser, address: str, language: str, script: str) -> Iterator[tuple[str, Any]]:
    """(key, what a script finds) of every process's page in a language; the script finds the viewer as `shown`, what draws it as `drawn`."""
    page = editing.owner(browser, address, language=language)
    page.add_init_script(READY)
    for key in KEYS:
        page.goto(f"/processes/{key}")
        page.wait_for_selector(".desk-diagram[data-ready]", state="attached")
        yield key, page.evaluate(script)
