"""Limits on every diagram in a real browser: each step that has one says it, and the badge covers no label and no other shape."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from engine import definitions
from tests.browser.drawings import measured
from tests.browser.office import PROCESSES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DRAWN = """() => {
  const [overlays, registry] = ["overlays", "elementRegistry"].map((name) => shown.get(name));
  return overlays.get({ type: "desk-limit" }).map(({ element, position, html }) => {
    const box = { x: element.x + position.left, y: element.y + position.top, width: parseFloat(html.style.width), height: 16 };
    const covers = ({ x, y, width, height }) => x < box.x + box.width && box.x < x + width && y < box.y + box.height && box.y < y + height;
    const covered = registry.filter((one) => one !== element && !one.waypoints && !["bpmn:Lane", "bpmn:Participant", "bpmn:SubProcess"].includes(one.businessObject?.$type) && one.width && one.parent && covers(one)).map(({ id }) => id);
    return { id: element.id, text: html.textContent, covered };
  });
}"""


def limited(key: str) -> set[str]:
    """The elements with a limit of their own or a shared one, or with a timer."""
    elements = definitions.Definition(definitions.read_package(PROCESSES, key)).elements.values()
    return {one.id for one in elements if one.timer or one.properties.get("due") or one.properties.get("dueGroup")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_limit_is_on_the_diagram(browser: Browser, address: str, language: str) -> None:
    """Of all processes, in a few words, where it stands free."""
    for key, found in measured(browser, address, language, DRAWN):
        assert {one["id"] for one in found} == limited(key), key
        assert [one for one in found if one["covered"] or not one["text"]] == [], key


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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_a_case_stands_hides_no_limit(browser: Browser, address: str, language: str) -> None:
    """Of all processes, at any step that waits and its timers: the marks cover no limit and not each other, in the whole drawing and at full size."""
    for key, found in measured(browser, address, language, MARKED):
        assert found == [], key
