/* Every [data-difference] of the page: two versions of a process side by side, moved together, with each change marked, and a way to it from wherever the page tells it. */
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import "./difference.css";
import { beside } from "./beside.js";
import { button, make } from "./editor/dom.js";
import { ask } from "./editor/requests.js";
import { say } from "./editor/texts.js";
import { Diagram } from "./viewer.js";

const SIGNS = { added: "+", removed: "−", changed: "≠", moved: "↔" };
const SIDES = { added: ["after"], removed: ["before"], changed: ["before", "after"], moved: ["before", "after"] };

function sign(kind, side) {
  return make("span", { class: `desk-change desk-change-${kind} desk-change-sign${side ? " desk-beside" : ""}`, data: side ? { side } : {} }, `${SIGNS[kind]} ${say(`${kind}_mark`)}`);
}

class Difference {
  /** told: {changes, old_url, new_url}; addresses of the pictures may be absent. rows: where the page lists the changes, by data-change. */
  constructor(root, told, rows) {
    const { oldUrl, newUrl, names } = root.dataset;
    Object.assign(this, { root, rows, changes: told.changes, urls: { before: oldUrl ?? told.old_url, after: newUrl ?? told.new_url }, names: names ? JSON.parse(names) : {}, sides: {} });
  }

  async draw() {
    this.pictures = make("div", { class: "desk-difference-pictures", role: "group", "aria-label": say("pictures") });
    this.root.replaceChildren(this.pictures, this.legend());
    await Promise.all(["before", "after"].filter((side) => this.urls[side]).map((side) => this.picture(side)));
    this.follow();
    this.offerJumps();
    this.root.dataset.ready = "true";
  }

  legend() {
    return make("ul", { class: "desk-difference-legend", "aria-label": say("legend") }, Object.keys(SIGNS).map((kind) => make("li", {}, sign(kind))));
  }

  async picture(side) {
    const frame = make("div", { class: "desk-diagram desk-difference-picture", data: { side } });
    const panel = make("section", { class: "desk-panel" }, make("h3", {}, say(side)), frame);
    if (side === "before") this.pictures.prepend(panel);
    else this.pictures.append(panel);
    try {
      const xml = await text(this.urls[side]);
      const diagram = new Diagram(frame, { names: this.names, nowLabel: "", label: say(side), near: false });
      await diagram.draw(xml, {});
      this.mark(diagram, side);
      this.sides[side] = diagram;
    } catch (error) {
      frame.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("difference_failed")));
      console.error(error);
    }
  }

  mark(diagram, side) {
    const marked = new Set();
    for (const { element, kind } of this.changes) {
      if (!SIDES[kind]?.includes(side) || !diagram.has(element) || marked.has(element)) continue;
      marked.add(element);
      diagram.canvas.addMarker(element, "desk-change");
      diagram.canvas.addMarker(element, `desk-change-${kind}`);
      const { side: where, ...position } = beside(diagram.viewer.get("elementRegistry").get(element));
      diagram.viewer.get("overlays").add(element, { position, html: sign(kind, where), scale: { min: 0.5, max: 1.2 } });
    }
  }

  /** What one picture shows, the other shows too. */
  follow() {
    const { before, after } = this.sides;
    if (!before || !after) return;
    let copying = false;
    const copy = (from, to) =>
      from.viewer.on("canvas.viewbox.changed", ({ viewbox: { x, y, width, height } }) => {
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
      const { change: element, kind } = row.dataset;
      const side = (SIDES[kind] ?? []).toReversed().find((one) => this.sides[one]?.has(element));
      if (side) row.querySelector("[data-place]").append(button(say("show"), () => this.show(this.sides[side], element)));
    }
  }

  show(diagram, element) {
    diagram.active = [element];
    diagram.showActive(0.9);
    diagram.container.scrollIntoView({ block: "nearest" });
    diagram.viewer.get("selection").select(diagram.viewer.get("elementRegistry").get(element));
  }
}

async function text(address) {
  const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/xml" } });
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.text();
}

/** The changes stand on the page as JSON, or at an address. */
async function told({ changes, changesUrl, difference }) {
  if (changes) return { changes: JSON.parse(changes) };
  return ask("GET", changesUrl ?? difference);
}

async function start(root) {
  try {
    await new Difference(root, await told(root.dataset), document.querySelectorAll("[data-change]")).draw();
  } catch (error) {
    root.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("difference_failed")));
    console.error(error);
  }
}

document.querySelectorAll("[data-difference]").forEach(start);
