/* Every [data-difference] of the page: two versions of a process side by side, moved together, with each change marked, and a way to it from wherever its section of the page tells it. */
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import "./difference.css";
import { beside } from "./beside.js";
import { button, make } from "./editor/dom.js";
import { elements, needed } from "./elements.js";
import { ask } from "./editor/requests.js";
import { say } from "./editor/messages.js";
import { Diagram, fetched } from "./viewer.js";

/** @import { Change } from "../types/page" */

/**
 * What changed between two versions; addresses of the pictures may be absent.
 * @typedef {{ changes: Change[], old_url?: string, new_url?: string }} Answer
 */
/** @typedef {"before" | "after"} Side */


/** @type {Record<string, string>} */
const SIGNS = { added: "+", removed: "−", changed: "≠", moved: "↔" };
/** @type {Record<string, Side[]>} */
const SIDES = { added: ["after"], removed: ["before"], changed: ["before", "after"], moved: ["before", "after"] };

/**
 * @param {string} kind
 * @param {string} [side]
 */
function sign(kind, side) {
  return make("span", { class: `desk-change desk-change-${kind} desk-change-sign${side ? " desk-beside" : ""}`, data: side ? { side } : {} }, `${SIGNS[kind]} ${say(`${kind}_mark`)}`);
}

class Difference {
  /** @type {Partial<Record<Side, Diagram>>} */
  sides = {};
  pictures = make("div", { class: "desk-difference-pictures", role: "group", "aria-label": say("pictures") });

  /**
   * rows: where the page lists the changes, by data-change.
   * @param {HTMLElement} root
   * @param {Answer} answer
   * @param {HTMLElement[]} rows
   */
  constructor(root, answer, rows) {
    const { oldUrl, newUrl, names } = root.dataset;
    this.root = root;
    this.rows = rows;
    this.changes = answer.changes;
    this.urls = { before: oldUrl ?? answer.old_url, after: newUrl ?? answer.new_url };
    /** @type {Record<string, string>} */
    this.names = names ? JSON.parse(names) : {};
  }

  async draw() {
    this.root.replaceChildren(this.pictures, this.legend());
    await Promise.all([this.picture("before"), this.picture("after")]);
    this.follow();
    this.offerJumps();
    this.root.dataset.ready = "true";
  }

  legend() {
    return make("ul", { class: "desk-difference-legend", "aria-label": say("legend") }, Object.keys(SIGNS).map((kind) => make("li", {}, sign(kind))));
  }

  /** @param {Side} side */
  async picture(side) {
    if (!this.urls[side]) return;
    const frame = make("div", { class: "desk-diagram desk-difference-picture", data: { side } });
    const panel = make("section", { class: "desk-panel" }, make("h3", {}, say(side)), frame);
    if (side === "before") this.pictures.prepend(panel);
    else this.pictures.append(panel);
    try {
      const xml = await fetched(this.urls[side]);
      const diagram = new Diagram(frame, { names: this.names, nowLabel: "", label: say(side), near: false });
      await diagram.draw(xml, {});
      this.mark(diagram, side);
      this.sides[side] = diagram;
    } catch (error) {
      frame.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("difference_failed")));
      console.error(error);
    }
  }

  /**
   * @param {Diagram} diagram
   * @param {Side} side
   */
  mark(diagram, side) {
    /** @type {Set<string>} */
    const marked = new Set();
    for (const { element, kind } of this.changes) {
      const shape = diagram.shape(element);
      if (!SIDES[kind]?.includes(side) || !shape || marked.has(element)) continue;
      marked.add(element);
      diagram.canvas.addMarker(element, "desk-change");
      diagram.canvas.addMarker(element, `desk-change-${kind}`);
      const { side: where, ...position } = beside(shape);
      diagram.viewer.get("overlays").add(element, { position, html: sign(kind, where), scale: { min: 0.5, max: 1.2 } });
    }
  }

  /** What one picture shows, the other shows too. */
  follow() {
    const { before, after } = this.sides;
    if (!before || !after) return;
    let copying = false;
    /**
     * @param {Diagram} from
     * @param {Diagram} to
     */
    const copy = (from, to) =>
      from.viewer.get("eventBus").on("canvas.viewbox.changed", ({ viewbox: { x, y, width, height } }) => {
        if (copying) return;
        copying = true;
        to.canvas.viewbox({ x, y, width, height });
        to.moved = true;
        copying = false;
      });
    copy(before, after);
    copy(after, before);
    after.fit();
  }

  /** Every row of the page that tells a change leads to its place in the newer picture that has it. */
  offerJumps() {
    for (const row of this.rows) {
      const { change: element = "", kind = "" } = row.dataset;
      const diagram = (SIDES[kind] ?? []).toReversed().map((side) => this.sides[side]).find((drawn) => drawn?.has(element));
      if (diagram) needed(row, "[data-place]", HTMLElement).append(button(say("show"), () => this.show(diagram, element)));
    }
  }

  /**
   * @param {Diagram} diagram
   * @param {string} element
   */
  show(diagram, element) {
    diagram.active = [element];
    diagram.showActive(0.9);
    diagram.container.scrollIntoView({ block: "nearest" });
    diagram.viewer.get("selection").select(diagram.shape(element));
  }
}

/**
 * The changes stand on the page as JSON, or at an address.
 * @param {DOMStringMap} dataset
 * @returns {Promise<Answer>}
 */
async function told({ changes, changesUrl, difference }) {
  if (changes) return { changes: JSON.parse(changes) };
  return ask("GET", changesUrl ?? difference ?? "");
}

/** @param {HTMLElement} root */
async function start(root) {
  try {
    await new Difference(root, await told(root.dataset), elements(root.closest("section") ?? document, "[data-change]", HTMLElement)).draw();
  } catch (error) {
    root.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("difference_failed")));
    console.error(error);
  }
}

elements(document, "[data-difference]", HTMLElement).forEach(start);
