"""From draft to version in a browser: what is refused stands at its form with the way on, playing goes on alone, a roll-back outlives the session, and running cases are counted where they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from office import scenarios
from tests.browser.office import Office
from tests.browser.test_done import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEY = "BATCH-002"
AGREED = len(scenarios.read(Path(__file__).parents[2] / "processes", [KEY]))
WHY = "市场部三月的新规定"
REACHED = """(one) => { const box = one.getBoundingClientRect();
    const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    return inside && one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }"""


def changed(page: Page, old: str, new: str, key: str = KEY) -> None:
    """A draft of a process in which a text of the diagram is another."""
    page.goto(f"/processes/{key}")
    page.evaluate(
        """async ([key, old, new_]) => {
          const draft = await (await fetch(`/processes/${key}/draft`)).json();
          const files = { [`${key}.bpmn`]: draft.files[`${key}.bpmn`].replaceAll(old, new_) };
          const headers = { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
          await fetch(`/processes/${key}/draft`, { method: "PUT", body: JSON.stringify({ revision: draft.revision, files }), headers });
        }""",
        [key, old, new],
    )
    page.goto(f"/processes/{key}/publish")


def handed_in(page: Page) -> None:
    page.get_by_label("这次改动的目的").fill(WHY)
    page.get_by_role("button", name="提交审批").click()


def refusal(page: Page) -> Locator:
    """What stands in red in the panel of the form that was sent; the reason is there as it was typed, and the page is whole."""
    expect(page.locator("h1")).to_have_text(f"对比与发布 {KEY} 周四挂帐批处理")
    expect(page.get_by_label("这次改动的目的")).to_have_value(WHY)
    return page.locator("#hand-over [role=alert]")


def played(office_in_browser: Office, page: Page) -> None:
    """The scenarios are asked for, the page is left, and the office does what it has to do."""
    page.get_by_role("button", name="开始试跑").click()
    expect(page.locator("#scenarios")).to_contain_text("离开这一页也会继续")
    page.goto("/processes")
    office_in_browser.move_to(office_in_browser.at)
    page.goto(f"/processes/{KEY}/publish")


def in_force(office_in_browser: Office) -> Page:
    """Version 2, by the one owner and the other; the page of the first."""
    olu, otto = office_in_browser.of("olu"), office_in_browser.of("otto")
    changed(olu, "汇总本周挂帐", "汇总挂帐")
    played(office_in_browser, olu)
    handed_in(olu)
    otto.goto(f"/processes/{KEY}/publish")
    otto.get_by_role("button", name=re.compile("批准")).click()
    expect(otto.get_by_role("status").filter(has_text="版本 2 已生效")).to_be_visible()
    olu.goto(f"/processes/{KEY}")
    return olu


def test_what_is_refused_stands_at_its_form_with_the_way_on(office_in_browser: Office) -> None:
    """Scenarios not played, then differences not accepted: each is said where the owner pressed, and the way on is on the same page."""
    page = office_in_browser.of("olu")
    changed(page, "collect_forms", "collect_all")
    handed_in(page)
    expect(refusal(page)).to_contain_text("没有试跑")
    played(office_in_browser, page)
    expect(page.locator("#scenarios .state-late")).to_have_text(f"{AGREED} 个与约定不一致")
    handed_in(page)
    expect(refusal(page)).to_contain_text("与约定不同")
    page.get_by_label("与约定不一致的场景属于本意").check()
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator(".desk-note").filter(has_text=WHY)).to_be_visible()


def test_playing_goes_on_after_the_page_is_left(office_in_browser: Office) -> None:
    """Whoever comes back, or looks at it with other eyes, finds it done."""
    page = office_in_browser.of("olu")
    changed(page, "汇总本周挂帐", "汇总挂帐")
    played(office_in_browser, page)
    for one in (page, office_in_browser.of("otto")):
        one.goto(f"/processes/{KEY}/publish")
        expect(one.locator("#scenarios .state-ok")).to_have_text("全部与约定一致")


@pytest.mark.parametrize("width", [*(pytest.param(width, marks=pytest.mark.long) for width in (1366, 768)), 390])
def test_the_form_of_a_roll_back_can_be_used(office_in_browser: Office, width: int) -> None:
    """Nothing of it is cut off or covered at any width, and the keyboard reaches it."""
    page = in_force(office_in_browser)
    page.set_viewport_size({"width": width, "height": 768})
    page.reload()
    page.get_by_text("恢复", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reason-1")).to_be_focused()
    for one in (page.locator("#reason-1"), page.get_by_role("button", name="申请恢复版本 1")):
        one.scroll_into_view_if_needed()
        assert one.evaluate(REACHED), one
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="申请恢复版本 1")).to_be_focused()


def test_the_reason_of_a_roll_back_outlives_the_session(office_in_browser: Office) -> None:
    """Sent after the session has ended it leads through the log-in back to the form, open and filled; sent again it is done."""
    page = in_force(office_in_browser)
    page.get_by_text("恢复", exact=True).click()
    page.locator("#reason-1").fill(WHY)
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="申请恢复版本 1").click()
    page.wait_for_url("**/login**")
    page.locator("[name=name]").fill("olu")
    page.locator("[name=password]").fill("olu-reception-desk")
    page.locator("main form button").last.click()
    expect(page.locator("#reason-1")).to_have_value(WHY)
    page.get_by_role("button", name="申请恢复版本 1").click()
    expect(page.get_by_role("status").filter(has_text="已提出申请")).to_be_visible()
    page.goto(f"/processes/{KEY}")
    expect(page.locator("#reason-1")).to_have_count(0)


def test_one_asks_for_a_former_version_and_another_approves(office_in_browser: Office) -> None:
    """The box says what will happen; whoever asked finds no button to approve, the other does once the office has played, in both languages."""
    page, otto = in_force(office_in_browser), office_in_browser.of("otto")
    page.get_by_text("恢复", exact=True).click()
    expect(page.locator("details[open]")).to_contain_text("另一位流程负责人（欧拓）批准后，作为版本 3 生效")
    picture(page, "restoration-box-zh")
    page.locator("#reason-1").fill(WHY)
    page.get_by_role("button", name="申请恢复版本 1").click()
    expect(page.locator("#restores")).to_contain_text("版本 1 的内容")
    expect(page.get_by_role("button", name=re.compile("批准"))).to_have_count(0)
    expect(page.locator("#scenarios")).to_contain_text("离开这一页也会继续")
    picture(page, "restoration-asked-zh")
    page.goto(f"/processes/{KEY}")
    page.get_by_text("恢复", exact=True).click()
    expect(page.locator("details[open]")).to_contain_text("这个流程还有一份草稿")
    office_in_browser.move_to(office_in_browser.at)
    otto.goto("/processes")
    otto.get_by_role("button", name="English").click()
    otto.locator(f".desk-card a[href='/processes/{KEY}/publish']").click()
    expect(otto.locator("#restores")).to_have_text("This is the content of version 1, to be put in force again.")
    picture(otto, "restoration-second-en")
    otto.get_by_role("button", name="Approve and put in force as version 3").click()
    expect(otto.get_by_role("status").filter(has_text="Version 3 is in force")).to_be_visible()
    picture(otto, "restoration-done-en")


def test_a_case_is_counted_at_the_process_that_is_called(office_in_browser: Office) -> None:
    """The list and the page of the called process show the case that stands in it, by whom it was called, and its version."""
    said, event = "号码已销号，还在收梦网信息费", {"number_event": "cancelled", "event_on": "2026-02-05"}
    case = office_in_browser.take_in(
        "cleo", "13900000601", said=said, demand="退还", amount="10.00", process="梦网无主话单投诉处理流程"
    )
    office_in_browser.does("cleo", case, "了解号码变动情况", charged_msisdn="13900000601", **event)
    office_in_browser.does("cleo", case, "判断是否无主话单", orphan_confirmed="yes")
    office_in_browser.does("cleo", case, "填写登记表", site="虚构梦网站点")
    page = office_in_browser.of("olu")
    page.goto("/processes")
    for key, called in (("SUB-001", True), ("TS-006", True), ("CH-002", False), ("SUB-003", False)):
        card = page.locator(f".desk-card:has(h2 a[href='/processes/{key}'])")
        expect(card).to_contain_text("在办 0 件" if key == "SUB-003" else "在办 1 件")
        expect(card.filter(has_text="其中 1 件由其他流程调用")).to_have_count(int(called))
    page.goto("/processes/SUB-001")
    expect(page.locator(".desk-number").first).to_have_text("1")
    expect(page.locator(".desk-numbers")).to_contain_text("其中 1 件由其他流程调用")


def test_drafts_published_together_show_what_each_draws_otherwise(office_in_browser: Office) -> None:
    """Both versions of every diagram, with its own changes marked and the way from each row to its place in the right picture."""
    page = office_in_browser.of("olu")
    drawn = {"SUB-010": ("hand_receipt", "交给收据"), "TS-008": ("judge_failure", "判断失败原因")}
    for key, (_, name) in drawn.items():
        changed(page, name, f"{name}（新）", key)
    page.goto("/drafts/SUB-010,TS-008/publish")
    for key, (element, _) in drawn.items():
        draft = page.locator(f"#draft-{key}")
        expect(draft.locator("[data-difference][data-ready]")).to_be_visible()
        for side in ("before", "after"):
            expect(draft.locator(f"[data-side={side}] [data-element-id={element}].desk-change-changed")).to_be_visible()
        draft.locator(f"[data-change={element}] button").click()
        expect(draft.locator("[data-side=after] .djs-element.selected")).to_have_attribute("data-element-id", element)
        expect(page.locator("[data-place] button")).to_have_count(len(drawn))


@pytest.mark.parametrize(
    ("language", "drawn", "nobody"),
    [
        ("zh", "这份草稿由欧璐绘制，只有您还能批准", "没有人可以审批"),
        ("en", "欧璐 drew this draft, and only you are left to approve it", "Nobody is left to approve it"),
    ],
)
def test_a_second_owner_reads_what_a_change_costs(
    office_in_browser: Office, language: str, drawn: str, nobody: str
) -> None:
    """Before the first change; after it the page says who is left and the ways out, and whoever undoes all of it may approve again."""
    changed(office_in_browser.of("olu"), "汇总本周挂帐", "汇总挂帐")
    office_in_browser.language = language
    otto = office_in_browser.of("otto")
    otto.goto(f"/processes/{KEY}/publish")
    expect(otto.locator("#costs")).to_be_visible()
    picture(otto, f"costs-page-{language}")
    otto.goto(f"/processes/{KEY}/edit#forms")
    banner = otto.locator(".desk-editor-banner")
    expect(banner).to_contain_text(drawn)
    picture(otto, f"costs-editor-{language}")
    otto.locator("[data-file='forms/batch002_check.form']").click()
    otto.locator("#panel-forms .desk-form-fields .desk-editor-list button").last.click()
    otto.locator("#panel-forms .desk-form-buttons button").nth(1).click()
    expect(banner).to_have_count(0, timeout=15_000)
    other = otto.context.new_page()
    other.goto(f"/processes/{KEY}/publish")
    expect(other.locator("#nobody")).to_contain_text(nobody)
    picture(other, f"costs-nobody-{language}")
    otto.keyboard.press("Control+z")
    expect(banner).to_contain_text(drawn, timeout=15_000)
    other.goto(f"/processes/{KEY}/publish")
    expect(other.locator("#costs")).to_be_visible()
    other.close()
