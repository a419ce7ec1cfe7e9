"""The words on every diagram as a browser draws them: none is struck by a line or lies on a box, in Chinese and in English."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.drawings import KEYS, measured

pytestmark = [pytest.mark.browser, pytest.mark.slow]
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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_is_struck(browser: Browser, address: str, language: str) -> None:
    """A label of several lines grows away from the line or the box it names."""
    struck = dict(measured(browser, address, language, STRUCK))
    assert {key: found for key, found in struck.items() if found} == {}
    assert list(struck) == KEYS
