"""Decision tables in the editor: what was done can be undone, and what was in the file is in the file afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from engine.definitions import dmn
from tests.browser import editing

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEY, FILE = "TS-002", "decisions/cause.dmn"
SECOND = """
  <decision id="other" name="另一张表"><decisionTable id="other_table" hitPolicy="UNIQUE">
    <input id="other_in" label="入"><inputExpression id="other_e" typeRef="string"><text>kind</text></inputExpression></input>
    <output id="other_out" name="result" typeRef="string" /><annotation name="依据" />
    <rule id="other_rule"><description>说明</description><inputEntry id="other_cell"><text>"a"</text></inputEntry><outputEntry id="other_o"><text>"b"</text></outputEntry>
      <annotationEntry><text>手册</text></annotationEntry></rule>
    <rule id="other_rule"><inputEntry id="other_cell"><text>"c"</text></inputEntry><outputEntry id="other_o"><text>"d"</text></outputEntry></rule>
  </decisionTable></decision>
"""


@pytest.fixture
def page(olu: BrowserContext) -> Iterator[Page]:
    """The decisions of TS-002, with no draft before or after."""
    with editing.visit(olu, KEY, tab="decisions") as page:
        yield page


def rules(page: Page) -> int:
    """How many rules the engine reads in the draft."""
    page.evaluate("() => editor.draft.flush()")
    found: int = len(dmn.parse(editing.text_of(page, FILE).encode()).find("cause").logic.rules)
    return found


def put(page: Page, text: str) -> None:
    """Let the file be this text, as if a colleague had written it."""
    page.evaluate(
        "([name, text]) => { editor.draft.change(name, text); editor.draft.announce('loaded'); }", [FILE, text]
    )
    page.wait_for_function("() => editor.opened.decisions.sheet.ready.then(() => true)")


def test_what_was_done_to_a_table_can_be_undone(page: Page) -> None:
    """By button and by key, step by step, and still after another tab was open; the buttons say whether there is anything to undo."""
    undo, redo = (page.locator("#panel-decisions").get_by_role("button", name=name) for name in ("撤销", "重做"))
    before = rules(page)
    expect(undo).to_be_disabled()
    for _ in range(2):
        page.locator(".desk-editor-table .add-rule-add, .desk-editor-table .add-rule").first.click()
    assert rules(page) == before + 2
    page.locator("[data-tab=diagram]").click()
    page.locator("[data-tab=decisions]").click()
    undo.click()
    assert rules(page) == before + 1
    page.locator("#panel-decisions .desk-editor-steps").locator("button").first.focus()
    page.keyboard.press("Control+z")
    assert rules(page) == before
    expect(undo).to_be_disabled()
    redo.click()
    assert rules(page) == before + 1
    editing.expect_saved(page, FILE, "<rule")


def test_the_hit_policy_is_chosen_with_the_mouse(page: Page) -> None:
    """An option that is clicked is taken and can be undone: pressing it does not take the focus away, which would close the list before the click."""
    policy = page.locator("#panel-decisions .hit-policy")
    before = policy.inner_text()
    policy.locator(".dms-input-select").click()
    page.locator(".dms-select-options .option", has_text="收集（个数）").click()
    expect(policy).to_contain_text("收集（个数）")
    editing.expect_saved(page, FILE, 'aggregation="COUNT"')
    page.locator("#panel-decisions").get_by_role("button", name="撤销").click()
    assert policy.inner_text() == before


def test_the_type_of_a_column_is_chosen_with_the_mouse(page: Page) -> None:
    """The lists in the windows over a table take a click as well, and the window stays open for more."""
    page.locator("#panel-decisions th.input-cell").first.dblclick()
    chosen = page.locator(".type-ref-edit-select")
    chosen.click()
    page.locator(".dms-select-options .option", has_text="数字").click()
    expect(chosen).to_be_visible()
    editing.expect_saved(page, FILE, 'typeRef="number"')


def test_every_table_of_a_file_can_be_seen(page: Page) -> None:
    """A second table of a file is executed as well; two rules of one id are both read, and what else is in the file is still there after a change."""
    note = '<extensionElements><x:note xmlns:x="urn:other" x:by="me">别的工具</x:note></extensionElements>'
    text = editing.text_of(page, FILE)
    text = re.sub(r'(<decision id="cause"[^>]*>)', rf"\1{note}", text).replace(
        "</definitions>", f"{SECOND}</definitions>"
    )
    put(page, text)
    choice = page.get_by_label("文件里的哪一张表")
    choice.select_option("other")
    expect(page.locator(".desk-editor-table td.input-cell", has_text='"c"')).to_be_visible()
    page.locator(".desk-editor-table .add-rule-add, .desk-editor-table .add-rule").first.click()
    assert rules(page) == len(dmn.parse(text.encode()).find("cause").logic.rules)
    after = editing.text_of(page, FILE)
    assert len(dmn.parse(after.encode()).find("other").logic.rules) == 3
    for kept in (
        "别的工具",
        "urn:other",
        "<description>说明</description>",
        "手册",
        "依据",
        'manualRef="CH2.2, CH2.6, CH2.10"',
    ):
        assert kept in after
    ids = re.findall(r'\sid="([^"]+)"', after)
    assert len(ids) == len(set(ids))


def test_what_cannot_be_read_is_said_before_it_is_lost(page: Page) -> None:
    """dmn-js leaves out what the standard does not know; the owner hears of it before the first change."""
    text = editing.text_of(page, FILE)
    put(page, text.replace("</decisionTable>", "<nonsense/></decisionTable>"))
    expect(page.locator("#panel-decisions [role=alert]")).to_contain_text("读不出来")


def test_who_reads_english_sees_english_headings(olu: BrowserContext) -> None:
    """Those of the columns, as the catalogue of the process has them; a new English title stands there at once, the file keeps the Chinese."""
    shown = "() => [...document.querySelectorAll('#panel-decisions :is(.input-label, .output-label)')].map((one) => getComputedStyle(one, '::before').content)"
    with editing.visit(olu, KEY, language="en", tab="decisions") as page:
        assert page.evaluate(shown)[:2] == ['"What was found"', '"Cause"']
        page.get_by_label("查明的情况").fill("What we found")
        page.get_by_label("查明的情况").blur()
        assert page.evaluate(shown)[0] == '"What we found"'
        assert 'label="查明的情况"' in editing.text_of(page, FILE)
