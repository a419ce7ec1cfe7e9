/* The head of the properties panel: what is selected, by the name that the canvas shows, and of which kind. bpmn.io's own knows the name in the file only. */
import { is } from "bpmn-js/lib/util/ModelUtil";
import { make } from "../../dom.js";

export class PanelHead {
  static $inject = ["eventBus", "canvas", "selection", "shownNames", "translate", "config.bench"];

  constructor(eventBus, canvas, selection, shown, translate, { draft }) {
    Object.assign(this, { canvas, selection, shown, translate });
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
    const one = chosen.length ? chosen[0].labelTarget ?? chosen[0] : this.canvas.getRootElement();
    return chosen.length < 2 && one?.businessObject ? one : null;
  }

  kind(element) {
    const kind = kindOf(element).replace(/(\B[A-Z])/g, " $1");
    const waits = element.businessObject.cancelActivity === false ? " (Non Interrupting)" : "";
    return this.translate(kind + waits);
  }
}

/** "TimerBoundaryEvent", "DefaultFlow", "ExpandedSubProcess" … */
function kindOf(element) {
  const { businessObject: one, source, collapsed } = element;
  const type = one.$type.replace(/^.*:/, "");
  if (is(element, "bpmn:Event")) return (one.eventDefinitions?.[0]?.$type ?? "").replace(/^.*:|EventDefinition$/g, "") + type;
  if (type === "SubProcess") return `${collapsed ? "Collapsed" : "Expanded"}${type}`;
  return type === "SequenceFlow" && source?.businessObject.default === one ? "DefaultFlow" : type;
}
