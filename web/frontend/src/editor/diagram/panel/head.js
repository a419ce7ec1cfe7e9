/* The head of the properties panel: what is selected, by the name that the canvas shows, and of which kind. bpmn.io's own knows the name in the file only. */
import { is } from "bpmn-js/lib/util/ModelUtil";
import { make } from "../../dom.js";

/** @import { Canvas, Drawn, EventBus, Selection, Translate } from "../../../../types/drawing" */
/** @import { Editing } from "../../../../types/draft" */
/** @import { ShownNames } from "../shown.js" */

export class PanelHead {
  static $inject = ["eventBus", "canvas", "selection", "shownNames", "translate", "config.bench"];

  /**
   * @param {EventBus} eventBus
   * @param {Canvas} canvas
   * @param {Selection} selection
   * @param {ShownNames} shown
   * @param {Translate} translate
   * @param {Editing} bench
   */
  constructor(eventBus, canvas, selection, shown, translate, { draft }) {
    this.canvas = canvas;
    this.selection = selection;
    this.shown = shown;
    this.translate = translate;
    this.element = make("header", { class: "desk-editor-head", hidden: true });
    eventBus.on(["selection.changed", "elements.changed", "import.done", "root.set"], () => this.draw());
    draft.addEventListener("changed", () => this.draw());
  }

  draw() {
    const one = this.shownElement();
    this.element.hidden = !one;
    if (!one) return;
    const name = this.shown.of(one);
    this.element.replaceChildren(make("small", {}, this.kind(one)), ...(name ? [make("strong", {}, name)] : []));
  }

  /** One element, or the whole when none is selected; of several nothing can be said. */
  shownElement() {
    const chosen = this.selection.get();
    const [first = this.canvas.getRootElement()] = chosen;
    const one = first?.labelTarget ?? first;
    return chosen.length < 2 && one?.businessObject ? one : null;
  }

  /** @param {Drawn} element */
  kind(element) {
    const kind = kindOf(element).replace(/(\B[A-Z])/g, " $1");
    const waits = element.businessObject.cancelActivity === false ? " (Non Interrupting)" : "";
    return this.translate(kind + waits);
  }
}

/**
 * "TimerBoundaryEvent", "DefaultFlow", "ExpandedSubProcess" …
 * @param {Drawn} element
 */
function kindOf(element) {
  const { businessObject: one, source, collapsed } = element;
  const type = one.$type.replace(/^.*:/, "");
  if (is(element, "bpmn:Event")) return (one.eventDefinitions?.[0]?.$type ?? "").replace(/^.*:|EventDefinition$/g, "") + type;
  if (type === "SubProcess") return `${collapsed ? "Collapsed" : "Expanded"}${type}`;
  return type === "SequenceFlow" && source?.businessObject.default === one ? "DefaultFlow" : type;
}
