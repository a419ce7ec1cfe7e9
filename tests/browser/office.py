"""What people do in a browser: log in, take a complaint in, do a step with its form, look at a case. Journeys and checks are in the tests."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine import definitions
from office import logins

SHANGHAI = timezone(timedelta(hours=8))
MORNING = datetime(2026, 3, 3, 9, 30, tzinfo=SHANGHAI)
PROCESSES = Path(__file__).resolve().parents[2] / "processes"
PATIENCE = 60_000  # only a failure waits so long; a machine that does other work besides may stand still for a while
# The English of a journey goes the same way by other words, and those are read on every page by test_every_page and measured by test_fit.
BOTH = ("zh", pytest.param("en", marks=pytest.mark.long))
# What a page still asks for when it is left is dropped, and htmx says so in these words; that the office does not answer is htmx:sendError.
DROPPED = ("htmx:sendAbort", "htmx:afterRequest")
SCREEN = {"width": 1366, "height": 768}


def _english() -> dict[str, str]:
    """English names of everything drawn, by the Chinese ones; a process goes before what calls it by the same name."""
    steps, processes = {}, {}
    for file in sorted(PROCESSES.glob("*.bpmn")):
        definition = definitions.Definition(definitions.read_package(PROCESSES, file.stem))
        names = definition.english[file.stem]
        steps |= {element.name: names[element.id] for element in definition.elements.values() if element.id in names}
        processes[definition.name] = names[""]
    return steps | processes


ENGLISH = _english()
expect.set_options(timeout=PATIENCE)


class Office:
    """A served office and the people at its browsers; every person has a browser session of their own, in the language they chose."""

    def __init__(self, browser: Browser, address: str, move_clock: Any) -> None:
        self.browser, self.address, self.move_clock = browser, address, move_clock
        self.at = MORNING
        self.language = "zh"
        self.pages: dict[str, Page] = {}
        self.seen: dict[str, datetime] = {}
        self.complaints: list[str] = []

    def visitor(self, **options: Any) -> Page:
        """A page of somebody who has not logged in. What the browser complains about is kept."""
        context = self.browser.new_context(base_url=self.address, locale="zh-CN", viewport=SCREEN, **options)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.clock.set_fixed_time(self.at)
        page.on("console", lambda message: self._complained(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _complained(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(DROPPED):
            self.complaints.append(text)

    def of(self, person: str) -> Page:
        """The page of a person, who logs in the first time, and again when the session has ended meanwhile."""
        if person not in self.pages:
            self.pages[person] = log_in(self.visitor(), person)
            choose_language(self.pages[person], self.language)
        elif self.at - self.seen[person] >= logins.IDLE:
            log_in(self.pages[person], person)
        self.seen[person] = self.at
        return self.pages[person]

    def move_to(self, at: datetime) -> None:
        """It becomes `at`, and what is due by then happens."""
        self.at = at
        self.move_clock(at)
        for page in self.pages.values():
            page.clock.set_fixed_time(at)

    def until(self, day: str, clock: str = "09:00") -> None:
        """It becomes a day, such as 2026-03-05, at a time of Shanghai."""
        self.move_to(datetime.fromisoformat(f"{day}T{clock}:00+08:00"))

    def take_in(self, person: str, number: str, *, said: str, process: str, demand: str = "", amount: str = "") -> str:
        """A complaint from the number to the accepted case: the caller appears, the process is suggested, the clerk accepts. The case number."""
        page = self.of(person)
        page.goto("/intake")
        page.locator("main [name=msisdn]").fill(number)
        expect(page.locator("#caller h2").first).to_be_visible()
        page.locator("main [name=text]").fill(said)
        page.locator("main [name=demand]").fill(demand)
        page.locator("main [name=disputed_amount]").fill(amount)
        suggested = page.locator("#suggestion .desk-choice").first
        expect(suggested.locator("strong")).to_have_text(self.named(process))
        expect(suggested.locator("input")).to_be_checked()
        expect(suggested.locator(".desk-choice-why")).not_to_be_empty()
        page.locator("[data-submit-default]").click()
        page.wait_for_url(re.compile(r"/(cases/AJ|tasks/[0-9])"))
        self.move_clock(self.at)
        return re.search(r"AJ-[0-9-]+", page.locator(".desk-note-ok").inner_text())[0]  # type: ignore[index]

    def does(self, person: str, case: str, step: str, **form: Any) -> Page:
        """The person finds the step on their worklist, fills its form and is done."""
        page = self.opens(person, case, step)
        fill(page, form)
        page.locator("[data-submit-default]").click()
        said = page.locator(".desk-note-ok, .desk-note-wait, .desk-errors")
        expect(said).to_be_visible()
        assert said.get_attribute("role") == "status", f"{step}: {said.inner_text()}"
        self.move_clock(self.at)
        return page

    def opens(self, person: str, case: str, step: str) -> Page:
        """The person finds the step on their worklist and opens it."""
        page = self.of(person)
        page.goto(f"/tasks?text={case}")
        page.locator("main tbody").get_by_role("link", name=self.named(step), exact=True).click()
        expect(page.locator("h1")).to_have_text(self.named(step))
        page.wait_for_load_state("load")
        return page

    def named(self, name: str) -> str:
        """A step or process in the language of the office's people, from its Chinese name."""
        return ENGLISH[name] if self.language == "en" else name

    def case(self, person: str, number: str, tab: str = "timeline") -> Page:
        """A case as the person sees it, on one of its tabs."""
        page = self.of(person)
        page.goto(f"/cases/{number}?tab={tab}")
        return page

    def leave(self, folder: Path) -> None:
        """Everybody closes their browser; what each saw last is kept as a picture."""
        folder.mkdir(parents=True, exist_ok=True)
        for person, page in self.pages.items():
            page.screenshot(path=folder / f"{person}.png", full_page=True)
        for context in self.browser.contexts:
            context.close()


def log_in(page: Page, person: str) -> Page:
    """Through the login page, with the password of the demo office."""
    page.goto("/")
    if "/login" not in page.url:
        return page
    page.locator("[name=name]").fill(person)
    page.locator("[name=password]").fill(f"{person}-reception-desk")
    page.locator("main form button").click()
    expect(page.locator(".desk-nav")).to_be_visible()
    return page


def choose_language(page: Page, language: str) -> None:
    """Read in this language, with the page back before anything else is done: a window closed while it is under way may never close."""
    wanted = {"zh": "zh-CN", "en": "en"}[language]
    if page.locator("html").get_attribute("lang") != wanted:
        page.locator("form[action^='/language/'] button").click()
        expect(page.locator("html")).to_have_attribute("lang", wanted)
        page.wait_for_load_state("load")


def fill(page: Page, form: dict[str, Any]) -> None:
    """Fill fields by their names, in order; a choice, or a text that is left, may bring further fields, which are waited for."""
    for name, value in form.items():
        field = page.locator(f"main form [name={name}]")
        expect(field.first).to_be_visible()
        _enter(field, value)


def _enter(field: Locator, value: Any) -> None:
    kind = field.first.evaluate("field => field.type")
    if kind == "radio":
        field.and_(field.page.locator(f"[value={value}]")).check()
    elif kind == "checkbox" and isinstance(value, str):  # a disputed line, by its value or its amount
        field.and_(field.page.locator(f'[value="{value}"], [value$=" {value}"]')).check()
    elif kind == "checkbox":
        field.check()
    elif kind == "select-one":
        field.select_option(value)
    else:
        field.fill(value)
        field.blur()
    expect(field.page.locator("#fields.htmx-request")).to_have_count(0)
