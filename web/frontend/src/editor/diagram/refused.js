/* What is put where nothing may lie is said: bpmn-js lets go of it without a word. */
import { make } from "../dom.js";
import { say } from "../messages.js";

/** @import { Canvas, EventBus } from "../../../types/drawing" */

const BEFORE_BPMN_JS = 2_000;
const SHOWN = 8_000;

export class RefusedPlaces {
  static $inject = ["eventBus", "canvas"];

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  note = make("p", { class: "desk-canvas-note", role: "status" });

  /**
   * @param {EventBus} eventBus
   * @param {Canvas} canvas
   */
  constructor(eventBus, canvas) {
    this.canvas = canvas;
    eventBus.on(["create.end", "shape.move.end"], BEFORE_BPMN_JS, ({ context }) => this.tell(context.canExecute ? "" : say("not_there")));
    eventBus.on("commandStack.changed", () => this.tell(""));
  }

  /** @param {string} text */
  tell(text) {
    clearTimeout(this.timer);
    if (text) this.canvas.getContainer().append(this.note);
    this.note.textContent = text;
    if (text) this.timer = setTimeout(() => this.tell(""), SHOWN);
  }
}
