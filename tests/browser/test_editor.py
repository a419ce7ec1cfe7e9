"""The owner's editor in a real browser: what is drawn, entered and tabulated there reaches the draft, whatever happens in between."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from engine.definitions import dmn
from engine.diagrams import diagram
from engine.language.forms import Form
from tests.browser import editing
from tests.browser.office import PATIENCE, log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PROCESSES = Path(__file__).resolve().parents[2] / "processes"
DIAGRAMS = sorted(PROCESSES.glob("*.bpmn"))
KEY = "TS-002"
FILE = "TS-002.bpmn"
CATALOGUE = "translations/TS-002.en.yaml"
KEYS = re.compile(r"(\w+): \"(?:[^\"\\]|\\.)*\"")
REWRITE = """async (xml) => {
  const { modeler } = editor.opened.diagram;
  await modeler.importXML(xml);
  return (await modeler.saveXML({ format: true })).xml;
}"""


@pytest.fixture
def page(olu: BrowserContext) -> Iterator[Page]:
    """The editor of TS-002 as Olu sees it in Chinese, with no draft before or after."""
    with editing.visit(olu, KEY) as page:
        yield page


@pytest.fixture(scope="module")
def drawing(olu: BrowserContext) -> Iterator[Page]:
    """An editor that only reads and writes diagrams."""
    page = olu.new_page()
    editing.open_editor(page, KEY)
    yield page
    page.close()


def without_lines(content: str) -> diagram.Diagram:
    """What a diagram says, wherever in the file it stands."""
    drawn = diagram.parse(content.encode())
    elements = {name: dataclasses.replace(element, line=0) for name, element in drawn.elements.items()}
    flows = {name: dataclasses.replace(flow, line=0) for name, flow in drawn.flows.items()}
    return dataclasses.replace(drawn, elements=elements, flows=flows)


def numbers(picture: Locator) -> list[float]:
    """Where a picture stands and how large it is drawn."""
    return [float(found) for found in re.findall(r"-?[0-9.]+", picture.get_attribute("transform") or "")]


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_opening_and_saving_changes_nothing(drawing: Page, file: Path) -> None:
    """Whoever corrects one word must not lose a parameter, a limit or a manual reference elsewhere."""
    content = file.read_text(encoding="utf-8")
    assert without_lines(drawing.evaluate(REWRITE, content)) == without_lines(content)


def test_a_drawn_step_is_named_parametrised_and_saved(page: Page) -> None:
    """An owner appends a service task, chooses its operation, fills a parameter with a known variable; the draft has it all."""
    editing.select(page, "reply_customer")
    page.locator(".djs-context-pad [data-action='append.service-task']").click()
    page.keyboard.press("Escape")
    editing.select(page, "service_task_1")
    editing.entry(page, "name").fill("登记退款")
    editing.expect_saved(page, FILE, 'name="登记退款"')
    editing.entry(page, "operator").select_option("refunds/cash")
    editing.entry(page, "parameter-amount").click()
    page.keyboard.type("refund_am")
    page.get_by_role("option", name="refund_amount").click()
    expect(editing.entry(page, "parameter-amount")).to_have_text("refund_amount")
    editing.entry(page, "id").fill("register_refund")
    editing.expect_saved(page, FILE, 'id="register_refund"')
    element = diagram.parse(editing.text_of(page, FILE).encode()).elements["register_refund"]
    assert (element.name, element.topic) == ("登记退款", "refunds/cash")
    assert {one.name: one.expression for one in element.parameters}["amount"] == "refund_amount"


def test_a_step_is_done_for_each_item_of_a_list(page: Page) -> None:
    """The panel marks a step, asks for list, names and result, and takes the marker away again; the marker may be chosen in the menu as well."""
    editing.select(page, "reply_customer")
    expect(editing.entry(page, "inputCollection")).to_have_count(0)
    editing.entry(page, "repeated").select_option("sequential")
    for name, text in (("inputElement", "position"), ("outputCollection", "answers")):
        editing.entry(page, name).fill(text)
    for name, text in (("inputCollection", "positions"), ("outputElement", "amount"), ("completion", "amount = 0")):
        editing.entry(page, name).click()
        page.keyboard.type(text)
        page.keyboard.press("Escape")
    editing.expect_saved(page, FILE, "amount = 0")
    made = diagram.MultiInstance(
        sequential=True,
        collection="positions",
        item="position",
        results="answers",
        output="amount",
        completion="amount = 0",
    )
    assert diagram.parse(editing.text_of(page, FILE).encode()).elements["reply_customer"].multi_instance == made
    assert (
        without_lines(page.evaluate(REWRITE, editing.text_of(page, FILE))).elements["reply_customer"].multi_instance
        == made
    )
    editing.select(page, "reply_customer")
    page.locator(".djs-context-pad [data-action='replace']").click()
    page.locator(".djs-popup [data-id='toggle-parallel-mi']").click()
    expect(editing.entry(page, "repeated")).to_have_value("parallel")
    editing.entry(page, "repeated").select_option("")
    expect(editing.entry(page, "inputCollection")).to_have_count(0)
    page.wait_for_function("file => !editor.draft.text(file).includes('multiInstance')", arg=FILE)


def test_english_names_go_into_the_catalogue(page: Page) -> None:
    """Name and advice in English stand in the catalogue under the element's id, and follow it when the id changes."""
    before = yaml.safe_load(editing.text_of(page, CATALOGUE))
    editing.select(page, "judge_cause")
    editing.entry(page, "name-en").fill('Judge the "cause"')
    editing.expect_saved(page, CATALOGUE, "Judge the")
    editing.entry(page, "id").fill("verify_cause")
    editing.expect_saved(page, CATALOGUE, "verify_cause")
    after = yaml.safe_load(editing.text_of(page, CATALOGUE))
    assert after["verify_cause"] == 'Judge the "cause"'
    assert after["documentation"]["verify_cause"] == before["documentation"]["judge_cause"]
    assert "judge_cause" not in after
    assert set(after) - {"verify_cause"} == set(before) - {"judge_cause"}


def test_the_english_of_a_subject_has_a_section_of_its_own(page: Page) -> None:
    """It stands under the service task's id, follows it when the id changes, and advice written after it still is advice."""
    before = yaml.safe_load(editing.text_of(page, CATALOGUE))
    editing.select(page, "list_refund")
    editing.entry(page, "subject-en").fill("About the case")
    editing.expect_saved(page, CATALOGUE, "About the case")
    editing.entry(page, "id").fill("put_down")
    editing.expect_saved(page, CATALOGUE, "put_down")
    editing.select(page, "judge_cause")
    editing.entry(page, "documentation-en").fill("")
    page.wait_for_function("file => !/  judge_cause:/.test(editor.draft.text(file))", arg=CATALOGUE)
    editing.entry(page, "documentation-en").fill("Look twice")
    editing.expect_saved(page, CATALOGUE, "Look twice")
    after = yaml.safe_load(editing.text_of(page, CATALOGUE))
    assert after["subject"] == {**before["subject"], "put_down": "About the case"}
    assert after["documentation"] == {**before["documentation"], "judge_cause": "Look twice"}


def test_two_versions_are_compared_in_words_and_pictures(page: Page) -> None:
    """Both pictures show the same part; each change is told once, with what it was and becomes, and leads to its place."""
    editing.select(page, "flow_cash")
    editing.entry(page, "name").fill("现金")
    editing.expect_saved(page, FILE, 'name="现金"')
    page.goto(f"/processes/{KEY}/publish")
    expect(page.locator("[data-difference][data-ready]")).to_be_visible(timeout=PATIENCE)
    change = page.locator("[data-change=flow_cash]")
    expect(change).to_have_count(1)
    expect(change.locator(".desk-becomes")).to_have_text("现金")
    expect(page.locator(".desk-difference-pictures .desk-change-sign")).to_have_count(2)
    change.get_by_role("button").click()
    before, after = (numbers(one) for one in page.locator(".desk-difference-picture .viewport").all())
    assert before == pytest.approx(after, abs=0.01)


def test_one_change_is_undone_by_one_step(page: Page) -> None:
    """A first property makes its container too; undo must not leave half of it."""
    before = page.evaluate("() => editor.opened.diagram.modeler.saveXML({ format: true }).then(({ xml }) => xml)")
    editing.select(page, "charge_disputed")
    editing.entry(page, "manualRef").fill("CH1.2")
    editing.expect_saved(page, FILE, 'value="CH1.2"')
    page.get_by_role("button", name="撤销").click()
    after = page.evaluate("() => editor.opened.diagram.modeler.saveXML({ format: true }).then(({ xml }) => xml)")
    assert after == before


def test_typing_keeps_the_focus_in_the_panel(page: Page) -> None:
    """The panel is drawn anew at every change; whoever types a name must not be thrown out of the field."""
    editing.select(page, "judge_cause")
    name = editing.entry(page, "name")
    name.fill("核对原因")
    editing.expect_saved(page, FILE, 'name="核对原因"')
    expect(name).to_be_focused()


def test_problems_are_marked_on_the_element_and_listed(page: Page) -> None:
    """What the server's rules find is seen where it is, counted, and reached from the list."""
    editing.select(page, "flow_cash")
    editing.entry(page, "condition").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("refund_kind = = 1")
    problem = page.locator(".desk-problem-list [data-element=flow_cash]").first
    expect(problem).to_be_visible()
    badge = page.locator(".desk-problem-badge")
    expect(badge).to_be_visible()
    assert badge.evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"
    expect(page.locator(".desk-problems [role=status]")).to_have_text("1 个问题")
    editing.select(page, "judge_cause")
    problem.get_by_role("button").click()
    assert page.evaluate("editor.opened.diagram.get('selection').get().map(({ id }) => id)") == ["flow_cash"]


def test_a_warning_is_no_problem_and_is_led_to(page: Page) -> None:
    """What always holds is listed as a warning with its word, marked in another way, and led to; an amount that is offered says that it counts in fen."""
    editing.select(page, "flow_cash")
    editing.entry(page, "condition").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("disputed_amount = disputed_amount")
    warning = page.locator(".desk-problem-list [data-element=flow_cash]").first
    expect(warning).to_contain_text("提醒")
    expect(warning).to_contain_text("disputed_amount 和自己比较")
    expect(page.locator(".desk-problems [role=status]")).to_have_text("1 条提醒（可以发布，请先看过）")
    badge = page.locator(".desk-problem-badge")
    expect(badge).to_have_text("? 1")
    expect(badge).to_have_class(re.compile("is-warning"))
    editing.select(page, "judge_cause")
    warning.get_by_role("button").click()
    assert page.evaluate("editor.opened.diagram.get('selection').get().map(({ id }) => id)") == ["flow_cash"]
    expect(page.locator(".desk-editor-known").first).to_contain_text("disputed_amount (分)")


def test_only_what_can_be_executed_is_offered(page: Page) -> None:
    """A script task or a signal would be refused at publication; the owner is not led there."""
    offered = page.locator(".djs-palette [data-action]").evaluate_all("all => all.map((one) => one.dataset.action)")
    assert {"create.user-task", "create.service-task", "create.rule-task", "create.error-boundary"} <= set(offered)
    assert not {"create.task", "create.data-object", "create.group", "create.intermediate-event"} & set(offered)
    editing.select(page, "judge_cause")
    page.locator(".djs-context-pad [data-action=replace]").click()
    entries = page.locator(".djs-popup [data-id]")
    expect(entries.first).to_be_visible()
    found = set(entries.evaluate_all("all => all.map((one) => one.dataset.id)"))
    assert {"replace-with-service-task", "replace-with-rule-task"} <= found
    assert not {"replace-with-script-task", "replace-with-task", "replace-with-ad-hoc-subprocess"} & found


@pytest.mark.parametrize("tab", ["diagram", "decisions"])
def test_the_mark_of_bpmn_io_is_visible_and_uncovered(page: Page, tab: str) -> None:
    """The licence of the editors asks for it: nothing of ours may lie over the mark."""
    page.locator(f"[data-tab={tab}]").click()
    mark = page.locator(f"#panel-{tab}").locator(".bjs-powered-by").first
    expect(mark).to_be_visible()
    mark.scroll_into_view_if_needed()
    assert mark.evaluate(
        """(one) => {
          const { left, top, width, height } = one.getBoundingClientRect();
          const points = [[0.1, 0.2], [0.5, 0.5], [0.9, 0.8]].map(([x, y]) => document.elementFromPoint(left + width * x, top + height * y));
          return points.every((found) => one.contains(found));
        }"""
    )


def test_a_decision_gets_a_rule_and_is_saved(page: Page) -> None:
    """An owner adds a rule to a table; the engine reads the table with one rule more and keeps its manual reference."""
    before = editing.text_of(page, "decisions/cause.dmn")
    page.locator("[data-tab=decisions]").click()
    page.locator(".desk-editor-table .add-rule-add, .desk-editor-table .add-rule").first.click()
    page.keyboard.type('"weather"')
    page.keyboard.press("Control+s")
    editing.expect_saved(page, "decisions/cause.dmn", '"weather"')
    after = editing.text_of(page, "decisions/cause.dmn")
    assert len(dmn.parse(after.encode()).find("cause").logic.rules) == before.count("<rule ") + 1
    assert 'manualRef="CH2.2, CH2.6, CH2.10"' in after


def test_a_form_is_edited_and_previewed_as_the_clerk_sees_it(page: Page) -> None:
    """A field added, labelled and moved by keyboard stands in the schema and in the preview; the rest of the form is untouched."""
    page.locator("[data-tab=forms]").click()
    page.locator("[data-file='forms/ts002_receipt.form']").click()
    before = json.loads(editing.text_of(page, "forms/ts002_receipt.form"))
    page.get_by_role("button", name="添加字段").click()
    page.get_by_label("变量名").fill("invoice_note")
    page.get_by_label("标签", exact=True).fill("发票备注")
    page.get_by_label("必填").check()
    expect(page.locator(".desk-form-preview").get_by_text("发票备注")).to_be_visible()
    page.locator(".desk-form-fields [aria-current]").focus()
    page.keyboard.press("Alt+ArrowUp")
    editing.expect_saved(page, "forms/ts002_receipt.form", "发票备注")
    after = json.loads(editing.text_of(page, "forms/ts002_receipt.form"))
    added = next(one for one in after["components"] if one.get("key") == "invoice_note")
    assert after["components"].index(added) == 0
    assert [one for one in after["components"] if one is not added] == before["components"]
    assert next(field for field in Form.parse(json.dumps(after)).inputs if field.key == "invoice_note").required


def test_a_field_goes_into_a_group_and_back_by_undo(page: Page) -> None:
    """A group added and a field put into it are in the schema; two steps back the form is as it was, and forward again as it became."""
    name = "forms/ts002_receipt.form"
    page.locator("[data-tab=forms]").click()
    page.locator(f"[data-file='{name}']").click()
    before = json.loads(editing.text_of(page, name))["components"]
    page.get_by_label("类型").first.select_option("group")
    page.get_by_role("button", name="添加字段").click()
    page.get_by_role("button", name="下移").focus()
    page.locator(".desk-form-fields li button").nth(2).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowRight")
    components = json.loads(editing.text_of(page, name))["components"]
    (group,) = [one for one in components if one["type"] == "group"]
    assert [one["key"] for one in group["components"]] == [before[1]["key"]]
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="撤销").last.click()
    assert json.loads(editing.text_of(page, name))["components"] == before
    page.get_by_role("button", name="重做").last.click()
    page.get_by_role("button", name="重做").last.click()
    assert json.loads(editing.text_of(page, name))["components"] == components
    page.keyboard.press("Alt+ArrowLeft")


def test_every_form_survives_the_editor(page: Page) -> None:
    """Reading a form and writing it again changes no byte of what the engine reads."""
    page.locator("[data-tab=forms]").click()
    buttons = page.locator("#panel-forms [data-file]")
    expect(buttons.nth(5)).to_be_visible()
    for name in buttons.evaluate_all("all => all.map((button) => button.dataset.file)"):
        page.locator(f"[data-file='{name}']").click()
        edited = page.evaluate(
            "() => [editor.opened.forms.edited.file, JSON.stringify(editor.opened.forms.edited.schema)]"
        )
        assert (edited[0], json.loads(edited[1])) == (name, json.loads(editing.text_of(page, name)))


def test_an_interrupted_change_is_offered_again(page: Page) -> None:
    """A crash between two saves loses nothing: the next visit offers what this browser kept."""
    page.route("**/draft", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("核对原因")
    expect(page.locator(".desk-saved")).to_have_attribute("data-state", "offline", timeout=15_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/draft")
    editing.open_editor(page, KEY)
    page.get_by_role("button", name="放回草稿").click()
    editing.expect_saved(page, FILE, 'name="核对原因"')
    assert 'name="核对原因"' in editing.text_of(page, FILE)
    assert editing.left_behind(page, KEY) == []


def test_two_owners_do_not_overwrite_each_other(page: Page, browser: Browser, address: str) -> None:
    """Otto saved first: Olu is told who and when, keeps her change, and both are in the draft."""
    other = editing.owner(browser, address, "otto")
    editing.open_editor(other, KEY, "forms")
    other.locator("[data-file='forms/ts002_receipt.form']").click()
    other.get_by_label("标签", exact=True).fill("退哪一类费用")
    editing.expect_saved(other, "forms/ts002_receipt.form", "退哪一类费用")
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("核对原因")
    expect(page.locator(".desk-editor-banner").first).to_contain_text("欧拓 在")
    expect(page.locator(".desk-editor-banner").last).to_contain_text("这份草稿由欧拓绘制，只有您还能批准")
    page.get_by_role("button", name="保留我改过的文件").click()
    editing.expect_saved(page, FILE, 'name="核对原因"')
    editing.open_editor(other, KEY)
    assert 'name="核对原因"' in editing.text_of(other, FILE)
    assert "退哪一类费用" in editing.text_of(other, "forms/ts002_receipt.form")
    other.context.close()


def test_what_would_be_overwritten_is_named_and_kept(page: Page, browser: Browser, address: str) -> None:
    """Both changed one file: Olu reads which of Otto's words hers take the place of; his stay in her browser and can be put back."""
    other = editing.owner(browser, address, "otto")
    editing.open_editor(other, KEY)
    editing.select(other, "judge_cause")
    editing.entry(other, "name").fill("核对原因")
    editing.expect_saved(other, FILE, 'name="核对原因"')
    other.context.close()
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("查明原因")
    banner = page.locator(".desk-editor-banner").first
    expect(banner).to_contain_text(FILE)
    expect(banner.locator("li").first).to_contain_text("核对原因")
    page.get_by_role("button", name="保留我改过的文件").click()
    editing.expect_saved(page, FILE, 'name="查明原因"')
    expect(page.locator(".desk-editor-banner")).to_contain_text("被您覆盖")
    page.get_by_role("button", name="放回草稿").click()
    editing.expect_saved(page, FILE, 'name="核对原因"')


def test_taking_a_submission_back_is_asked_before(page: Page) -> None:
    """Nothing is saved over a submitted draft until the owner says so; the editor says who submitted it."""
    refused = {
        "code": "SubmittedDraft",
        "title": "",
        "submitted_by": "欧拓",
        "submitted_at": "2026-11-28T08:02:00+00:00",
    }

    def answer(route: Route) -> None:
        if route.request.method == "PUT" and not (route.request.post_data_json or {}).get("withdraw"):
            route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(refused))
        else:
            route.continue_()

    page.route("**/draft", answer)
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("核对原因")
    expect(page.locator(".desk-editor-banner")).to_contain_text("欧拓 已于", timeout=15_000)
    expect(page.locator(".desk-editor-banner")).to_contain_text("会撤回提交")
    editing.entry(page, "name").fill("核对全部原因")
    expect(page.locator(".desk-editor-banner")).to_contain_text("会撤回提交")
    page.get_by_role("button", name="撤回提交并保存").click()
    editing.expect_saved(page, FILE, 'name="核对全部原因"')


def test_a_draft_put_in_force_meanwhile_is_told(browser: Browser, address: str) -> None:
    """With its number, by whom and when, in the owner's language; never a name and a time that are empty."""
    page = editing.owner(browser, address, language="en")
    editing.open_editor(page, KEY)
    ended = {"code": "StaleDraft", "title": "", "ended": "definition_published", "version": 4, "ended_by": "Otto"}
    refused = json.dumps({**ended, "ended_at": "2026-11-28T08:02:00+00:00", "saved_by": "", "saved_at": None})
    page.route(
        "**/draft",
        lambda route: (
            route.fulfill(status=409, content_type="application/problem+json", body=refused)
            if route.request.method == "PUT"
            else route.continue_()
        ),
    )
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("Look into it")
    banner = page.locator(".desk-editor-banner").first
    expect(banner).to_contain_text("put in force as version 4 by Otto", timeout=15_000)
    expect(page.get_by_role("button", name="Begin a new draft with the files I changed")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    editing.discard(page, KEY)
    page.context.close()


def test_two_windows_keep_what_each_has_unsaved(page: Page) -> None:
    """Neither window pushes out of the browser what the other could not save; the next visit offers both, and each is decided about by itself."""
    other = page.context.new_page()
    editing.open_editor(other, KEY)
    for one, element, name in ((page, "judge_cause", "核对原因"), (other, "reply_customer", "答复用户")):
        one.route("**/draft", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
        editing.select(one, element)
        editing.entry(one, "name").fill(name)
        expect(one.locator(".desk-saved")).to_have_attribute("data-state", "offline", timeout=15_000)
    kept = [one["files"][FILE] for one in editing.left_behind(page, KEY)]
    assert sorted(("核对原因" in one, "答复用户" in one) for one in kept) == [(False, True), (True, False)]
    other.close()
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/draft")
    editing.open_editor(page, KEY)
    offers = page.locator(".desk-editor-banner")
    expect(offers).to_have_count(2)
    offers.filter(has_text="没存上的改动").last.get_by_role("button", name="放回草稿").click()
    editing.expect_saved(page, FILE, "核对原因")
    expect(offers).to_have_count(1)
    (left,) = editing.left_behind(page, KEY)
    assert "答复用户" in left["files"][FILE]
    offers.get_by_role("button", name="不要了").click()
    assert editing.left_behind(page, KEY) == []


def test_another_window_of_ones_own_is_told_as_that(page: Page) -> None:
    """Whoever saved in one window reads in the other that it was they, and chooses."""
    other = page.context.new_page()
    editing.open_editor(other, KEY)
    editing.select(other, "reply_customer")
    editing.entry(other, "name").fill("答复用户")
    editing.expect_saved(other, FILE, "答复用户")
    other.close()
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("核对原因")
    expect(page.locator(".desk-editor-banner")).to_contain_text("您在另一个窗口里")
    page.get_by_role("button", name="用对方的版本").click()
    expect(page.locator(".desk-editor-banner")).to_contain_text("没存上的改动")
    assert "答复用户" in editing.text_of(page, FILE)
    assert "核对原因" not in editing.text_of(page, FILE)


def test_a_lost_session_keeps_the_change(page: Page) -> None:
    """Whoever was logged out meanwhile is told so, and the change is saved after logging in again elsewhere."""
    cookies = page.context.cookies()
    page.context.clear_cookies()
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("核对原因")
    expect(page.locator(".desk-editor-banner")).to_contain_text("登录已过期")
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="再存一次").click()
    editing.expect_saved(page, FILE, 'name="核对原因"')


def test_after_another_log_in_the_change_is_saved(page: Page) -> None:
    """Whoever logged out and in again in another window saves from the first one, whose token was of the former log-in."""
    window = page.context.new_page()
    window.goto("/processes")
    window.get_by_role("button", name="退出").click()
    window.wait_for_url("**/login*")
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("核对原因")
    expect(page.locator(".desk-editor-banner")).to_contain_text("登录已过期")
    log_in(window, "olu")
    page.get_by_role("button", name="再存一次").click()
    editing.expect_saved(page, FILE, 'name="核对原因"')


def test_tabs_and_saving_work_by_keyboard(page: Page) -> None:
    """Nobody needs a mouse to reach another tab, to save or to search."""
    page.locator("[data-tab=diagram]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-tab=decisions]")).to_be_focused()
    expect(page.locator("#panel-decisions")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+f")
    expect(page.locator(".djs-search-input input")).to_be_focused()
    page.keyboard.press("Escape")
    editing.select(page, "judge_cause")
    editing.entry(page, "name").fill("核对原因")
    page.keyboard.press("Control+s")
    editing.expect_saved(page, FILE, 'name="核对原因"')


def test_the_editors_speak_chinese(page: Page) -> None:
    """What bpmn.io's editors say by themselves is translated: nothing that was asked for is missing."""
    for element in (
        "judge_cause",
        "operator_fault",
        "flow_cash",
        "pay_back",
        "refused",
        "charge_disputed",
        "refunded",
        "lane_ts_002_1",
    ):
        editing.select(page, element)
        replace = page.locator(".djs-context-pad [data-action=replace]")
        if replace.count():
            replace.first.click()
            page.keyboard.press("Escape")
    page.locator("[data-tab=decisions]").click()
    page.locator(".desk-editor-table td.input-cell").first.click(button="right")
    page.keyboard.press("Escape")
    page.locator(".desk-editor-table th.input-cell").first.dblclick()
    missing = {text for text in page.evaluate("[...missing]") if not text.startswith("Ad-hoc")}
    assert missing == set()


def test_both_languages_of_the_editor_are_complete() -> None:
    """A text added in one language only would appear by its name in the other."""
    names = {"zh": set[str](), "en": set[str]()}
    language = ""
    for line in (PROCESSES.parent / "web/frontend/src/editor/messages.js").read_text(encoding="utf-8").splitlines():
        language = line.strip()[:2] if line.strip() in ("zh: {", "en: {") else language
        if language and line.startswith("    ") and not line.strip().startswith("//"):
            names[language] |= set(KEYS.findall(line))
        if line == "};":
            break
    assert names["zh"] == {name for name in names["en"] if not name.endswith("_one")}  # Chinese has no singular
    assert len(names["zh"]) > 100


def test_an_owner_only_enters(browser: Browser, address: str) -> None:
    """A clerk who knows the address does not get the editor."""
    page = editing.owner(browser, address, "cleo")
    response = page.goto(f"/processes/{KEY}/edit")
    assert response is not None
    assert response.status == 403
    page.context.close()


JOINED = """async () => {
  const { modeler } = editor.opened.diagram;
  const target = modeler.get("elementRegistry").get("site_named");
  const modeling = modeler.get("modeling");
  const join = modeling.createShape({ type: "bpmn:ParallelGateway" }, { x: target.x - 60, y: target.y - 40 }, target.parent);
  [...target.incoming].forEach((flow) => modeling.reconnectEnd(flow, join, { x: join.x + 25, y: join.y + 25 }));
  modeling.connect(join, target);
  await editor.opened.diagram.flush();
}"""


def test_the_way_to_a_standstill_is_marked(browser: Browser, address: str) -> None:
    """A choice led into a join: the warning's click marks the way there on the diagram, another problem's takes it away."""
    page = editing.owner(browser, address)
    editing.open_editor(page, "SUB-003")
    page.evaluate(JOINED)
    page.locator("[data-rule=always_stands_still] button").click(timeout=PATIENCE)
    expect(page.locator(".desk-way[data-element-id=site_known]")).to_be_visible()
    editing.select(page, "site_known")
    expect(page.locator(".desk-way")).to_have_count(0)
    editing.discard(page, "SUB-003")
    page.context.close()
