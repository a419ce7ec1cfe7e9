/* Ids that are words, on the drawing: given to what is new, kept together with what is named after them. They stand in histories and translations for life, so the owner may better them. */
import BpmnFactory from "bpmn-js/lib/features/modeling/BpmnFactory";
import { isAny } from "bpmn-js/lib/features/modeling/util/ModelingUtil";
import { property } from "./extensions.js";
import { LABEL, claim, nameOfFlow, renamed, words } from "./naming.js";
import { idsIn } from "./pictures.js";

/** @import { Business, EventBus, Ids, Moddle, Modeling, Registry, Services } from "../../../types/drawing" */
/** @import { Extensions } from "./extensions.js" */

/**
 * What bpmn-js's factory is to those who build on it, which its own types leave out.
 * @typedef {{ _model: { ids: Ids }, _needsId(element: Business): boolean, _ensureId(element: Business): void }} Base
 */

const NOT_BY = "notBy";
const Factory = /** @type {new (moddle: Moddle) => Base} */ (/** @type {unknown} */ (BpmnFactory));

export class ReadableFactory extends Factory {
  static $inject = ["moddle", "bpmnjs"];

  /**
   * @param {Moddle} moddle
   * @param {Services["bpmnjs"]} bpmnjs
   */
  constructor(moddle, bpmnjs) {
    super(moddle);
    this.bpmnjs = bpmnjs;
  }

  /**
   * @override
   * @param {Business} element
   */
  _ensureId(element) {
    if (element.id || !this._needsId(element) || !isAny(element, ["bpmn:FlowElement", "bpmn:RootElement", "bpmn:Lane", "bpmn:Artifact"])) super._ensureId(element);
    else claim(this._model.ids, this.drawn(), element, words(element.$type));
  }

  /** What is in the diagram now; bpmn-js forgets some of it when a deletion is undone. */
  drawn() {
    const definitions = this.bpmnjs.getDefinitions();
    return new Set(definitions ? idsIn(definitions) : []);
  }
}

/** A new sequence flow is called after what it joins; a name that the owner gave is left alone. */
export class FlowNames {
  static $inject = ["eventBus", "modeling", "moddle"];

  /**
   * @param {EventBus} eventBus
   * @param {Modeling} modeling
   * @param {Moddle} moddle
   */
  constructor(eventBus, modeling, moddle) {
    eventBus.on("commandStack.connection.create.postExecuted", ({ context: { connection } }) => {
      const id = nameOfFlow(connection.businessObject, moddle.ids);
      if (id) modeling.updateProperties(connection, { id });
    });
  }
}

/** A label on the canvas is called after what it belongs to, and is called otherwise with it: else the next bearer of the name could have none. */
export class LabelNames {
  static $inject = ["eventBus", "elementRegistry"];

  /**
   * @param {EventBus} eventBus
   * @param {Registry} elementRegistry
   */
  constructor(eventBus, elementRegistry) {
    eventBus.on("element.updateId", ({ element: { label }, newId }) => {
      const id = `${newId}${LABEL}`;
      if (label && elementRegistry.get(label.id) === label) elementRegistry.updateId(label, id);
      else if (label) label.id = id;
    });
  }
}

/** A task that may not be done by whoever did another one names it by its id, and goes on naming it when it is called otherwise. */
export class NamedTasks {
  static $inject = ["eventBus", "elementRegistry", "extensions"];

  /**
   * @param {EventBus} eventBus
   * @param {Registry} elementRegistry
   * @param {Extensions} extensions
   */
  constructor(eventBus, elementRegistry, extensions) {
    eventBus.on("commandStack.element.updateProperties.postExecuted", ({ context }) => {
      const { id: before } = context.oldProperties;
      const { id: after } = context.properties;
      if (!before || !after || before === after) return;
      for (const task of elementRegistry.filter(({ labelTarget }) => !labelTarget)) {
        const [named, naming] = [property(task, NOT_BY), renamed(property(task, NOT_BY), before, after)];
        if (named !== naming) extensions.setProperty(task, NOT_BY, naming);
      }
    });
  }
}
