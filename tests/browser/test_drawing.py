"""What is drawn in the editor is what is saved, what is read again, and what runs: by hand, and at random by way of the editor's own commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from engine import cases, definitions, proof, published
from engine.diagrams import diagram, pictures
from tests.browser import editing
from tests.browser.office import PATIENCE
from tests.support.actors import CLEO, OLU
from tests.support.drawing import FREE_FORM
from tests.support.other_tools import FILES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCRIPT = Path(__file__).with_name("drawing.js").read_text(encoding="utf-8").replace("export ", "")
NEW = "NET-001"
FEW, MANY, STEPS = range(6), range(6, 200), 30
AT_RANDOM = """async ([seed, steps, xml]) => {
  const { modeler } = editor.opened.diagram;
  await modeler.importXML(xml);
  const draughtsman = new Draughtsman(modeler, seed);
  draughtsman.draw(steps);
  const first = await reread(modeler);
  draughtsman.draw(steps / 3);
  return [first, await reread(modeler)];
}"""

TOLD = "() => editor.draft.problems.map(({ rule, element }) => [rule, element])"


def open_with_script(page: Page, key: str) -> None:
    """The editor of a process, with what draws at random in it."""
    editing.open_editor(page, key)
    bring_script(page)


def bring_script(page: Page) -> None:
    """What draws at random and reads again."""
    page.evaluate(f"() => {{ {SCRIPT}; Object.assign(window, {{ Draughtsman, seen, reread }}); }}")


@pytest.fixture
def page(olu: BrowserContext) -> Iterator[Page]:
    """The editor of TS-006, whose flows once hid each other."""
    with editing.visit(olu, "TS-006") as page:
        bring_script(page)
        yield page


def seen(page: Page) -> dict[str, Any]:
    """What stands on the canvas, by id."""
    found: dict[str, Any] = page.evaluate("() => seen(editor.opened.diagram.modeler)")
    return found


def nothing_hidden(xml: str, canvas: dict[str, Any]) -> diagram.Diagram:
    """The server finds everything drawn once, and the very elements and flows that the canvas shows."""
    drawn = diagram.parse(xml.encode())
    assert pictures.check(xml.encode(), drawn) == []
    flows = {id for id, one in canvas.items() if one["type"] == "bpmn:SequenceFlow"}
    assert set(drawn.flows) == flows
    assert set(drawn.elements) <= set(canvas)
    ends = {id: [flow.source, flow.target] for id, flow in drawn.flows.items()}
    assert ends == {id: canvas[id]["ends"] for id in flows}
    return drawn


def reloaded(page: Page, key: str) -> dict[str, Any]:
    """What the canvas shows after everything was saved and the page opened again."""
    page.keyboard.press("Control+s")
    page.wait_for_function("() => editor.draft.state === 'saved' && !editor.draft.unsaved.size", timeout=PATIENCE)
    open_with_script(page, key)
    return seen(page)


def append(page: Page, source: str, action: str) -> str:
    """Append an element with the pad of another; its id."""
    before = seen(page)
    editing.select(page, source)
    page.locator(f".djs-context-pad [data-action='append.{action}']").click()
    page.keyboard.press("Escape")
    (made,) = [id for id, one in seen(page).items() if id not in before and one["type"] != "bpmn:SequenceFlow"]
    return made


def command(page: Page, script: str, *given: str) -> None:
    """One command of the editor's own; `get` is its services."""
    page.evaluate(
        f"(given) => {{ const get = (name) => editor.opened.diagram.get(name), of = (id) => get('elementRegistry').get(id); {script} }}",
        list(given),
    )


def rename(page: Page, element: str, id: str) -> str:
    """Give an element another id in the panel."""
    editing.select(page, element)
    editing.entry(page, "id").fill(id)
    page.wait_for_function("id => editor.opened.diagram.get('elementRegistry').get(id)", arg=id)
    return id


def test_two_ends_appended_are_two_flows_after_a_reload(page: Page) -> None:
    """The flow that is drawn second once lost its picture to the first, and went on being executed."""
    for source in ("accept_monternet", "confirm_orphan"):
        append(page, source, "end-event")
    before = seen(page)
    page.evaluate("() => editor.draft.save()")
    nothing_hidden(editing.text_of(page, "TS-006.bpmn"), before)
    assert reloaded(page, "TS-006") == before
    flows = diagram.parse(editing.text_of(page, "TS-006.bpmn").encode()).flows
    assert {"flow_accept_monternet_end_event_1", "flow_confirm_orphan_end_event_2"} <= flows.keys() & before.keys()
    editing.select(page, "flow_confirm_orphan_end_event_2")
    expect(editing.entry(page, "id")).to_have_value("flow_confirm_orphan_end_event_2")


@pytest.fixture
def fresh(olu: BrowserContext) -> Iterator[Page]:
    """A process brought in a moment ago, which has a start, a step and an end, and a form."""
    page = olu.new_page()
    page.goto("/processes/import")
    page.locator("input[name=file]").set_input_files(
        {"name": "n.bpmn", "mimeType": "application/xml", "buffer": FILES["default_namespace"].encode()}
    )
    page.locator("input[name=key]").fill(NEW)
    page.locator("form button.btn-primary").click()
    page.wait_for_url("**/publish")
    page.locator("input[name=files]").set_input_files(
        {"name": "free.form", "mimeType": "application/json", "buffer": FREE_FORM.encode()}
    )
    page.locator("form:has(input[name=files]) button").click()
    page.wait_for_load_state()
    open_with_script(page, NEW)
    yield page
    editing.leave(page, NEW)
    page.close()


def make_doable(page: Page, task: str) -> None:
    """Name a task and choose its form and department in the panel."""
    editing.select(page, task)
    editing.entry(page, "name").fill(f"办理 {task}")
    editing.entry(page, "form").select_option("free")
    editing.entry(page, "group").select_option("service_hall")


def drawn_by_hand(page: Page) -> list[str]:
    """Twenty elements: appended, named anew, replaced, copied and pasted, deleted, undone and redone. The steps in the order in which they will be done."""
    make_doable(page, "work")
    editing.select(page, "done")
    page.keyboard.press("Delete")
    steps = ["work"]
    for name in ("check", "measure", "visit"):  # each takes the id that the one before gave up
        steps.append(rename(page, append(page, steps[-1], "user-task"), name))
        make_doable(page, name)
        editing.entry(page, "name").fill(f"步骤 {name}")
    asked = append(page, "visit", "service-task")
    page.locator(".djs-context-pad [data-action=replace]").click()
    page.locator(".djs-popup [data-id=replace-with-user-task]").click()
    page.wait_for_function(
        "id => editor.opened.diagram.get('elementRegistry').get(id).type === 'bpmn:UserTask'", arg=asked
    )
    steps.append(rename(page, asked, "ask_again"))
    make_doable(page, "ask_again")
    for _ in range(2):
        steps += pasted(page, steps[:5])
        command(page, "get('modeling').connect(of(given[0]), of(given[1]))", steps[-6], steps[-5])
    return steps


def pasted(page: Page, steps: list[str]) -> list[str]:
    """Copy steps with the keyboard and paste them below everything; the copies from left to right."""
    before = seen(page)
    command(page, "get('selection').select(given.map(of)); get('canvas').focus()", *steps)
    page.keyboard.press("Control+c")
    lowest = max(one["place"][1] for one in before.values() if one["type"] == "bpmn:UserTask")
    command(
        page,
        "get('copyPaste').paste({ element: get('canvas').getRootElement(), point: { x: 600, y: Number(given[0]) } })",
        str(lowest + 200),
    )
    after = seen(page)
    copies = [id for id, one in after.items() if id not in before and one["type"] == "bpmn:UserTask"]
    return sorted(copies, key=lambda id: after[id]["place"])


def test_twenty_elements_are_the_same_twenty_after_a_reload(fresh: Page, database: Session, at: datetime) -> None:
    """With their flows, names and places; the server has nothing to say about the drawing; and a case goes through every step that is drawn, in that order."""
    page = fresh
    steps = drawn_by_hand(page)
    for name in ("first", "second"):
        steps.append(rename(page, append(page, steps[-1], "user-task"), name))
        make_doable(page, name)
    steps.append(append(page, "second", "user-task"))
    make_doable(page, steps[-1])
    last = append(page, steps[-1], "end-event")
    state = seen(page)
    for button, times in (("撤销", 12), ("重做", 12)):
        for _ in range(times):
            page.locator("#panel-diagram").get_by_role("button", name=button).click()
    assert seen(page) == state
    assert len([id for id, one in state.items() if one["type"] != "bpmn:SequenceFlow"]) == len(steps) + 2 == 20
    assert reloaded(page, NEW) == state
    assert page.evaluate(TOLD) == []
    text = editing.text_of(page, f"{NEW}.bpmn")
    nothing_hidden(text, state)
    assert run(text, at) == ["begin", *steps, last]


def run(text: str, at: datetime) -> list[str]:
    """Publish a diagram, begin a case and do every task that comes: the elements the case came through."""
    files = {f"{NEW}.bpmn": text, "forms/free.form": FREE_FORM}
    published.publish(definitions.Package(key=NEW, files=files), by=OLU, note="", at=at)
    done = cases.start(NEW, business_key="AJ-1", variables={}, by=CLEO, at=at)
    while not done.ended:
        done = cases.complete(done.user_task_ids[0], form={"amount": "1", "note": ""}, by=CLEO, at=at)
    steps = [step for entry in proof.entries(done.instance_id) for step in entry.steps]
    taken = [published.current(NEW).flows[step["flow"]] for step in steps if step["type"] == "flow_taken"]
    return [flow.source for flow in taken] + [taken[-1].target]


@pytest.mark.parametrize("seeds", [FEW, pytest.param(MANY, marks=pytest.mark.long)], ids=["few", "many"])
def test_whatever_is_drawn_is_read_again(page: Page, seeds: range) -> None:
    """After any commands of the editor, saved and read again: the same elements and flows at their places, each id once, each with its picture."""
    xml = editing.text_of(page, "TS-006.bpmn")
    done = 0
    for seed in seeds:
        for found in page.evaluate(AT_RANDOM, [seed, STEPS, xml]):
            assert found["warnings"] == [], seed
            assert found["after"] == found["before"], seed
            nothing_hidden(found["xml"], found["before"])
            done += 1
    assert done == 2 * len(seeds)


def english(page: Page) -> Any:
    """The catalogue of English names as it stands."""
    return yaml.safe_load(editing.text_of(page, "translations/TS-006.en.yaml"))


def test_english_goes_where_its_element_goes(page: Page) -> None:
    """It follows another id and comes back with undo, a copy has it too, what is deleted gives it up, and a new bearer of the id has none of it."""
    before = english(page)
    said = before["accept_monternet"], before["documentation"]["accept_monternet"]
    rename(page, "accept_monternet", "accept_it")
    assert (english(page)["accept_it"], english(page)["documentation"]["accept_it"]) == said
    command(page, "get('commandStack').undo()")
    assert english(page) == before
    command(
        page,
        "get('copyPaste').copy([of('accept_monternet')]); get('copyPaste').paste({ element: of('accept_monternet').parent, point: { x: 400, y: 60 } })",
    )
    (copy,) = english(page).keys() - before.keys()
    assert (english(page)[copy], english(page)["documentation"][copy]) == said
    command(page, "get('modeling').removeElements([of(given[0])])", copy)
    assert english(page) == before
    command(
        page,
        "get('modeling').updateProperties(of('confirm_orphan'), { id: 'user_task_9' }); get('modeling').removeElements([of('user_task_9')])",
    )
    assert "user_task_9" not in english(page)
    assert "confirm_orphan" not in english(page)
    command(page, "get('commandStack').undo(); get('commandStack').undo()")
    assert english(page) == before
    command(page, "get('bpmnReplace').replaceElement(of('accept_monternet'), { type: 'bpmn:ServiceTask' })")
    assert english(page) == before


def test_a_task_barred_to_the_same_person_names_it_after_a_change_of_id(page: Page) -> None:
    """Four eyes must not close because a task was called otherwise."""
    editing.select(page, "confirm_orphan")
    editing.entry(page, "notBy").fill("accept_monternet")
    editing.expect_saved(page, "TS-006.bpmn", 'name="notBy" value="accept_monternet"')
    rename(page, "accept_monternet", "accept_it")
    editing.expect_saved(page, "TS-006.bpmn", 'name="notBy" value="accept_it"')


def stored(page: Page, key: str, text: str) -> None:
    """Keep a diagram in the draft, whatever is in it, as an older office or another client would have."""
    page.evaluate(
        """async ([key, text]) => {
          const { revision } = await (await fetch(`/processes/${key}/draft`)).json();
          const headers = { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
          await fetch(`/processes/${key}/draft`, { method: "PUT", headers, body: JSON.stringify({ revision, files: { [`${key}.bpmn`]: text } }) });
        }""",
        [key, text],
    )


@pytest.mark.parametrize("way", ["one name", "no drawing", "ids"])
def test_a_stored_draft_that_hides_something_opens_whole(page: Page, way: str) -> None:
    """The owner reads what was set right, sees everything, and it is saved without a problem that was not there."""
    text, before = editing.text_of(page, "TS-006.bpmn"), seen(page)
    told = page.evaluate(TOLD)
    spoilt = {
        "one name": text.replace('id="flow_paid_di"', 'id="flow_orphan_di"'),
        "no drawing": text[: text.index("<bpmndi:BPMNDiagram")] + "</bpmn:definitions>",
        "ids": text.replace('id="diagram_ts_006"', 'id="refund"'),
    }[way]
    stored(page, "TS-006", spoilt)
    open_with_script(page, "TS-006")
    expect(page.locator(".desk-editor-banner")).to_contain_text("打开时改正了这份草稿")
    assert seen(page).keys() == before.keys()
    page.wait_for_function("() => editor.draft.state === 'saved' && !editor.draft.unsaved.size", timeout=PATIENCE)
    assert page.evaluate(TOLD) == told
    page.get_by_role("button", name="知道了").click()
    expect(page.locator(".desk-editor-banner")).to_have_count(0)


def test_what_was_left_is_kept_until_it_is_decided_about(page: Page) -> None:
    """A new change must not push out of the browser what an earlier visit could not save."""
    left = {"files": {"forms/ts006_judge.form": "{}"}, "revision": 0, "at": "2026-03-03T09:00:00+08:00"}
    page.evaluate("left => localStorage.setItem('desk-draft:TS-006', JSON.stringify(left))", left)
    open_with_script(page, "TS-006")
    rename(page, "accept_monternet", "accept_it")
    editing.expect_saved(page, "TS-006.bpmn", "accept_it")
    assert [list(one["files"]) for one in editing.left_behind(page, "TS-006")] == [["forms/ts006_judge.form"]]
    page.get_by_role("button", name="不要了").click()
    assert editing.left_behind(page, "TS-006") == []


def test_what_other_tools_wrote_goes_with_its_element(page: Page) -> None:
    """A step that is replaced or copied keeps what a tool of somebody else wrote at it."""
    text = editing.text_of(page, "TS-006.bpmn")
    foreign = '<bpmn:extensionElements><x:note xmlns:x="urn:other" by="me"><x:inner>别的工具</x:inner></x:note>'
    head, task, tail = text.partition('<bpmn:userTask id="accept_monternet"')
    tail = tail.replace("<bpmn:extensionElements>", foreign, 1)
    stored(page, "TS-006", f'{head}{task} xmlns:y="urn:more" y:colour="red"{tail}')
    open_with_script(page, "TS-006")
    command(page, "get('bpmnReplace').replaceElement(of('accept_monternet'), { type: 'bpmn:ServiceTask' })")
    command(
        page,
        "get('copyPaste').copy([of('accept_monternet')]); get('copyPaste').paste({ element: of('accept_monternet').parent, point: { x: 400, y: 60 } })",
    )
    editing.expect_saved(page, "TS-006.bpmn", "service_task_")
    after = editing.text_of(page, "TS-006.bpmn")
    assert (after.count("别的工具"), after.count('by="me"'), after.count(':colour="red"')) == (2, 2, 2)
    assert '<bpmn:userTask id="accept_monternet"' not in after


def test_of_our_own_settings_a_replaced_step_keeps_what_means_something(page: Page) -> None:
    """What the new kind does not ask for would be refused, and no field of the panel could take it out; undo brings it back."""
    replaced = "get('bpmnReplace').replaceElement(of(given[0]), { type: given[1] })"
    command(page, replaced, "accept_monternet", "bpmn:ServiceTask")
    command(page, replaced, "refund", "bpmn:UserTask")
    editing.expect_saved(page, "TS-006.bpmn", '<bpmn:userTask id="refund"')
    assert 'calledElement="TS-002"' not in editing.text_of(page, "TS-006.bpmn")
    rules = {one["rule"] for one in page.evaluate("editor.draft.problems")}
    assert not rules & {"property_not_here", "extension_not_executable", "unusable_variable"}
    for _ in range(2):
        page.get_by_role("button", name="撤销", exact=True).click()
    editing.expect_saved(page, "TS-006.bpmn", '<bpmn:userTask id="accept_monternet"')
    assert page.evaluate("() => editor.draft.problems.filter(({ warning }) => !warning).length") == 0


def test_leaving_at_once_asks(page: Page) -> None:
    """A change is held for a moment before it is in the draft; whoever leaves in that moment is asked too."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss())[1])
    page.locator(".desk-editor-canvas").click(position={"x": 400, "y": 300})
    command(page, "get('modeling').updateProperties(of('accept_monternet'), { name: '改' }); location.reload()")
    expect(page.locator("#panel-diagram")).to_be_visible()
    editing.expect_saved(page, "TS-006.bpmn", 'name="改"')
    assert asked == ["beforeunload"]
