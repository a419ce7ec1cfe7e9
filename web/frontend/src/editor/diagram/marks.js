/* Problems on the diagram: a badge with the number and an outline on each element concerned. The sentences stand in the list of problems. */
import { beside } from "../../beside.js";
import { say } from "../texts.js";

const MARK = "desk-problem";
const WAY = "desk-way";

export class Marks {
  static $inject = ["canvas", "overlays", "elementRegistry", "eventBus"];

  constructor(canvas, overlays, elementRegistry, eventBus) {
    Object.assign(this, { canvas, overlays, elementRegistry, eventBus, marked: new Set(), onWay: [] });
  }

  /** problems: those of this diagram. Replaces the marks before. */
  show(problems) {
    this.marked.forEach((id) => this.elementRegistry.get(id) && this.canvas.removeMarker(id, MARK));
    this.overlays.remove({ type: MARK });
    const by = grouped(problems);
    this.marked = new Set([...by.keys()].filter((id) => id && this.elementRegistry.get(id)));
    this.marked.forEach((id) => this.mark(id, by.get(id)));
  }

  /** ids: the elements and flows of a way through the diagram; none takes the last one away. */
  way(ids = []) {
    this.onWay.forEach((id) => this.elementRegistry.get(id) && this.canvas.removeMarker(id, WAY));
    this.onWay = ids.filter((id) => this.elementRegistry.get(id));
    this.onWay.forEach((id) => this.canvas.addMarker(id, WAY));
  }

  mark(id, problems) {
    const wrong = problems.filter(({ warning }) => !warning);
    if (wrong.length) this.canvas.addMarker(id, MARK);
    const badge = document.createElement("button");
    badge.type = "button";
    badge.className = `desk-beside desk-problem-badge${wrong.length ? "" : " is-warning"}`;
    badge.textContent = `${wrong.length ? "!" : "?"} ${problems.length}`;
    badge.title = problems.map(({ text }) => text).join("\n");
    const count = wrong.length ? say("problem_count", { n: wrong.length }) : say("warning_count", { n: problems.length });
    badge.setAttribute("aria-label", `${count}: ${badge.title}`);
    badge.addEventListener("click", () => this.eventBus.fire("desk.problem", { id }));
    const { side, ...position } = beside(this.elementRegistry.get(id));
    badge.dataset.side = side;
    this.overlays.add(id, MARK, { position, html: badge, scale: { min: 0.8, max: 1.2 } });
  }
}

function grouped(problems) {
  const by = new Map();
  problems.forEach((one) => by.set(one.element, [...(by.get(one.element) ?? []), one]));
  return by;
}
