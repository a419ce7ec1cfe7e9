"""Everything that the editor says in a language is in that language: every panel, menu, tool, cell, field, problem and hint, as it is read and as it is heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Page, expect

from engine import definitions
from tests.browser import editing
from tests.browser.office import Office
from tests.browser.test_fit import AXE, FINDINGS
from tests.support import wording

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEY = "TS-002"
PACKAGE = definitions.read_package(Path(__file__).resolve().parents[2] / "processes", KEY)
SAID = """() => {
  const texts = new Set();
  const root = document.querySelector("[data-modeler]");
  const unread = "svg, textarea, code, pre, [translate=no], .desk-editor-known, .cm-editor, [contenteditable=true]";
  for (const element of root.querySelectorAll("*")) {
    const shown = element.closest("select") ?? element;
    if (element.closest(unread) || !shown.checkVisibility()) continue;
    for (const name of ["title", "aria-label", "placeholder"]) texts.add(element.getAttribute(name));
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.add(node.data);
  }
  return [...texts].filter((text) => text?.trim());
}"""
UNNAMED = """() => [...document.querySelectorAll("[data-modeler] :is(button, [role=button], .entry, a)")]
  .filter((one) => one.checkVisibility() && !one.closest(".cm-editor, .djs-container > svg") && !one.innerText.trim() && !one.title && !one.closest("[title]"))
  .map((one) => one.outerHTML.slice(0, 160))"""
KINDS = """() => {
  const registry = editor.opened.diagram.get("elementRegistry");
  const first = {};
  for (const { id, type, parent, labelTarget, businessObject: one } of registry.getAll()) {
    if (!parent || labelTarget) continue;
    const definitions = (one.eventDefinitions ?? []).map(({ $type }) => $type).join();
    const role = one.sourceRef?.default === one ? "default" : Boolean(one.conditionExpression);
    first[[type, definitions, one.cancelActivity, one.loopCharacteristics?.$type, role]] ??= id;
  }
  return Object.values(first);
}"""
DRAW = """(shapes) => {
  const { diagram } = editor.opened;
  const [factory, modeling, registry] = ["elementFactory", "modeling", "elementRegistry"].map((name) => diagram.get(name));
  const pool = registry.find(({ type }) => type === "bpmn:Participant");
  return shapes.map(([type, eventDefinitionType], n) => {
    const shape = factory.createShape({ type: `bpmn:${type}`, ...(eventDefinitionType && { eventDefinitionType: `bpmn:${eventDefinitionType}` }) });
    return modeling.createShape(shape, { x: pool.x + 200 + 130 * n, y: pool.y + pool.height - 60 }, pool).id;
  });
}"""
NEW = [
    ["UserTask"],
    ["ServiceTask"],
    ["BusinessRuleTask"],
    ["CallActivity"],
    ["ReceiveTask"],
    ["IntermediateCatchEvent", "TimerEventDefinition"],
    ["IntermediateCatchEvent", "MessageEventDefinition"],
    ["ParallelGateway"],
    ["InclusiveGateway"],
    ["EventBasedGateway"],
    ["EndEvent", "ErrorEventDefinition"],
    ["EndEvent", "TerminateEventDefinition"],
    ["StartEvent"],
    ["TextAnnotation"],
]
TABLE = ("td.input-cell", "td.output-cell", "td.annotation", "th.input-cell", "th.output-cell", ".hit-policy")
# Names of variables, of operations and of files, calls of FEEL and texts in it.
CODES = re.compile(
    r"\w+(?:[_./]\w+)+(?:\([^()]*(?:\([^()]*\))*[^()]*\))?|\b[a-z]+\([^()]*\)|\"[^\"]*\"|R8/PT30M|(?<=[·:] )[a-z]+\b|\b[a-z]+(?=: )"
)
KEPT = frozenset({"FEEL", "BPMN", "true", "English", "Powered", "Ctrl"})


def own_words() -> list[str]:
    """What the owners themselves have written, in either language, the longest first; and who has."""
    texts = {
        text for content in PACKAGE.files.values() for text in re.findall(r">([^<>]+)<|[\"“]([^\"]+)[\"”]", content)
    }
    lines = {line.strip() for pair in texts for text in pair for line in [text, *text.splitlines()]}
    english = {
        str(text)
        for name, content in PACKAGE.files.items()
        if name.endswith(".yaml")
        for text in wording.texts_of(yaml.safe_load(content))
    }
    sentences = {text for text in lines | english if re.search(r"[\u4e00-\u9fff]|[A-Za-z]{3} ", text)}
    return sorted(sentences | {"欧璐", "中文"}, key=len, reverse=True)


OWN_WORDS = own_words()
OWN_CODES = frozenset(
    code for content in PACKAGE.files.values() for code in re.findall(r"[\">]([a-z_]+)[\"<]", content)
) - {"string", "boolean", "number", "date", "context", "list"}


def in_other_words(texts: list[str], language: str) -> set[tuple[str, str]]:
    """What of the texts is not in the language, or no text for people."""
    return {finding for text in texts for finding in _wrong(text, language)}


def _wrong(text: str, language: str) -> Iterator[tuple[str, str]]:
    words = "" if text.strip() in OWN_CODES else CODES.sub("", text)
    for own in OWN_WORDS:
        words = words.replace(own, "") if own in words else words
    for kind, finding in wording.in_text(words, language, frozenset()):
        if finding.partition(" in: ")[0] not in KEPT:
            yield kind, text


class Walk:
    """Collects what is said wherever one goes."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language
        self.wrong: set[tuple[str, str]] = set()
        self.unnamed: set[str] = set()

    def look(self) -> None:
        """Take in what is there now."""
        self.wrong |= in_other_words(self.page.evaluate(SAID), self.language)
        self.unnamed |= set(self.page.evaluate(UNNAMED))

    def press(self, selector: str, button: str = "left", *, twice: bool = False) -> None:
        """Press something, look at what opens, and close it."""
        control = self.page.locator(selector).first
        if not control.count():
            return
        control.click(button=button, click_count=2 if twice else 1)
        self.look()
        self.page.keyboard.press("Escape")


def over_the_diagram(walk: Walk) -> None:
    """Every kind of element with its panel, its pad and what it can be replaced by; several at once; the search."""
    page = walk.page
    walk.look()
    for element in [*page.evaluate(KINDS), *page.evaluate(DRAW, NEW)]:
        editing.select(page, element)
        expect(page.locator(".desk-editor-head")).to_be_visible()
        walk.look()
        replace = page.locator(".djs-context-pad [data-action=replace]")
        if replace.count():
            replace.first.dispatch_event("click")
            walk.look()
            page.keyboard.press("Escape")
    page.evaluate("""() => { const { diagram } = editor.opened;
      diagram.get("selection").select(diagram.get("elementRegistry").filter(({ type }) => type === "bpmn:UserTask").slice(0, 3)); }""")
    page.locator(".djs-context-pad [data-action=align-elements]").dispatch_event("click")
    walk.look()
    page.keyboard.press("Escape")
    page.evaluate("editor.opened.diagram.get('selection').select([])")
    page.keyboard.press("Control+f")
    page.keyboard.type("zzzz")
    walk.look()
    page.keyboard.press("Escape")


def over_the_problems(walk: Walk) -> None:
    """What was drawn and not filled in is told after saving."""
    walk.page.evaluate("editor.draft.save()")
    expect(walk.page.locator(".desk-problem-list li").nth(9)).to_be_visible()
    walk.look()


def over_the_tables(walk: Walk) -> None:
    """Cells, headings and the way a table decides, with their menus."""
    walk.page.locator("[data-tab=decisions]").click()
    expect(walk.page.locator(".desk-editor-table td.input-cell").first).to_be_visible()
    walk.look()
    for part in TABLE:
        walk.press(f".desk-editor-table {part}")
        walk.press(f".desk-editor-table {part}", twice=True)
        walk.press(f".desk-editor-table {part}", "right")


def over_the_forms(walk: Walk) -> None:
    """A field of every kind with what can be said of it."""
    page = walk.page
    page.locator("[data-tab=forms]").click()
    kinds, adding = page.locator(".desk-form-buttons select"), page.locator(".desk-form-buttons button").first
    expect(adding).to_be_visible()
    walk.look()
    for kind in kinds.locator("option").evaluate_all("(options) => options.map(({ value }) => value)"):
        kinds.select_option(kind)
        adding.click()
        walk.look()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_editor_speaks_one_language(office_in_browser: Office, language: str) -> None:
    """No word of the other one, no name that only programs know, no value that is not there; and no button that is a picture only, without a word when one points at it."""
    page = editing.owner(office_in_browser.browser, office_in_browser.address, language=language)
    editing.open_editor(page, KEY)
    walk = Walk(page, language)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    findings = []
    for part in (over_the_diagram, over_the_problems, over_the_tables, over_the_forms):
        part(walk)
        findings += [f"{part.__name__}: {one}" for one in page.evaluate(FINDINGS)]
    assert (walk.wrong, walk.unnamed, findings) == (set(), set(), [])
