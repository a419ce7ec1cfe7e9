/* Ids that are words: user_task_1, flow_user_task_1_end_1. Which stem a type has, which number is free, which id may be given. Knows no drawing. */

/** @import { Business, Ids } from "../../../types/drawing" */

export const FLOW = "bpmn:SequenceFlow";
const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const RESERVED = ["Start", "End", "Root"];
export const LABEL = "_label";
const OF_CANVAS = [LABEL, "_plane"];

/**
 * bpmn:UserTask → user_task
 * @param {string} type
 */
export function words(type) {
  const local = type === FLOW ? "Flow" : type.replace(/^.*:/, "").replace(/EventDefinition$/, "");
  return local.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
}

/**
 * Give an element the first free id of a stem.
 * @param {Ids} ids
 * @param {Set<string>} drawn ids that are in the diagram now
 * @param {Business} element
 * @param {string} stem
 */
export function claim(ids, drawn, element, stem) {
  let number = 1;
  while (ids.assigned(`${stem}_${number}`) || drawn.has(`${stem}_${number}`)) number += 1;
  element.id = `${stem}_${number}`;
  ids.claim(element.id, element);
}

/**
 * What a new flow is called after what it joins; nothing when the owner gave it a name, or when that is taken.
 * @param {Business} flow
 * @param {Ids} ids
 */
export function nameOfFlow(flow, ids) {
  if (flow.$type !== FLOW || !/^flow_\d+$/.test(flow.id)) return undefined;
  const wanted = `flow_${flow.sourceRef?.id}_${flow.targetRef?.id}`;
  return ids.assigned(wanted) ? undefined : wanted;
}

/**
 * Why an id cannot be used, as the name of a text; empty when it can.
 * @param {string} id
 * @param {Business} element
 * @param {{ ids: Pick<Ids, "assigned"> }} moddle
 */
export function wrongId(id, element, moddle) {
  if (!ID.test(id)) return "id_bad";
  if (RESERVED.includes(id) || OF_CANVAS.some((ending) => id.endsWith(ending))) return "id_reserved";
  const owner = moddle.ids.assigned(id);
  return owner && owner !== element ? "id_taken" : "";
}

/**
 * The ids of a list, such as those of the tasks whose people may not do this one.
 * @param {string} list
 */
export function listed(list) {
  return list.split(",").map((one) => one.trim());
}

/**
 * A list with one id in the place of another; the same when it is not in it.
 * @param {string} list
 * @param {string} before
 * @param {string} after
 */
export function renamed(list, before, after) {
  const ids = listed(list);
  return ids.includes(before) ? ids.map((id) => (id === before ? after : id)).join(", ") : list;
}
