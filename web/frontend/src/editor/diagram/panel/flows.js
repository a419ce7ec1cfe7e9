/* Sequence flows that leave a gateway: when they are taken, or that they are taken in every other case. */
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../messages.js";
import { feel, known, tick } from "./entries.js";

/** @import { Drawn } from "../../../../types/drawing" */
/** @import { AnyEntry, EntryServices } from "../../../../types/panel" */

const DECIDING = ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"];

/** @param {Drawn} element */
function isDefault(element) {
  return element.source?.businessObject.default === getBusinessObject(element);
}

/**
 * @param {Drawn} element
 * @param {string} body
 * @param {EntryServices} services
 */
function setCondition(element, body, { modeling, factory }) {
  const conditionExpression = body ? factory.create("bpmn:FormalExpression", { body }) : undefined;
  modeling.updateProperties(element, { conditionExpression });
}

/**
 * @param {Drawn} element
 * @returns {AnyEntry[]}
 */
export function flowEntries(element) {
  const { source } = element;
  if (!source || !DECIDING.some((type) => is(source, type))) return [];
  const otherwise = tick("default-flow", {
    label: say("default_flow"),
    hint: say("default_hint"),
    get: isDefault,
    set: (flow, value, { modeling }) => modeling.updateProperties(flow.source ?? source, { default: value ? getBusinessObject(flow) : undefined }),
  });
  if (isDefault(element)) return [otherwise];
  const condition = feel("condition", { label: say("condition_feel"), get: (flow) => getBusinessObject(flow).conditionExpression?.body, set: setCondition });
  return [condition, known(), otherwise];
}
