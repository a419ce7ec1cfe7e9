/* Steps that are done for each item of a list: whether, how, for which list, and what comes of it. */
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../messages.js";
import { property } from "../extensions.js";
import { choice, feel, line } from "./entries.js";
import { notAName } from "./operators.js";
import { propertyEntry } from "./tasks.js";

/** @import { Business, Drawn } from "../../../../types/drawing" */
/** @import { AnyEntry, EntryServices } from "../../../../types/panel" */

const MARKER = "bpmn:MultiInstanceLoopCharacteristics";
export const REPEATED = ["bpmn:UserTask", "bpmn:ServiceTask", "bpmn:BusinessRuleTask", "bpmn:CallActivity", "bpmn:SubProcess"];

/**
 * @param {Drawn} element
 * @returns {Business | undefined}
 */
function marker(element) {
  const found = getBusinessObject(element).loopCharacteristics;
  return found && is(found, MARKER) ? found : undefined;
}

/**
 * What was entered stays when the marker goes: it says nothing by itself, and is there when the marker comes back.
 * @param {Drawn} element
 * @param {string} kind
 * @param {EntryServices} services
 */
function setMarker(element, kind, { extensions }) {
  const isSequential = kind === "sequential";
  const loopCharacteristics = kind ? extensions.create(MARKER, { isSequential }, getBusinessObject(element)) : undefined;
  if (kind && marker(element)) extensions.change(element, [[marker(element), { isSequential }]]);
  else extensions.change(element, [[getBusinessObject(element), { loopCharacteristics }]]);
}

const how = () =>
  choice("repeated", {
    label: say("repeated"),
    get: (element) => (marker(element) ? (marker(element)?.isSequential ? "sequential" : "parallel") : ""),
    set: setMarker,
    options: () => [["", say("once")], ["parallel", say("items_parallel")], ["sequential", say("items_sequential")]],
  });

/**
 * A field that is missing while its partner is filled.
 * @param {string} partner
 */
const together = (partner) => (/** @type {string} */ value, /** @type {Drawn} */ element) => (!value && property(element, partner) ? say("must_fill") : "");

const completion = () =>
  feel("completion", {
    label: say("items_until"),
    hint: say("items_until_hint"),
    get: (element) => marker(element)?.completionCondition?.body,
    set: (element, body, { extensions }) => {
      const completionCondition = body ? extensions.create("bpmn:FormalExpression", { body }, marker(element)) : undefined;
      extensions.change(element, [[marker(element), { completionCondition }]]);
    },
  });

/**
 * @param {Drawn} element
 * @returns {AnyEntry[]}
 */
export function itemEntries(element) {
  if (!marker(element)) return [how()];
  return [
    how(),
    propertyEntry(feel, "inputCollection", { label: say("items_list"), hint: say("items_list_hint"), wrong: (value) => (value ? "" : say("must_fill")) }),
    propertyEntry(line, "inputElement", { label: say("items_name"), wrong: notAName }),
    propertyEntry(line, "outputCollection", { label: say("items_results"), wrong: (value, one) => notAName(value) || together("outputElement")(value, one) }),
    propertyEntry(feel, "outputElement", { label: say("items_result"), hint: say("items_result_hint"), wrong: together("outputCollection") }),
    completion(),
  ];
}
