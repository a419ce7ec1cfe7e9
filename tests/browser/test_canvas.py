"""The canvas of the owner's editor in a real browser: finding an element, the language of its names, the view that stays, and problems beside what they are about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import editing

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEY = "TS-002"
FILE = "TS-002.bpmn"
CATALOGUE = "translations/TS-002.en.yaml"
SELECTED = "editor.opened.diagram.get('selection').get().map(({ id }) => id)"
VIEW = "(({ x, y, scale }) => [x, y, scale].map((one) => Math.round(one * 10)))(editor.opened.diagram.get('canvas').viewbox())"
MARKED = """(ids) => {
  const { opened: { diagram } } = editor;
  editor.problems.show(ids.map((element) => ({ element, rule: "tried", text: element })), "known");
  diagram.get("marks").show(ids.map((element) => ({ element, text: element })));
}"""
COVERED = """() => [...document.querySelectorAll(".desk-problem-badge")].map((badge) => {
  const overlays = editor.opened.diagram.get("overlays");
  const { element } = overlays.get({ type: "desk-problem" }).find(({ html }) => html.contains(badge) || html === badge);
  const own = editor.opened.diagram.get("elementRegistry").getGraphics(element).querySelector(".djs-visual").getBoundingClientRect();
  const box = badge.getBoundingClientRect();
  const across = Math.min(own.right, box.right) - Math.max(own.left, box.left);
  const down = Math.min(own.bottom, box.bottom) - Math.max(own.top, box.top);
  return across > 1 && down > 1 ? element.id : "";
}).filter(Boolean)"""

INCOMING = "(id) => editor.opened.diagram.get('elementRegistry').get(id).incoming.length"
IN_SIGHT = """(id) => {
  const canvas = document.querySelector(".desk-editor-canvas").getBoundingClientRect();
  const own = editor.opened.diagram.get("elementRegistry").getGraphics(id).querySelector(".djs-hit").getBoundingClientRect();
  return own.left > canvas.left && own.top > canvas.top && own.right < canvas.right && own.bottom < canvas.bottom;
}"""
NEAREST = """(from) => editor.opened.diagram.get("elementRegistry").filter(({ id, type }) => id !== from && type === "bpmn:UserTask")
  .map(({ id }) => id).find((id) => (IN_SIGHT)(id))""".replace("IN_SIGHT", IN_SIGHT)
# What an overlay takes of the clicks at the corner of an element, where it begins.
TAKEN = """(ids) => ids.filter((id) => {
  const own = editor.opened.diagram.get("elementRegistry").getGraphics(id).querySelector(".djs-hit").getBoundingClientRect();
  return [[5, 5], [14, 10]].some(([x, y]) => document.elementFromPoint(own.left + x, own.top + y)?.closest(".djs-overlays"));
})"""
# The id of what bears a name, and whether it lies in one lane and over no other step, gateway or event.
LIES_FREE = """(name) => {
  const registry = editor.opened.diagram.get("elementRegistry");
  const own = registry.find(({ businessObject, labelTarget }) => businessObject?.name === name && !labelTarget);
  const inside = ({ x, y, width, height }) => x <= own.x && y <= own.y && own.x + own.width <= x + width && own.y + own.height <= y + height;
  const apart = ({ x, y, width, height }) => x >= own.x + own.width || y >= own.y + own.height || own.x >= x + width || own.y >= y + height;
  const nodes = registry.filter((one) => one !== own && !one.waypoints && one.parent === own.parent && !one.type.includes("Lane") && one.labelTarget !== own);
  return [own.id, registry.filter(({ type }) => type === "bpmn:Lane").some(inside) && nodes.every(apart)];
}"""


@pytest.fixture
def page(olu: BrowserContext) -> Iterator[Page]:
    """The editor of TS-002 as Olu sees it in Chinese."""
    with editing.visit(olu, KEY) as page:
        yield page


@pytest.fixture
def english(olu: BrowserContext) -> Iterator[Page]:
    """As Olu sees it in English."""
    with editing.visit(olu, KEY, "en") as page:
        yield page


def drawn(page: Page, element: str) -> str:
    """What stands on an element."""
    lines = page.locator(f"#panel-diagram [data-element-id={element}] text tspan").all_text_contents()
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize(
    "way, asked", [("button", "怎样退？"), ("enter", "How is it repaid?"), ("keys", "repayment_method")]
)
def test_an_element_is_found_by_either_name_and_by_id(page: Page, way: str, asked: str) -> None:
    """The search opens by button and by key, and leads to the element, large enough to read."""
    button = page.get_by_role("button", name="查找")
    if way == "button":
        button.click()
    elif way == "enter":
        button.focus()
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Control+f")
    field = page.get_by_role("textbox", name="在图中查找")
    expect(field).to_be_focused()
    field.press_sequentially(asked)
    expect(page.locator(".djs-search-result").first).to_contain_text("repayment_method")
    page.keyboard.press("Enter")
    expect(field).to_be_hidden()
    assert page.evaluate(SELECTED) == ["repayment_method"]
    assert page.evaluate("editor.opened.diagram.get('canvas').zoom()") >= 0.6


def test_an_element_without_a_name_is_found_by_its_id_alone(page: Page) -> None:
    """A flow needs no name; nothing stands in its place, in neither line of the result."""
    page.evaluate(
        "() => { const { diagram } = editor.opened; const flow = diagram.get('elementRegistry').find(({ type, businessObject }) => type === 'bpmn:SequenceFlow' && !businessObject.name); window.unnamed = flow.id; }"
    )
    unnamed = page.evaluate("unnamed")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("textbox", name="在图中查找").press_sequentially(unnamed)
    expect(page.locator(".djs-search-result").first).to_have_text(unnamed)
    expect(page.locator(".djs-search-results")).not_to_contain_text("undefined")


def test_a_search_without_result_says_so(page: Page) -> None:
    """Silence would look like a search that does not work."""
    page.get_by_role("button", name="查找").click()
    page.get_by_role("textbox", name="在图中查找").press_sequentially("zzz")
    expect(page.locator(".desk-search-note")).to_contain_text("没有找到")


def test_the_view_stays(page: Page) -> None:
    """Another tab, a reload and another page lead back to where the owner stood, as close as before."""
    page.get_by_role("button", name="放大").click()
    editing.select(page, "open_liability")
    view = page.evaluate(VIEW)
    page.locator("[data-tab=forms]").click()
    page.locator("[data-tab=diagram]").click()
    assert page.evaluate(VIEW) == view
    page.get_by_role("link", name="查看改动并发布").click()
    page.wait_for_url("**/publish")
    editing.open_editor(page, KEY)
    assert page.evaluate(VIEW) == view


def test_nothing_lies_over_the_drawing(page: Page) -> None:
    """Tools, palette and overview map stand beside the canvas."""
    page.get_by_role("button", name="小地图").click()
    canvas = page.locator(".desk-editor-canvas .djs-container").bounding_box()
    assert canvas is not None
    for part in (".desk-editor-toolbar", ".djs-palette", ".djs-minimap"):
        box = page.locator(part).bounding_box()
        assert box is not None
        beside = box["x"] + box["width"] <= canvas["x"] + 1 or box["x"] >= canvas["x"] + canvas["width"] - 1
        assert beside or box["y"] + box["height"] <= canvas["y"] + 1, part


def test_a_badge_stands_beside_its_element_and_leads_to_the_problem(page: Page) -> None:
    """A task, a start, a flow and events on the upper and the lower border keep their face; the badge selects the element and shows its problem."""
    elements = ["charge_disputed", "ask_receipt", "flow_cash", "refused", "declined", "repayment_method"]
    page.evaluate(MARKED, elements)
    page.get_by_role("button", name="全图").click()
    expect(page.locator(".desk-problem-badge")).to_have_count(len(elements))
    assert page.evaluate(COVERED) == []
    page.locator(".desk-problem-badge[title=ask_receipt]").click()
    assert page.evaluate(SELECTED) == ["ask_receipt"]
    problem = page.locator(".desk-problem-list [data-element=ask_receipt] button")
    expect(problem).to_be_focused()
    expect(problem).to_have_attribute("aria-current", "true")
    page.locator(".desk-problem-list [data-element=declined] button").click()
    assert page.evaluate(SELECTED) == ["declined"]


def test_an_element_with_a_problem_is_selected_by_a_click(page: Page) -> None:
    """A badge takes clicks where it is drawn, and nowhere on its element."""
    elements = ["charge_disputed", "ask_receipt", "declined"]
    page.evaluate(MARKED, elements)
    page.get_by_role("button", name="全图").click()
    expect(page.locator(".desk-problem-badge")).to_have_count(len(elements))
    assert page.evaluate(TAKEN, elements) == []
    page.locator("#panel-diagram [data-element-id=ask_receipt] .djs-hit").click(position={"x": 8, "y": 8})
    assert page.evaluate(SELECTED) == ["ask_receipt"]


def test_what_is_appended_takes_the_keyboard(page: Page) -> None:
    """A step and a gateway open their names, lie in the lane of their predecessor, and keys undo and delete them; undo says when there is nothing to undo, with why."""
    undo = page.get_by_role("button", name="撤销", exact=True)
    expect(undo).to_be_disabled()
    expect(undo).to_have_attribute("title", "没有可撤销的改动")
    last = "reply_customer"
    for action, name in (("user-task", "做点事"), ("gateway", "满意？")):
        editing.select(page, last)
        page.locator(f".djs-context-pad [data-action='append.{action}']").click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        last, lies_free = page.evaluate(LIES_FREE, name)
        assert lies_free, last
    expect(undo).to_be_enabled()
    page.keyboard.press("Delete")
    page.wait_for_function("id => !editor.opened.diagram.get('elementRegistry').get(id)", arg=last)
    for _step in range(2):
        page.keyboard.press("Control+z")
    page.wait_for_function("id => !editor.opened.diagram.get('elementRegistry').get(id).businessObject.name", arg=last)


def typed(page: Page, element: str, text: str) -> None:
    """Type a name on the canvas."""
    editing.select(page, element)
    page.evaluate(
        "id => editor.opened.diagram.get('directEditing').activate(editor.opened.diagram.get('elementRegistry').get(id))",
        element,
    )
    page.locator(".djs-direct-editing-content").fill(text)
    page.evaluate("editor.opened.diagram.get('directEditing').complete()")


def test_the_canvas_speaks_the_language_that_it_writes(english: Page) -> None:
    """An owner who reads English sees and changes the English; the Chinese and the drawing stay, undo works, and the other language is one choice away."""
    before = editing.text_of(english, FILE)
    assert drawn(english, "judge_cause") == "Judge the cause of the complaint"
    expect(english.get_by_label("Names on the drawing")).to_have_value("en")
    typed(english, "judge_cause", "Find the cause")
    editing.expect_saved(english, CATALOGUE, 'judge_cause: "Find the cause"')
    assert drawn(english, "judge_cause") == "Find the cause"
    assert editing.text_of(english, FILE) == before
    english.get_by_role("button", name="Undo", exact=True).click()
    assert drawn(english, "judge_cause") == "Judge the cause of the complaint"
    english.get_by_label("Names on the drawing").select_option("zh")
    assert "原因" in drawn(english, "judge_cause")
    typed(english, "judge_cause", "查原因")
    editing.expect_saved(english, FILE, 'name="查原因"')
    assert 'judge_cause: "Judge the cause of the complaint"' in editing.text_of(english, CATALOGUE)


HEAD = {
    "judge_cause": ("User Task", "Judge the cause of the complaint"),
    "flow_cash": ("Sequence Flow", "Cash"),
    "refused": ("Error Boundary Event", "Cannot be done"),
    "pay_back": ("Expanded Sub Process", "Pay back"),
}


def test_the_head_of_the_panel_speaks_the_language_of_the_canvas(english: Page, page: Page) -> None:
    """An owner who reads English reads the kind and the English name of what is selected; whoever chooses the other language of names reads that."""
    head = english.locator(".desk-editor-head")
    for element, (kind, name) in HEAD.items():
        editing.select(english, element)
        expect(head.locator("small")).to_have_text(kind)
        expect(head.locator("strong")).to_have_text(name)
    editing.select(english, "judge_cause")
    english.get_by_label("Names on the drawing").select_option("zh")
    expect(head.locator("strong")).to_have_text("判断投诉原因")
    english.get_by_label("Names on the drawing").select_option("en")
    editing.entry(english, "name-en").fill("Find the cause")
    expect(head.locator("strong")).to_have_text("Find the cause")
    assert not any(
        "\u4e00" <= one <= "\u9fff"
        for one in english.locator(".desk-editor-toolbar, .desk-editor-palette")
        .all_inner_texts()[0]
        .replace("中文", "")
    )
    editing.select(page, "refused")
    expect(page.locator(".desk-editor-head small")).to_have_text("错误边界事件")


def leave(page: Page) -> None:
    """Take the pointer off the canvas, as one does who looks for what lies beyond it."""
    box = page.locator(".desk-editor-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 12, steps=3)


def test_a_flow_ends_where_its_target_was_seen(page: Page) -> None:
    """The view does not move under the pointer: a click at the place where the target stood connects it."""
    editing.select(page, "judge_cause")
    seen = page.locator("[data-element-id=reply_with_explanation] .djs-hit").first.bounding_box()
    target = "reply_with_explanation"
    if seen is None or not page.evaluate(IN_SIGHT, target):
        target = page.evaluate(NEAREST, "judge_cause")
        seen = page.locator(f"[data-element-id={target}] .djs-hit").first.bounding_box()
    assert seen is not None
    before = page.evaluate(VIEW)
    came = page.evaluate(INCOMING, target)
    page.locator(".djs-context-pad [data-action=connect]").click()
    assert page.evaluate(VIEW) == before
    middle = (seen["x"] + seen["width"] / 2, seen["y"] + seen["height"] / 2)
    page.mouse.move(*middle, steps=4)
    page.mouse.click(*middle)
    page.wait_for_function(f"() => ({INCOMING})('{target}') === {came + 1}")


@pytest.mark.parametrize("way", ["click", "drag"])
def test_a_flow_is_led_to_a_target_that_was_out_of_view(page: Page, way: str) -> None:
    """The whole drawing is in view once the pointer has left the canvas; nothing covers the target, and afterwards one stands where one stood."""
    editing.select(page, "reply_customer")
    view = page.evaluate(VIEW)
    pad, target = (
        page.locator(".djs-context-pad [data-action=connect]"),
        page.locator("[data-element-id=reply_with_explanation] .djs-hit").first,
    )
    if way == "click":
        pad.click()
    else:
        pad.hover()
        page.mouse.down()
        page.mouse.move(700, 400, steps=3)
    leave(page)
    box = target.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    on_top = "([x, y]) => document.elementFromPoint(x, y).closest('[data-element-id]')?.dataset.elementId"
    assert page.evaluate(on_top, middle) == "reply_with_explanation"
    page.mouse.move(*middle, steps=4)
    page.mouse.up() if way == "drag" else page.mouse.click(*middle)
    page.wait_for_function(
        "() => editor.opened.diagram.get('elementRegistry').get('reply_with_explanation').incoming.length === 2"
    )
    assert page.evaluate(VIEW) == view


def test_leading_a_flow_nowhere_leads_back(page: Page) -> None:
    """Whoever gives up stands where they stood."""
    editing.select(page, "reply_customer")
    view = page.evaluate(VIEW)
    page.locator(".djs-context-pad [data-action=connect]").click()
    leave(page)
    assert page.evaluate(VIEW) != view
    page.keyboard.press("Escape")
    assert page.evaluate(VIEW) == view


def test_the_first_name_of_an_element_serves_both_languages(english: Page) -> None:
    """Nobody gets an empty box because an owner wrote in one language."""
    english.evaluate(
        """() => { const { diagram } = editor.opened;
          const made = diagram.get("elementFactory").createShape({ type: "bpmn:UserTask" });
          window.made = diagram.get("autoPlace").append(diagram.get("elementRegistry").get("judge_cause"), made); }"""
    )
    english.locator(".djs-direct-editing-content").fill("Ask a colleague")
    english.evaluate("editor.opened.diagram.get('directEditing').complete()")
    editing.expect_saved(english, FILE, 'name="Ask a colleague"')
    assert ': "Ask a colleague"' in editing.text_of(english, CATALOGUE)
