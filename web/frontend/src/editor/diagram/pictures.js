/* Pictures are named after what they show, whenever a diagram is written: user_task_1 is drawn by user_task_1_di.

bpmn-js names a picture once, when it is made, and never again: an element that is then called otherwise, replaced or deleted leaves its name to the next one,
and of two pictures of one name only the first is read. So what a picture was called before counts for nothing here. */

/** @import { Business, EventBus, Picture } from "../../../types/drawing" */

const LATE = 500;

export class PictureNames {
  static $inject = ["eventBus"];

  /** @param {EventBus} eventBus */
  constructor(eventBus) {
    eventBus.on("saveXML.start", LATE, ({ definitions }) => named(definitions));
  }
}

/**
 * Give every diagram, plane, shape and edge its name; planes and diagrams keep theirs while nothing else has it.
 * @param {Business} definitions
 */
export function named(definitions) {
  const taken = new Set(idsIn(definitions));
  const give = (/** @type {Picture} */ picture, /** @type {string} */ wanted) => {
    let number = 1;
    let id = wanted;
    while (taken.has(id)) id = `${wanted}_${(number += 1)}`;
    taken.add(id);
    picture.id = id;
  };
  for (const diagram of definitions.diagrams ?? []) {
    const { plane } = diagram;
    give(diagram, diagram.id ?? "diagram");
    if (!plane) continue;
    give(plane, plane.id ?? `plane_${plane.bpmnElement?.id ?? "1"}`);
    plane.planeElement = showing(plane.planeElement ?? []);
    for (const picture of plane.planeElement) give(picture, `${picture.bpmnElement?.id}_di`);
  }
}

/**
 * The pictures that are drawn: those of an element that is there, and of several the first.
 * @param {Picture[]} pictures
 */
function showing(pictures) {
  const shown = new Set();
  return pictures.filter(({ bpmnElement }) => bpmnElement && !shown.has(bpmnElement) && shown.add(bpmnElement));
}

/**
 * The ids of everything that is no picture.
 * @param {Business} definitions
 */
export function* idsIn(definitions) {
  const pending = [definitions];
  const seen = new Set();
  for (let one = pending.pop(); one; one = pending.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    if (one.id) yield one.id;
    pending.push(...contained(one));
  }
}

/** @param {Business} element */
function contained(element) {
  const { properties = [] } = element.$descriptor ?? {};
  const held = properties.filter(({ isReference, isAttr, name }) => !isReference && !isAttr && name !== "diagrams");
  return held.flatMap(({ name }) => element.get(name) ?? []).filter((one) => one?.$type && !one.$type.startsWith("bpmndi:"));
}
