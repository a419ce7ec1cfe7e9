/* Where an owner stood on the drawing and how close: kept for this browser tab, so that trying, comparing or a reload leads back to the same place. */

const PREFIX = "desk-view:";
const PAUSE = 250;

/** @import { Canvas, EventBus } from "../../../types/drawing" */

/**
 * The upper left corner, and how many pixels a unit of the drawing has.
 * @typedef {{ x: number, y: number, scale: number }} Stand
 */

export class View {
  /** @type {Stand | undefined} */
  last;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {string} key
   * @param {Canvas} canvas
   * @param {EventBus} eventBus
   */
  constructor(key, canvas, eventBus) {
    this.name = PREFIX + key;
    this.canvas = canvas;
    eventBus.on("canvas.viewbox.changed", () => {
      this.look();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), PAUSE);
    });
    window.addEventListener("pagehide", () => this.keep());
  }

  /** A canvas behind another tab has no size, and says nothing. */
  look() {
    const { x, y, scale, outer } = this.canvas.viewbox();
    if (outer.width && outer.height) this.last = { x, y, scale };
  }

  keep() {
    clearTimeout(this.timer);
    if (this.last) this.write(JSON.stringify(this.last));
  }

  /** Whether there was a place to go back to. */
  restore() {
    const { width, height } = this.canvas.getSize();
    const { x = NaN, y = NaN, scale = NaN } = this.read();
    if (!width || !height || ![x, y, scale].every(Number.isFinite) || scale <= 0) return false;
    this.canvas.viewbox({ x, y, width: width / scale, height: height / scale });
    return true;
  }

  /** @param {string} text */
  write(text) {
    try {
      sessionStorage.setItem(this.name, text);
    } catch {
      return;
    }
  }

  /** @returns {Partial<Stand>} */
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name) ?? "{}") ?? {};
    } catch {
      return {};
    }
  }
}
