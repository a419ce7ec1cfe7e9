"""Every page at every size: nothing runs out at the side, no word stands in single letters, and axe finds nothing; light and dark, phone and desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import update

import engine
from models.base import session, transaction
from models.comment import Comment
from models.complaint import Complaint
from models.customer import Customer
from models.user_task import UserTask
from office import notices
from tests.browser.office import choose_language, log_in
from tests.support.actors import SAM
from tests.support.furnishing import JUDGED, Furnished, begin, complete, furnish, open_tasks
from tests.support.serving import opened, served
from tests.support.visitors import copy

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LONG = "长" * 120 + "A" * 200
SIZES = {"phone": (320, 640), "desk": (1366, 768), "zoomed": (683, 384)}  # zoomed: 1366 pixels at 200 %
DESK: ViewportSize = {"width": 1366, "height": 768}
SCHEMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("zh", "phone"): ("light",),
    ("zh", "desk"): ("light", "dark"),
    ("en", "desk"): ("light",),
}
WIDTHS = (1280, pytest.param(1366, marks=pytest.mark.long))  # what has room on the narrower one has it on the other
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
THEME = "scheme => { document.documentElement.dataset.bsTheme = scheme }"  # as theme.js sets it before the first paint
STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"
SIDEWAYS = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth"
STICKING_OUT = """() => [...document.querySelectorAll('body *')].filter((e) => !e.closest('.desk-scroll, svg, .desk-nav') && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(-2).map((e) => e.outerHTML.slice(0, 160))"""
CRUMBLED = """() => [...document.querySelectorAll('main :is(td, th, dd, dt, li, p, h1, h2, a, span, label, legend, button, small, strong)')]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim().length > 3) && !e.closest('svg, .desk-diagram, [hidden], .visually-hidden, .desk-hidden'))
    .filter((e) => { const range = document.createRange(); const text = [...e.childNodes].find((n) => n.nodeType === 3 && n.data.trim().length > 3);
        range.selectNodeContents(text); const lines = new Set([...range.getClientRects()].filter((b) => b.width > 0).map((b) => Math.round(b.top)));
        return lines.size > 3 && lines.size > text.data.trim().length / 2 })
    .map((e) => e.outerHTML.slice(0, 160))"""
SEEN = """() => [...document.querySelectorAll('main tbody tr')].map((row) => {
    const whole = (e) => { const box = e.getBoundingClientRect(); const scroll = e.closest('.desk-scroll').getBoundingClientRect();
        return box.width > 0 && box.left >= scroll.left - 1 && box.right <= Math.min(scroll.right, innerWidth) + 1 };
    const button = row.querySelector('button'); return { case: whole(row.querySelector('a.desk-mono')), button: button && whole(button) } })"""
FINDINGS = """async (options) => (await axe.run(document, { resultTypes: ['violations'], ...options })).violations
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`)"""
ADDRESSES = {
    "cleo": (
        "/tasks", "/tasks?scope=mine", "/tasks/{task}", "/intake", "/intake?msisdn=13900000202", "/cases", "/cases/{case}", "/cases/{case}?tab=diagram",
        "/cases/{case}?tab=money", "/cases/{case}?tab=messages", "/cases/{case}?tab=acts", "/cases/{case}/replay", "/customers", "/customers?msisdn=13900000202", "/processes", "/nothing",
    ),
    "sam": ("/supervision", "/incidents", "/notices", "/audit", "/tasks?scope=all"),
    "ada": ("/audit", "/audit/people", "/cases/{case}?tab=looks"),
    "olu": (
        "/processes/TS-002", "/processes/TS-002/publish", "/processes/TS-002/versions/1", "/processes/TS-002/forms/ts002_receipt", "/processes/TS-002/try",
        "/processes/import", "/processes/TS-002/heat", "/processes/TS-002/edit",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Wide(Furnished):
    """The same and an open task at which lines are picked."""

    lines_task: int


def bury(there: Furnished) -> None:
    """What people wrote is as long as it may be, without a blank."""
    with transaction():
        for customer in session().query(Customer):
            customer.name = LONG[:60]
        for complaint in session().query(Complaint):
            complaint.demand = LONG[:200]
            complaint.resolution = LONG[:300]
        session().add(Comment(case_number=there.case, user="cleo", at=engine.now(), text=LONG))
        session().execute(update(UserTask).values(overdue=True))
    notices.publish(LONG, by=SAM, at=engine.now())
    for name in ("cleo", "sam", "nora"):
        notices.confirm(there.notice + 1, by=engine.Actor(name), at=engine.now())


@pytest.fixture(scope="module")
def visited(built: None, founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Wide]]:
    """An office full of long words, and where it is."""
    folder = tmp_path_factory.mktemp("wide")
    copy(founded, folder)
    app = opened(folder)
    there = furnish(app)
    with app.app_context():
        bury(there)
        picking = begin("13900000202")
        complete(open_tasks(picking)[0], JUDGED)
        wide = Wide(**vars(there), lines_task=open_tasks(picking)[0])
    with served(app) as address:
        yield address, wide


def pages(
    browser: Browser, visited: tuple[str, Furnished], language: str = "zh", **options: Any
) -> Iterator[tuple[str, Page]]:
    """Every page of the list as its person, in a window of its own kind."""
    address, there = visited
    for person, places in ADDRESSES.items():
        context = browser.new_context(base_url=address, locale="zh-CN", **options)
        page = log_in(context.new_page(), person)
        choose_language(page, language)
        for place in places:
            page.goto(place.format(**vars(there)))
            page.wait_for_load_state("load")
            yield f"{person} {place}", page
        context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_shows_which_case_and_the_button(
    browser: Browser, visited: tuple[str, Furnished], language: str
) -> None:
    """Of every row of the worklist the case number and what can be done with it are seen whole, without scrolling sideways."""
    address, _there = visited
    context = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = log_in(context.new_page(), "cleo")
    choose_language(page, language)
    page.goto("/tasks")
    page.wait_for_load_state("load")
    rows = page.evaluate(SEEN)
    context.close()
    assert rows
    assert [row for row in rows if not row["case"] or row["button"] is False] == []
    assert any(row["button"] for row in rows)


CUT = """() => [...document.querySelectorAll('.desk-scroll')].filter((e) => e.querySelector('.desk-lines-table') && e.clientWidth > 0)
    .map((e) => e.scrollWidth - e.clientWidth)"""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_of_lines_has_room(browser: Browser, visited: tuple[str, Wide], language: str, width: int) -> None:
    """Whoever picks disputed lines sees every column, the reason too, without scrolling sideways."""
    address, there = visited
    context = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": width, "height": 768})
    page = log_in(context.new_page(), "cleo")
    choose_language(page, language)
    page.goto(f"/tasks/{there.lines_task}")
    page.wait_for_load_state("load")
    for group in page.locator(".desk-lines > details:not([open]) > summary").all():
        group.click()
    cut = page.evaluate(CUT)
    context.close()
    assert cut
    assert set(cut) == {0}


TABLES = """() => [...document.querySelectorAll('main .desk-scroll, main .desk-panel:has(> table)')].filter((e) => e.clientWidth > 0)
    .map((e) => e.scrollWidth - e.clientWidth)"""
SELECTS = """() => [...document.querySelectorAll('main select')].map((e) => { const words = document.createElement('span');
    words.style.cssText = `position: absolute; white-space: pre; font: ${getComputedStyle(e).font}`; words.textContent = e.selectedOptions[0].textContent;
    document.body.append(words); const style = getComputedStyle(e);
    const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - words.offsetWidth; words.remove(); return room >= -1 })"""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_late_is_handed_over_without_scrolling(
    browser: Browser, visited: tuple[str, Wide], language: str, width: int
) -> None:
    """A supervisor sees every column of the lists, with whom a step is to be in whole and its button, without scrolling sideways."""
    address, _there = visited
    context = browser.new_context(base_url=address, locale="zh-CN", viewport={"width": width, "height": 768})
    page = log_in(context.new_page(), "sam")
    choose_language(page, language)
    page.goto("/supervision")
    page.wait_for_load_state("load")
    cut, readable = page.evaluate(TABLES), page.evaluate(SELECTS)
    context.close()
    assert (set(cut), set(readable)) == ({0}, {True})


Looks = dict[tuple[str, str], list[str]]


@pytest.fixture(scope="module", params=["zh", "en"])
def looks(request: pytest.FixtureRequest, browser: Browser, visited: tuple[str, Furnished]) -> tuple[str, Looks]:
    """A language, and what is wrong on its pages, by size and by what was looked for; each page is opened once and looked at in every way.

    Colours and sizes are those of the Chinese pages also in English; names and their languages are not.
    """
    language: str = request.param
    wrong: Looks = {}
    for place, page in pages(browser, visited, language, viewport=DESK, bypass_csp=True):
        page.add_script_tag(path=AXE)
        page.add_style_tag(content=STILL)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            found = wrong.setdefault((size, "side"), [])
            found += [f"{place}: {one}" for one in sticking_out(page)]
            for scheme in SCHEMES.get((language, size), ()):
                found = wrong.setdefault((size, scheme), [])
                found += [f"{place}: {one}" for one in axe(page, scheme)]
        page.set_viewport_size(DESK)
    return language, wrong


def sticking_out(page: Page) -> list[str]:
    """What is wider than the page, and words in single letters."""
    wide, crumbled = page.evaluate(SIDEWAYS), page.evaluate(CRUMBLED)
    return [f"{wide} too wide: {page.evaluate(STICKING_OUT)}"] * (wide > 0) + list(crumbled)


def axe(page: Page, scheme: str) -> list[str]:
    """What axe finds; in the dark, what has to do with colours, for nothing else is another there."""
    page.evaluate(THEME, scheme)
    findings: list[str] = page.evaluate(FINDINGS, COLOURS if scheme == "dark" else {})
    page.evaluate(THEME, "light")
    return findings


@pytest.mark.parametrize("size", SIZES)
def test_nothing_runs_out_at_the_side(looks: tuple[str, Looks], size: str) -> None:
    """No page scrolls sideways, and no word stands in single letters, on a phone, on a desk and at twice the size."""
    _language, wrong = looks
    assert not wrong[size, "side"], "\n".join(wrong[size, "side"])


def test_axe_finds_nothing(looks: tuple[str, Looks]) -> None:
    """Names, roles, contrast, order: axe has nothing to say on any page, in either language, on a phone and on a desk, and of its colours in the dark."""
    language, wrong = looks
    looked = [(size, scheme) for (spoken, size), schemes in SCHEMES.items() if spoken == language for scheme in schemes]
    assert {what: wrong[what] for what in looked} == {what: [] for what in looked}
