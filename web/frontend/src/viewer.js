/* One BPMN diagram in one element: drawn, named in the reader's language, marked, moved by keys. Where elements come from is diagram.js. */
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { at } from "./elements.js";
import { makeRoom } from "./labels.js";
import { language } from "./language.js";
import { showLimits } from "./badges.js";
import { FONT, look } from "./look.js";
import { around, freest } from "./placing.js";
import { still } from "./zooming.js";

/** @import { Business, Rect, Services } from "../types/drawing" */
/** @import { Marking } from "../types/page" */

/**
 * A badge at an element. smallest: the scale below which it does not shrink; edge: of its shape, the bottom when none is said.
 * @typedef {{ id: string, text: string, className: string, smallest: number, edge?: "top" }} Badge
 */

const PADDING = { side: 12, top: 12, bottom: 44 };
const SCROLLBAR = 24;
const MARK = "desk-mark";
const STEP = 60;
const ZOOM = 1.2;
const RANGE = { smallest: 0.1, readable: 0.5, strip: 0.75, lowest: 200, fitted: 1.1, largest: 4 };
const BADGE = { high: 22, padding: 18, largest: 1.2, font: 12 };
const TRANSLATED = { inside: 11, external: 10 };
const CHINESE = { inside: 12, external: 11 };

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

/**
 * The XML of a diagram. Errors: what the server refuses.
 * @param {string} [address]
 */
export async function fetched(address = "") {
  const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/xml" } });
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.text();
}

export class Diagram {
  /** @type {string[]} */
  active = [];
  /** @type {[id: string, marker: string][]} */
  marked = [];
  /** @type {Badge[]} */
  badges = [];
  /** @type {Rect[]} */
  limits = [];
  placedAt = 0;
  moved = false;
  countScale = 0.4;
  width = 0;
  roof = 0;
  /** @type {string | null} The element that an event of a replay happened at. */
  here = null;

  /**
   * names: {id: text}, "" for the process itself. nowLabel: text of the badge on active elements. near: begin at the active element.
   * @param {HTMLElement} container
   * @param {{ names: Record<string, string>, nowLabel: string, label: string, near: boolean }} options
   */
  constructor(container, { names, nowLabel, label, near }) {
    this.container = container;
    this.names = names;
    this.nowLabel = nowLabel;
    this.near = near;
    /** @type {NavigatedViewer<Services>} */
    this.viewer = new NavigatedViewer({ container, ...look(Object.keys(names).length ? TRANSLATED : CHINESE) });
    this.canvas = this.viewer.get("canvas");
    this.canvas.getContainer().querySelector("svg")?.setAttribute("aria-label", label);
    this.viewer.get("eventBus").on("import.parse.complete", ({ definitions, elementsById }) => definitions && this.rename(elementsById));
    this.viewer.get("eventBus").on("canvas.viewbox.changed", ({ viewbox }) => viewbox.scale !== this.placedAt && this.place());
    this.followReader();
  }

  /**
   * @param {string} xml
   * @param {Marking} marking
   */
  async draw(xml, marking) {
    await this.viewer.importXML(xml);
    makeRoom(this.viewer, this.names, `${TRANSLATED.external}px ${FONT}`);
    const services = { overlays: this.viewer.get("overlays"), elementRegistry: this.viewer.get("elementRegistry") };
    this.limits = showLimits(services, language());
    this.mark(marking);
    this.begin();
  }

  /** The whole diagram; one that would be too small to read begins at the active element. */
  begin() {
    this.shrink();
    this.fit();
    if (this.near && this.active.length && this.canvas.zoom() < RANGE.readable) {
      this.showActive(RANGE.strip);
      this.moved = false;
    }
    this.place();
  }

  /** No more height than the drawing needs at the width there is. */
  shrink() {
    const { width } = this.canvas.getSize();
    const { inner } = this.canvas.viewbox();
    if (!width) return;
    this.width = width;
    this.roof ||= this.container.clientHeight;
    const unreadable = this.near && this.active.length && (width - 2 * PADDING.side) / inner.width < RANGE.readable;
    const scale = unreadable ? RANGE.strip : Math.min(RANGE.fitted, (width - 2 * PADDING.side) / inner.width);
    const wanted = Math.ceil(inner.height * scale) + PADDING.top + PADDING.bottom;
    this.container.style.height = `${Math.max(RANGE.lowest, Math.min(this.roof, wanted))}px`;
    this.canvas.resized();
  }

  /** @param {Record<string, Business>} elements */
  rename(elements) {
    for (const [id, element] of Object.entries(elements)) {
      if (this.names[id]) element[element.$type === "bpmn:TextAnnotation" ? "text" : "name"] = this.names[id];
      if (element.$type === "bpmn:Participant" && this.names[""]) element.name = this.names[id] ?? this.names[""];
    }
  }

  /**
   * Replaces the marking before.
   * @param {Marking} marking
   */
  mark({ active = {}, done = {}, flows = {} }) {
    this.marked.forEach(([id, name]) => this.canvas.removeMarker(id, name));
    this.badges = [];
    this.active = Object.keys(active).filter((id) => this.has(id));
    this.marked = [...this.markedAs("desk-done", Object.keys(done)), ...this.markedAs("desk-taken", Object.keys(flows)), ...this.markedAs("desk-active", this.active)];
    this.marked.forEach(([id, name]) => this.canvas.addMarker(id, name));
    const again = Object.entries(done).filter(([id, count]) => count > 1 && this.has(id));
    this.add(this.active.map((id) => ({ id, text: this.standing(active[id] ?? 0), className: "desk-diagram-now", smallest: 0.8 })));
    this.add(again.map(([id, count]) => ({ id, text: `×${count}`, className: "desk-diagram-count", smallest: this.countScale, edge: "top" })));
  }

  /**
   * What the badge of an active element says: how many stand there, in words where the label has a place for the number.
   * @param {number} count
   */
  standing(count) {
    if (this.nowLabel.includes("{n}")) return this.nowLabel.replace("{n}", String(count));
    return count > 1 ? `${this.nowLabel} ×${count}` : this.nowLabel;
  }

  /**
   * @param {string} marker
   * @param {string[]} ids
   * @returns {[id: string, marker: string][]}
   */
  markedAs(marker, ids) {
    return ids.filter((id) => this.has(id)).map((id) => [id, marker]);
  }

  /** @param {string} id */
  has(id) {
    return Boolean(this.shape(id));
  }

  /** @param {string} id */
  shape(id) {
    return this.viewer.get("elementRegistry").get(id);
  }

  /**
   * More badges.
   * @param {Badge[]} badges
   */
  add(badges) {
    this.badges.push(...badges);
    this.place();
  }

  /** Every badge where it stands free at the size the drawing has: clear of labels, shapes, limits and of each other. */
  place() {
    const [overlays, registry] = [this.viewer.get("overlays"), this.viewer.get("elementRegistry")];
    overlays.remove({ type: MARK });
    this.placedAt = this.canvas.zoom();
    const taken = [...this.limits];
    for (const { id, text, className, smallest, edge } of this.badges) {
      const shape = registry.get(id);
      if (!shape) continue;
      const place = freest(shape, around(shape, this.sizeOf(text, smallest), edge), registry, taken);
      taken.push(place);
      const html = document.createElement("span");
      html.className = className;
      html.textContent = text;
      overlays.add(id, MARK, { position: { left: place.x - shape.x, top: place.y - shape.y }, html, scale: { min: smallest, max: BADGE.largest } });
    }
  }

  /**
   * How much room a badge takes in the drawing: one that does not shrink with it takes more.
   * @param {string} text
   * @param {number} smallest
   */
  sizeOf(text, smallest) {
    const pen = document.createElement("canvas").getContext("2d");
    if (pen) pen.font = `${BADGE.font}px ${FONT}`;
    const scale = Math.min(BADGE.largest, Math.max(smallest, this.placedAt)) / this.placedAt;
    return { width: ((pen?.measureText(text).width ?? 0) + BADGE.padding) * scale, height: BADGE.high * scale };
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
    const shape = this.shape(this.active[0] ?? "");
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

  /** @param {number} factor */
  zoomBy(factor) {
    const scale = Math.min(RANGE.largest, Math.max(RANGE.smallest, this.canvas.zoom() * factor));
    this.canvas.zoom(scale, still(this.canvas, this.viewer.get("elementRegistry")));
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
      const changed = Math.abs(this.canvas.getSize().width - this.width) > SCROLLBAR;
      if (changed && !this.moved && this.viewer.getDefinitions()) this.begin();
    }).observe(this.container);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || at(event)?.closest("button")) return;
    const move = MOVES[event.key];
    if (move) {
      const [dx, dy] = move;
      this.canvas.scroll({ dx, dy });
      this.moved = true;
    } else if (event.key === "+" || event.key === "=") this.zoomBy(ZOOM);
    else if (event.key === "-") this.zoomBy(1 / ZOOM);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}

/**
 * A coordinate that keeps the drawing in view: not before its start, not past its end, in the middle when there is room to spare.
 * @param {number} wanted
 * @param {number} start
 * @param {number} end
 */
function within(wanted, start, end) {
  return end < start ? (start + end) / 2 : Math.min(Math.max(wanted, start), end);
}
