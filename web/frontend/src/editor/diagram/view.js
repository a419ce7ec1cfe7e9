/* Where an owner stood on the drawing and how close: kept for this browser tab, so that trying, comparing or a reload leads back to the same place. */

const PREFIX = "desk-view:";
const PAUSE = 250;

export class View {
  constructor(key, canvas, eventBus) {
    Object.assign(this, { name: PREFIX + key, canvas });
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
    const { x, y, scale } = this.read();
    if (!width || !height || ![x, y, scale].every(Number.isFinite) || scale <= 0) return false;
    this.canvas.viewbox({ x, y, width: width / scale, height: height / scale });
    return true;
  }

  write(text) {
    try {
      sessionStorage.setItem(this.name, text);
    } catch {
      return;
    }
  }

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }
}
