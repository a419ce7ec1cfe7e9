/* Heat map: every task in the colour of its level, with the number itself in a badge. Waits for diagram.js to have drawn. */
import "./heat.css";

document.addEventListener("desk:diagram-ready", ({ target, detail: { diagram } }) => {
  if (!target.dataset.heat) return;
  for (const [id, { level, text }] of Object.entries(JSON.parse(target.dataset.heat))) {
    if (!diagram.has(id)) continue;
    if (level) diagram.canvas.addMarker(id, `desk-heat-${level}`);
    diagram.badge(id, text, "desk-heat-badge", { top: -12, right: 24 }, 0.8);
  }
});
