"""A served office with replayable cases, and Ada the auditor in front of it. For the tests of replay and heat map only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from cli.building import build_everything
from tests.browser.office import choose_language
from tests.support import auditing, serving


class Served(NamedTuple):
    """Where the office is, and its case numbers by the scenario's English name."""

    address: str
    cases: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An office with refused, called, parallel and repeated paths."""
    build_everything()
    wanted = (auditing.CALLED, auditing.REFUSED, auditing.CORRECTED, auditing.OMITTED, auditing.PARALLEL)
    app, cases = auditing.office(tmp_path_factory.mktemp("replay"), wanted)
    with serving.served(app) as address:
        yield Served(address, cases)


@pytest.fixture
def ada(browser: Browser, served: Served) -> Iterator[Page]:
    """Ada, logged in, in English; a script that fails fails her test."""
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(f"{served.address}/login")
    page.fill("input[name=name]", "ada")
    page.fill("input[name=password]", "ada-reception-desk")
    page.click("main button")
    expect(page.locator(".desk-nav")).to_be_visible()
    choose_language(page, "en")
    yield page
    page.close()
    assert failures == []
