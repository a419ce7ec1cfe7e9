/* The keyboard stays with the drawing: what was pressed beside an element goes away, and with it the focus would. What is put down opens its name for typing.

diagram-js takes the focus back from the page's body only, and here it falls to the part of the page that the skip link leads to. */
import { is } from "bpmn-js/lib/util/ModelUtil";

/** @import { Canvas, Drawn, EventBus } from "../../../types/drawing" */

const AFTER_BPMN_JS = 400;

export class Keyboard {
  static $inject = ["eventBus", "canvas", "directEditing"];

  /**
   * @param {EventBus} eventBus
   * @param {Canvas} canvas
   * @param {{ activate(element: Drawn): unknown }} names
   */
  constructor(eventBus, canvas, names) {
    this.canvas = canvas;
    this.names = names;
    eventBus.on(["commandStack.changed", "directEditing.complete", "directEditing.cancel", "element.hover", "popupMenu.close"], () => this.restore());
    eventBus.on("autoPlace.end", AFTER_BPMN_JS, ({ shape }) => this.open(shape));
    eventBus.on("create.end", AFTER_BPMN_JS, ({ context: { shape, canExecute } }) => canExecute && this.open(shape));
  }

  /** Once what is going on is over: nobody who types elsewhere loses their place. */
  restore() {
    setTimeout(() => {
      const container = this.canvas.getContainer();
      if (container.isConnected && document.activeElement?.contains(container)) this.canvas.focus();
    });
  }

  /**
   * bpmn-js does so for steps and events.
   * @param {Drawn} shape
   */
  open(shape) {
    if (is(shape, "bpmn:Gateway")) this.names.activate(shape);
  }
}
