"""What a browser draws on every diagram: no word is struck by a line or lies on a box, and each step that has a limit says it where it covers nothing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from engine import definitions
from tests.browser import editing
from tests.browser.office import PROCESSES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEYS = sorted(file.stem for file in PROCESSES.glob("*.bpmn"))
READY = 'document.addEventListener("desk:diagram-ready", ({ detail }) => { window.drawn = detail.diagram; window.shown = detail.diagram.viewer; })'
STRUCK = """() => {
  const [registry, canvas] = [shown.get("elementRegistry"), shown.get("canvas")];
  const [{ x, y, scale }, outer] = [canvas.viewbox(), canvas.getContainer().getBoundingClientRect()];
  const AIR = 2; // around the letters of a text, in pixels of the diagram
  const CONTAINERS = ["bpmn:Lane", "bpmn:Participant", "bpmn:SubProcess"];
  const placed = (label) => {
    const text = registry.getGraphics(label).querySelector(".djs-visual text").getBoundingClientRect();
    const [left, top, right, bottom] = [text.left - outer.left, text.top - outer.top, text.right - outer.left, text.bottom - outer.top].map((far) => far / scale);
    return { id: label.labelTarget.id, left: x + left + AIR, top: y + top + AIR, right: x + right - AIR, bottom: y + bottom - AIR };
  };
  const within = (word, px, py) => word.left < px && px < word.right && word.top < py && py < word.bottom;
  const struck = (word, a, b) => {
    const steps = Math.ceil(Math.hypot(b.x - a.x, b.y - a.y));
    return Array.from({ length: steps + 1 }, (_, n) => n / steps).some((part) => within(word, a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part));
  };
  const covered = (word, { x: left, y: top, width, height }) => word.left < left + width && left < word.right && word.top < top + height && top < word.bottom;
  const corners = ({ x: left, y: top, width, height }) => [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5], [0.5, 0]].map(([across, down]) => ({ x: left + across * width, y: top + down * height }));
  const line = (one) => one.waypoints ?? (one.businessObject.$type.endsWith("Gateway") ? corners(one) : undefined);
  const others = registry.filter((one) => one.parent && !one.labelTarget && !CONTAINERS.includes(one.businessObject.$type));
  return registry.filter((one) => one.labelTarget && !one.hidden).map(placed).flatMap((word) =>
    others
      .filter((one) => line(one)?.slice(1).some((point, n) => struck(word, line(one)[n], point)) ?? covered(word, one))
      .map((one) => `${word.id} on ${one.id}`),
  );
}"""
DRAWN = """() => {
  const [overlays, registry] = ["overlays", "elementRegistry"].map((name) => shown.get(name));
  return overlays.get({ type: "desk-limit" }).map(({ element, position, html }) => {
    const box = { x: element.x + position.left, y: element.y + position.top, width: parseFloat(html.style.width), height: 16 };
    const covers = ({ x, y, width, height }) => x < box.x + box.width && box.x < x + width && y < box.y + box.height && box.y < y + height;
    const covered = registry.filter((one) => one !== element && !one.waypoints && !["bpmn:Lane", "bpmn:Participant", "bpmn:SubProcess"].includes(one.businessObject?.$type) && one.width && one.parent && covers(one)).map(({ id }) => id);
    return { id: element.id, text: html.textContent, covered };
  });
}"""
MARKED = """() => {
  const diagram = window.drawn, registry = shown.get("elementRegistry"), found = [];
  const waits = registry.filter(({ businessObject: { $type }, type, host }) => type !== "label" && (/UserTask|CallActivity|IntermediateCatchEvent/.test($type) || ($type === "bpmn:BoundaryEvent" && host)));
  const timers = (at) => (at.attachers ?? []).filter(({ businessObject }) => businessObject.eventDefinitions?.some(({ $type }) => $type === "bpmn:TimerEventDefinition")).map(({ id }) => id);
  const covers = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  for (const zoom of [diagram.canvas.zoom(), 1]) {
    diagram.canvas.zoom(zoom);
    for (const { id, attachers } of waits) {
      const at = [id, ...timers({ attachers })];
      diagram.mark({ active: Object.fromEntries(at.map((one) => [one, 1])), done: Object.fromEntries(at.map((one) => [one, 2])) });
      const badges = [...diagram.container.querySelectorAll(".desk-limit, .desk-diagram-now, .desk-diagram-count")].map((badge) => ({ badge, box: badge.getBoundingClientRect() }));
      const marks = badges.filter(({ badge }) => badge.className !== "desk-limit");
      for (const mark of marks) for (const other of badges) if (mark !== other && covers(mark.box, other.box)) found.push([zoom, id, mark.badge.textContent, other.badge.textContent]);
    }
  }
  return found;
}"""
Measured = dict[str, dict[str, Any]]


@pytest.fixture(scope="module", params=["zh", "en"])
def measured(request: pytest.FixtureRequest, browser: Browser, address: str) -> Measured:
    """What each script finds on the page of every process, by key and by what it looks for: the words are those of the page's language, and are as long as they are there."""
    page = editing.owner(browser, address, language=request.param)
    page.add_init_script(READY)
    scripts = {"struck": STRUCK, "limits": DRAWN, "marks": MARKED}  # the last one changes what is drawn
    findings: Measured = {}
    for key in KEYS:
        page.goto(f"/processes/{key}")
        page.wait_for_selector(".desk-diagram[data-ready]", state="attached")
        findings[key] = {name: page.evaluate(script) for name, script in scripts.items()}
    page.context.close()
    return findings


def limited(key: str) -> set[str]:
    """The elements with a limit of their own or a shared one, or with a timer."""
    elements = definitions.Definition(definitions.read_package(PROCESSES, key)).elements.values()
    return {one.id for one in elements if one.timer or one.properties.get("due") or one.properties.get("dueGroup")}


def test_no_word_is_struck(measured: Measured) -> None:
    """A label of several lines grows away from the line or the box it names."""
    assert {key: found["struck"] for key, found in measured.items() if found["struck"]} == {}
    assert list(measured) == KEYS


def test_every_limit_is_on_the_diagram(measured: Measured) -> None:
    """Of all processes, in a few words, where it stands free."""
    for key, found in measured.items():
        assert {one["id"] for one in found["limits"]} == limited(key), key
        assert [one for one in found["limits"] if one["covered"] or not one["text"]] == [], key


def test_where_a_case_stands_hides_no_limit(measured: Measured) -> None:
    """Of all processes, at any step that waits and its timers: the marks cover no limit and not each other, in the whole drawing and at full size."""
    assert {key: found["marks"] for key, found in measured.items() if found["marks"]} == {}
