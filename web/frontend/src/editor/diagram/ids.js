/* Ids that are words: user_task_1, flow_user_task_1_end_1. They stand in histories and translations for life, so the owner may better them. */
import BpmnFactory from "bpmn-js/lib/features/modeling/BpmnFactory";
import { isAny } from "bpmn-js/lib/features/modeling/util/ModelingUtil";
import { property } from "./extensions.js";
import { idsIn } from "./pictures.js";

const FLOW = "bpmn:SequenceFlow";
const NOT_BY = "notBy";
export const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
export const RESERVED = ["Start", "End", "Root"];
const OF_CANVAS = ["_label", "_plane"];

export class ReadableFactory extends BpmnFactory {
  static $inject = ["moddle", "bpmnjs"];

  constructor(moddle, bpmnjs) {
    super(moddle);
    this.bpmnjs = bpmnjs;
  }

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

/** bpmn:UserTask → user_task */
function words(type) {
  const local = type === FLOW ? "Flow" : type.replace(/^.*:/, "").replace(/EventDefinition$/, "");
  return local.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
}

function claim(ids, drawn, element, stem) {
  let number = 1;
  while (ids.assigned(`${stem}_${number}`) || drawn.has(`${stem}_${number}`)) number += 1;
  element.id = `${stem}_${number}`;
  ids.claim(element.id, element);
}

/** A new sequence flow is called after what it joins; a name that the owner gave is left alone. */
export class FlowNames {
  static $inject = ["eventBus", "modeling", "moddle"];

  constructor(eventBus, modeling, moddle) {
    eventBus.on("commandStack.connection.create.postExecuted", ({ context: { connection } }) => {
      const flow = connection.businessObject;
      if (flow.$type !== FLOW || !/^flow_\d+$/.test(flow.id)) return;
      const wanted = `flow_${flow.sourceRef.id}_${flow.targetRef.id}`;
      if (!moddle.ids.assigned(wanted)) modeling.updateProperties(connection, { id: wanted });
    });
  }
}

/** A label on the canvas is called after what it belongs to, and is called otherwise with it: else the next bearer of the name could have none. */
export class LabelNames {
  static $inject = ["eventBus", "elementRegistry"];

  constructor(eventBus, elementRegistry) {
    eventBus.on("element.updateId", ({ element: { label }, newId }) => {
      const id = `${newId}${OF_CANVAS[0]}`;
      if (label && elementRegistry.get(label.id) === label) elementRegistry.updateId(label, id);
      else if (label) label.id = id;
    });
  }
}

/** A task that may not be done by whoever did another one names it by its id, and goes on naming it when it is called otherwise. */
export class NamedTasks {
  static $inject = ["eventBus", "elementRegistry", "extensions"];

  constructor(eventBus, elementRegistry, extensions) {
    eventBus.on("commandStack.element.updateProperties.postExecuted", ({ context }) => {
      const { id: before } = context.oldProperties;
      const { id: after } = context.properties;
      if (!before || !after || before === after) return;
      const naming = elementRegistry.filter((one) => !one.labelTarget && listed(property(one, NOT_BY)).includes(before));
      naming.forEach((one) => extensions.setProperty(one, NOT_BY, listed(property(one, NOT_BY)).map((id) => (id === before ? after : id)).join(", ")));
    });
  }
}

function listed(value) {
  return value.split(",").map((one) => one.trim());
}

/** Why an id cannot be used, as the name of a text; empty when it can. */
export function wrongId(id, element, moddle) {
  if (!ID.test(id)) return "id_bad";
  if (RESERVED.includes(id) || OF_CANVAS.some((ending) => id.endsWith(ending))) return "id_reserved";
  const owner = moddle.ids.assigned(id);
  return owner && owner !== element ? "id_taken" : "";
}
