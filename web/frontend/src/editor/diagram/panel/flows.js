/* Sequence flows that leave a gateway: when they are taken, or that they are taken in every other case. */
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../texts.js";
import { feel, known, tick } from "./entries.js";

const DECIDING = ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"];

function isDefault(element) {
  return element.source.businessObject.default === getBusinessObject(element);
}

function setCondition(element, body, { modeling, factory }) {
  const conditionExpression = body ? factory.create("bpmn:FormalExpression", { body }) : undefined;
  modeling.updateProperties(element, { conditionExpression });
}

export function flowEntries(element) {
  if (!DECIDING.some((type) => is(element.source, type))) return [];
  const otherwise = tick("default-flow", {
    label: say("default_flow"),
    hint: say("default_hint"),
    get: isDefault,
    set: (flow, value, { modeling }) => modeling.updateProperties(flow.source, { default: value ? getBusinessObject(flow) : undefined }),
  });
  if (isDefault(element)) return [otherwise];
  const condition = feel("condition", { label: say("condition_feel"), get: (flow) => getBusinessObject(flow).conditionExpression?.body, set: setCondition });
  return [condition, known(), otherwise];
}
