/* Heat map: every task in the colour of its level, with the number itself in a badge. Waits for diagram.js to have drawn. */
import "./heat.css";

/** @import { Badge } from "../viewer.js" */
/** @typedef {{ level?: number, text: string }} Heat */

document.addEventListener("desk:diagram-ready", ({ target, detail: { diagram } }) => {
  if (!(target instanceof HTMLElement) || !target.dataset.heat) return;
  /** @type {Record<string, Heat>} */
  const heats = JSON.parse(target.dataset.heat);
  /** @type {Badge[]} */
  const badges = [];
  for (const [id, { level, text }] of Object.entries(heats)) {
    if (!diagram.has(id)) continue;
    if (level) diagram.canvas.addMarker(id, `desk-heat-${level}`);
    badges.push({ id, text, className: "desk-heat-badge", smallest: 0.8, edge: "top" });
  }
  diagram.add(badges);
});
