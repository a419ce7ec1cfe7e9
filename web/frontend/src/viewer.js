/* One BPMN diagram in one element: drawn, named in the reader's language, marked, moved by keys. Where elements come from is diagram.js. */
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { makeRoom } from "./labels.js";

const PADDING = { side: 12, top: 12, bottom: 44 };
const SCROLLBAR = 24;
const STEP = 60;
const ZOOM = 1.2;
const RANGE = { smallest: 0.1, readable: 0.5, strip: 0.75, lowest: 200, fitted: 1.1, largest: 4 };
const TRANSLATED = { inside: 11, external: 10 };
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';

export class Diagram {
  /** names: {id: text}, "" for the process itself. nowLabel: text of the badge on active elements. near: begin at the active element. */
  constructor(container, { names, nowLabel, label, near }) {
    this.container = container;
    this.names = names;
    this.nowLabel = nowLabel;
    this.near = near;
    this.moved = false;
    this.marked = [];
    this.viewer = new NavigatedViewer({ container, ...appearance(names) });
    this.canvas = this.viewer.get("canvas");
    this.canvas.getContainer().querySelector("svg").setAttribute("aria-label", label);
    this.viewer.on("import.parse.complete", ({ definitions, elementsById }) => definitions && this.rename(elementsById));
    this.followReader();
  }

  async draw(xml, marking) {
    await this.viewer.importXML(xml);
    makeRoom(this.viewer, this.names, `${TRANSLATED.external}px ${FONT}`);
    this.mark(marking);
    this.begin();
  }

  /** The whole diagram; one that would be too small to read begins at the active element. */
  begin() {
    this.shrink();
    this.fit();
    if (!this.near || !this.active?.length || this.canvas.zoom() >= RANGE.readable) return;
    this.showActive(RANGE.strip);
    this.moved = false;
  }

  /** No more height than the drawing needs at the width there is. */
  shrink() {
    const { width } = this.canvas.getSize();
    const { inner } = this.canvas.viewbox();
    if (!width) return;
    this.width = width;
    this.roof ??= this.container.clientHeight;
    const unreadable = this.near && this.active?.length && (width - 2 * PADDING.side) / inner.width < RANGE.readable;
    const scale = unreadable ? RANGE.strip : Math.min(RANGE.fitted, (width - 2 * PADDING.side) / inner.width);
    const wanted = Math.ceil(inner.height * scale) + PADDING.top + PADDING.bottom;
    this.container.style.height = `${Math.max(RANGE.lowest, Math.min(this.roof, wanted))}px`;
    this.canvas.resized();
  }

  rename(elements) {
    for (const [id, element] of Object.entries(elements)) {
      if (this.names[id]) element[element.$type === "bpmn:TextAnnotation" ? "text" : "name"] = this.names[id];
      if (element.$type === "bpmn:Participant" && this.names[""]) element.name = this.names[id] ?? this.names[""];
    }
  }

  /** marking: {active, done, flows}, each {element id: count}. Replaces the marking before. */
  mark({ active = {}, done = {}, flows = {} }) {
    const overlays = this.viewer.get("overlays");
    this.marked.forEach(([id, name]) => this.canvas.removeMarker(id, name));
    overlays.clear();
    this.active = Object.keys(active).filter((id) => this.has(id));
    this.marked = [
      ...Object.keys(done).map((id) => [id, "desk-done"]),
      ...Object.keys(flows).map((id) => [id, "desk-taken"]),
      ...this.active.map((id) => [id, "desk-active"]),
    ].filter(([id]) => this.has(id));
    this.marked.forEach(([id, name]) => this.canvas.addMarker(id, name));
    for (const [id, count] of Object.entries(done)) {
      if (count > 1 && this.has(id)) this.badge(id, `×${count}`, "desk-diagram-count", { top: -10, right: 18 }, this.countScale ?? 0.4);
    }
    for (const id of this.active) {
      this.badge(id, active[id] > 1 ? `${this.nowLabel} ×${active[id]}` : this.nowLabel, "desk-diagram-now", { bottom: 4, left: 0 }, 0.8);
    }
  }

  has(id) {
    return Boolean(this.viewer.get("elementRegistry").get(id));
  }

  badge(id, text, className, position, smallest) {
    const html = document.createElement("span");
    html.className = className;
    html.textContent = text;
    this.viewer.get("overlays").add(id, { position, html, scale: { min: smallest, max: 1.2 } });
  }

  /** The whole diagram, above the mark at the bottom right. */
  fit() {
    const { width, height } = this.canvas.getSize();
    if (!width || !height) return;
    const { inner } = this.canvas.viewbox();
    const room = { width: width - 2 * PADDING.side, height: height - PADDING.top - PADDING.bottom };
    const scale = Math.min(RANGE.fitted, room.width / inner.width, room.height / inner.height);
    this.canvas.viewbox({
      x: inner.x - (width / scale - inner.width) / 2,
      y: inner.y - PADDING.top / scale - Math.max(0, room.height / scale - inner.height) / 2,
      width: width / scale,
      height: height / scale,
    });
    this.moved = false;
  }

  /** The first active element in the middle, large enough to read. */
  showActive(scale = 1) {
    const shape = this.viewer.get("elementRegistry").get(this.active?.[0]);
    const size = this.canvas.getSize();
    if (!shape || !size.width) return;
    const [width, height] = [size.width / scale, size.height / scale];
    const { inner } = this.canvas.viewbox();
    this.canvas.viewbox({
      x: within(shape.x + shape.width / 2 - width / 2, inner.x - PADDING.side / scale, inner.x + inner.width + PADDING.side / scale - width),
      y: within(shape.y + shape.height / 2 - height / 2, inner.y - PADDING.top / scale, inner.y + inner.height + PADDING.bottom / scale - height),
      width,
      height,
    });
    this.moved = true;
  }

  zoomBy(factor) {
    const scale = Math.min(RANGE.largest, Math.max(RANGE.smallest, this.canvas.zoom() * factor));
    this.canvas.zoom(scale, "auto");
    this.moved = true;
  }

  followReader() {
    const wheel = this.viewer.get("zoomScroll");
    wheel.toggle(false);
    this.container.addEventListener("pointerdown", () => wheel.toggle(true));
    this.container.addEventListener("pointerleave", () => wheel.toggle(false));
    this.container.addEventListener("pointerdown", () => (this.moved = true));
    this.container.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => {
      this.canvas.resized();
      const changed = Math.abs(this.canvas.getSize().width - (this.width ?? 0)) > SCROLLBAR;
      if (changed && !this.moved && this.viewer.getDefinitions()) this.begin();
    }).observe(this.container);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button")) return;
    const moves = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
    if (moves[event.key]) {
      const [dx, dy] = moves[event.key];
      this.canvas.scroll({ dx, dy });
      this.moved = true;
    } else if (event.key === "+" || event.key === "=") this.zoomBy(ZOOM);
    else if (event.key === "-") this.zoomBy(1 / ZOOM);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}

/** A coordinate that keeps the drawing in view: not before its start, not past its end, in the middle when there is room to spare. */
function within(wanted, start, end) {
  return end < start ? (start + end) / 2 : Math.min(Math.max(wanted, start), end);
}

function appearance(names) {
  const translated = Object.keys(names).length > 0;
  return {
    bpmnRenderer: {
      defaultFillColor: "var(--diagram-fill)",
      defaultStrokeColor: "var(--diagram-stroke)",
      defaultLabelColor: "var(--diagram-label)",
    },
    textRenderer: {
      defaultStyle: { fontFamily: FONT, fontSize: translated ? TRANSLATED.inside : 12 },
      externalStyle: { fontFamily: FONT, fontSize: translated ? TRANSLATED.external : 11 },
    },
  };
}
