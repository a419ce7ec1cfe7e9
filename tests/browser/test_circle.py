"""The whole circle in a browser: an owner draws a step and publishes it with a second one, the next case takes it, an auditor sees why two cases differ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.diagrams import diagram
from tests.browser import editing
from tests.browser.office import Office, fill

# The tutorial goes the same way with less drawn, and is in every run.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

KEY, FILE, FORM = "TS-002", "TS-002.bpmn", "forms/large_claim.form"
NUMBER, SAID = "13900000201", "营业员错办了商务套餐，要求退款"
NAME, ENGLISH = "复核大额争议", "Review a large claim"
LONG = 300_000
JUDGED = {
    "finding": "staff",
    "error_kind": "wrong_order",
    "responsible_person": "李某",
    "finding_note": "底单与录入不符",
    "disputed_amount": "288.00",
}


@pytest.fixture
def shots(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Where pictures of every stage are left."""
    folder = Path(__file__).resolve().parents[2] / "test-results" / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def owner(office_in_browser: Office, name: str) -> Page:
    """An owner whose page tells when the editor is ready."""
    page = office_in_browser.of(name)
    page.context.add_init_script(editing.READY)
    page.clock.set_system_time(office_in_browser.at)  # the properties panel waits by the clock
    return page


def draw(page: Page) -> None:
    """By mouse and properties panel: a step after the gateway, for what is above 200 yuan, that leads on to where all others go."""
    editing.select(page, "operator_fault")
    page.locator(".djs-context-pad [data-action='append.user-task']").click()
    page.keyboard.press("Escape")
    editing.select(page, "user_task_1")
    editing.entry(page, "name").fill(NAME)
    editing.entry(page, "name-en").fill(ENGLISH)
    editing.entry(page, "group").select_option("supervisor")
    editing.entry(page, "id").fill("review_claim")
    editing.expect_saved(page, FILE, 'id="review_claim"')
    editing.select(page, "review_claim")
    page.locator(".djs-context-pad [data-action=connect]").click()
    page.mouse.move(5, 5)  # past the border, where the target is: then the whole drawing is shown
    page.locator("[data-element-id=ask_receipt] .djs-hit").first.click()
    page.keyboard.press("Escape")
    condition(
        page,
        flow(page, "operator_fault", "review_claim"),
        "cause_verdict.operator_fault = true and disputed_amount > 20000",
    )
    condition(
        page,
        "flow_operator_fault",
        "cause_verdict.operator_fault = true and (disputed_amount = null or disputed_amount <= 20000)",
    )


def flow(page: Page, source: str, target: str) -> str:
    """The id of the flow between two elements of the draft."""
    editing.expect_saved(page, FILE, f'targetRef="{target}"')
    flows = diagram.parse(editing.text_of(page, FILE).encode()).flows.values()
    return next(one.id for one in flows if (one.source, one.target) == (source, target))


def condition(page: Page, element: str, text: str) -> None:
    """Enter the condition of a flow."""
    editing.select(page, element)
    editing.entry(page, "condition").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    editing.expect_saved(page, FILE, text.replace("<", "&lt;").replace(">", "&gt;")[-14:])


def make_form(page: Page) -> None:
    """In the forms tab: a form with one required line of text, then chosen at the step."""
    page.locator("[data-tab=forms]").click()
    page.get_by_role("button", name="新建表单").click()
    page.get_by_label("表单编号").fill("large_claim")
    page.get_by_role("button", name="新建", exact=True).click()
    page.get_by_role("button", name="添加字段").click()
    page.get_by_label("变量名").fill("review_note")
    page.get_by_label("标签", exact=True).fill("复核意见")
    page.get_by_label("英文标签", exact=True).fill("Opinion")
    page.get_by_role("checkbox", name="必填").check()
    editing.expect_saved(page, FORM, "Opinion")
    page.locator("[data-tab=diagram]").click()
    editing.select(page, "review_claim")
    editing.entry(page, "form").select_option("large_claim")
    editing.expect_saved(page, FILE, 'value="large_claim"')


def attempt(page: Page) -> None:
    """The draft is tried: the new step comes with its form, as the supervisor, and leads on."""
    page.get_by_role("link", name="试办").click()
    page.locator("#scenario").select_option("预付金退现")
    expect(page.locator("[name='variable-disputed_amount']")).to_be_visible()
    page.get_by_role("button", name="开始试办").click()
    expect(page.locator("h1")).to_have_text("判断投诉原因")
    fill(page, JUDGED)
    page.locator("[data-submit-default]").click()
    expect(page.locator("h1")).to_have_text(NAME)
    expect(page.locator(".desk-diagram").first).to_have_attribute("data-ready", "true")


def submit(office_in_browser: Office, page: Page) -> None:
    """Scenarios are played on the draft; one with more than 200 yuan now waits for the supervisor, which is meant; it is handed over."""
    page.goto(f"/processes/{KEY}/publish")
    expect(page.locator("[data-difference][data-ready]")).to_be_visible()
    expect(page.locator("[data-change=review_claim]").first).to_contain_text(NAME)
    expect(page.get_by_text(f"属局方原因？ → {NAME}", exact=True)).to_be_visible()
    page.get_by_role("button", name="试跑").click()
    expect(page.locator("#scenarios")).to_contain_text("离开这一页也会继续")
    office_in_browser.move_to(office_in_browser.at)
    differing = page.locator("#scenarios .state-late")
    expect(differing).to_have_text("1 个与约定不一致", timeout=LONG)
    expect(page.locator("#scenarios")).to_contain_text(f"现在待办的是：“{NAME}”")
    page.get_by_label("与约定不一致的场景属于本意").check()
    page.get_by_label("这次改动的目的").fill("二百元以上由主管复核")
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator(".desk-note").filter(has_text="二百元以上由主管复核")).to_be_visible()


def approve(page: Page) -> None:
    """The second owner sees what the first one submitted and puts it in force."""
    page.goto(f"/processes/{KEY}/publish")
    expect(page.locator("[data-difference][data-ready]")).to_be_visible()
    page.get_by_label("与约定不一致的场景属于本意").check()
    page.get_by_role("button", name=re.compile("批准")).click()
    expect(page.get_by_role("status").filter(has_text="版本 2 已生效")).to_be_visible()


def judged(office_in_browser: Office) -> str:
    """A case taken in and judged to be our fault, above 200 yuan."""
    case = office_in_browser.take_in("cleo", NUMBER, said=SAID, amount="288.00", process="话费退、减、免处理流程")
    office_in_browser.does("cleo", case, "判断投诉原因", **JUDGED)
    return case


def test_a_drawn_step_is_worked_and_audited(office_in_browser: Office, shots: Path) -> None:
    """Drawn, given a form, tried, submitted, approved, worked by the next case and not by the one before, and replayed side by side."""
    before = judged(office_in_browser)
    olu, otto, ada = owner(office_in_browser, "olu"), owner(office_in_browser, "otto"), office_in_browser.of("ada")
    editing.open_editor(olu, KEY)
    draw(olu)
    olu.screenshot(path=shots / "1-drawn.png")
    make_form(olu)
    expect(olu.locator(".desk-problems [role=status]")).to_have_text("没有问题")
    olu.screenshot(path=shots / "2-with-form.png")
    attempt(olu)
    olu.screenshot(path=shots / "3-tried.png", full_page=True)
    submit(office_in_browser, olu)
    olu.screenshot(path=shots / "4-submitted.png", full_page=True)
    approve(otto)
    otto.screenshot(path=shots / "5-approved.png", full_page=True)

    after = judged(office_in_browser)
    office_in_browser.does("sam", after, NAME, review_note="同意退还")
    office_in_browser.opens("cleo", after, "询问票据和退款")
    office_in_browser.opens("cleo", before, "询问票据和退款").screenshot(path=shots / "6-worked.png", full_page=True)

    for number, passed in ((after, True), (before, False)):
        ada.goto(f"/cases/{number}/replay")
        expect(ada.locator(".desk-note-ok")).to_be_visible()
        expect(ada.locator("[data-event][data-element=review_claim]")).to_have_count(2 if passed else 0)
        ada.screenshot(path=shots / f"7-replayed-{'after' if passed else 'before'}.png", full_page=True)
    ada.locator(".desk-used").get_by_role("link", name="与现行版比较").last.click()
    expect(ada.locator("[data-difference][data-ready]")).to_be_visible()
    expect(ada.locator("[data-change=review_claim]").first).to_contain_text(NAME)
    expect(ada.locator("[data-change=flow_operator_fault]")).to_contain_text("disputed_amount <= 20000")
    ada.screenshot(path=shots / "8-compared.png", full_page=True)
