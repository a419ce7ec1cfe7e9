/* Ids that are words: user_task_1, flow_user_task_1_end_1. They stand in histories and translations for life, so the owner may better them. */
import BpmnFactory from "bpmn-js/lib/features/modeling/BpmnFactory";
import { isAny } from "bpmn-js/lib/features/modeling/util/ModelingUtil";

const FLOW = "bpmn:SequenceFlow";
export const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
export const RESERVED = ["Start", "End", "Root"];

export class ReadableFactory extends BpmnFactory {
  static $inject = ["moddle"];

  _ensureId(element) {
    if (element.id || !this._needsId(element) || !isAny(element, ["bpmn:FlowElement", "bpmn:RootElement", "bpmn:Lane", "bpmn:Artifact"])) super._ensureId(element);
    else claim(this._model.ids, element, words(element.$type));
  }
}

/** bpmn:UserTask → user_task */
function words(type) {
  const local = type === FLOW ? "Flow" : type.replace(/^.*:/, "").replace(/EventDefinition$/, "");
  return local.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
}

function claim(ids, element, stem) {
  let number = 1;
  while (ids.assigned(`${stem}_${number}`)) number += 1;
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

/** Why an id cannot be used, as the name of a text; empty when it can. */
export function wrongId(id, element, moddle) {
  if (!ID.test(id)) return "id_bad";
  if (RESERVED.includes(id)) return "id_reserved";
  const owner = moddle.ids.assigned(id);
  return owner && owner !== element ? "id_taken" : "";
}
