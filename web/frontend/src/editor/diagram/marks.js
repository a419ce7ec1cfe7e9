/* Problems on the diagram: a badge with the number and an outline on each element concerned. The sentences stand in the list of problems. */
import { beside } from "../../beside.js";
import { say } from "../messages.js";

/** @import { Canvas, EventBus, Overlays, Registry } from "../../../types/drawing" */
/** @import { Problem } from "../../../types/draft" */

const MARK = "desk-problem";
const WAY = "desk-way";

export class Marks {
  static $inject = ["canvas", "overlays", "elementRegistry", "eventBus"];

  /** @type {Set<string>} */
  marked = new Set();
  /** @type {string[]} */
  onWay = [];

  /**
   * @param {Canvas} canvas
   * @param {Overlays} overlays
   * @param {Registry} elementRegistry
   * @param {EventBus} eventBus
   */
  constructor(canvas, overlays, elementRegistry, eventBus) {
    this.canvas = canvas;
    this.overlays = overlays;
    this.elementRegistry = elementRegistry;
    this.eventBus = eventBus;
  }

  /**
   * Replaces the marks before.
   * @param {Problem[]} problems those of this diagram
   */
  show(problems) {
    this.marked.forEach((id) => this.elementRegistry.get(id) && this.canvas.removeMarker(id, MARK));
    this.overlays.remove({ type: MARK });
    const drawn = [...grouped(problems)].filter(([id]) => this.elementRegistry.get(id));
    this.marked = new Set(drawn.map(([id]) => id));
    drawn.forEach(([id, own]) => this.mark(id, own));
  }

  /**
   * The elements and flows of a way through the diagram; none takes the last one away.
   * @param {string[]} ids
   */
  way(ids = []) {
    this.onWay.forEach((id) => this.elementRegistry.get(id) && this.canvas.removeMarker(id, WAY));
    this.onWay = ids.filter((id) => this.elementRegistry.get(id));
    this.onWay.forEach((id) => this.canvas.addMarker(id, WAY));
  }

  /**
   * @param {string} id
   * @param {Problem[]} problems
   */
  mark(id, problems) {
    const shape = this.elementRegistry.get(id);
    if (!shape) return;
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
    const { side, ...position } = beside(shape);
    badge.dataset.side = side;
    this.overlays.add(id, MARK, { position, html: badge, scale: { min: 0.8, max: 1.2 } });
  }
}

/**
 * Problems by the element they are at.
 * @param {Problem[]} problems
 */
function grouped(problems) {
  /** @type {Map<string, Problem[]>} */
  const by = new Map();
  for (const problem of problems) if (problem.element) by.set(problem.element, [...(by.get(problem.element) ?? []), problem]);
  return by;
}
