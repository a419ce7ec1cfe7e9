/* Where a badge on a diagram stands free: of the places at its shape the one that covers least. Places are boxes in the units of the drawing. */

import { linesOf } from "./beside.js";

/** @import { Drawn, Point, Rect, Registry } from "../types/drawing" */

const COSTS = { badge: 8, label: 8, shape: 6, line: 1 };
const GAP = 2;
const ON_EDGE = 4;

/**
 * The place at a shape that covers least: no label, no other shape, no badge that is there (taken), as few lines as can be; of equals the first.
 * @param {Drawn} shape
 * @param {Rect[]} places at least one
 * @param {Pick<Registry, "filter">} registry
 * @param {Rect[]} taken
 */
export function freest(shape, places, registry, taken) {
  const near = registry.filter((one) => one !== shape && one.parent && !contains(one, shape));
  /** @param {Rect} place */
  const cost = (place) => near.reduce((sum, one) => sum + covering(place, one), 0) + taken.filter((one) => overlap(place, one)).length * COSTS.badge;
  return places.map((place) => ({ place, cost: cost(place) })).reduce((best, next) => (next.cost < best.cost ? next : best)).place;
}

/**
 * Places for a badge of a size, on the edge of a shape or close by it: along its bottom first, or along its top.
 * @param {Rect} shape
 * @param {{ width: number, height: number }} size
 * @param {"top" | undefined} edge
 * @returns {Rect[]}
 */
export function around({ x, y, width: w, height: h }, { width, height }, edge) {
  /** @typedef {[x: number, y: number]} Corner */
  const [left, right, middle] = [x, x + w - width, x + w / 2 - width / 2];
  const across = y + h / 2 - height / 2;
  /** @type {Corner[]} */
  const bottom = [[left, y + h - ON_EDGE], [right, y + h - ON_EDGE], [middle, y + h + GAP], [x - width + ON_EDGE, y + h - ON_EDGE], [x + w - ON_EDGE, y + h - ON_EDGE]];
  /** @type {Corner[]} */
  const top = [[right, y - height + ON_EDGE], [left, y - height + ON_EDGE], [middle, y - height - GAP], [x + w - ON_EDGE, y - height + ON_EDGE], [x - width + ON_EDGE, y - height + ON_EDGE]];
  /** @type {Corner[]} */
  const beside = [[x + w + GAP, across], [x - width - GAP, across], [middle, y + h + height], [middle, y - 2 * height]];
  const places = edge === "top" ? [...top, ...bottom, ...beside] : [...bottom, ...top, ...beside];
  return places.map(([at, over]) => ({ x: at, y: over, width, height }));
}

/**
 * @param {Drawn} outer
 * @param {Drawn} inner
 */
function contains(outer, inner) {
  for (let one = inner.parent; one; one = one.parent) if (one === outer) return true;
  return false;
}

/**
 * @param {Rect} place
 * @param {Drawn} drawn
 * @returns {number}
 */
function covering(place, { waypoints, type, labelTarget, businessObject, x, y, width: w, height: h }) {
  if (waypoints) return linesOf(waypoints).filter(({ from, to }) => crosses(place, from, to)).length * COSTS.line;
  if (businessObject?.$type === "bpmn:Lane" || businessObject?.$type === "bpmn:Participant" || !w) return 0;
  return overlap(place, { x, y, width: w, height: h }) ? (type === "label" || labelTarget ? COSTS.label : COSTS.shape) : 0;
}

/**
 * @param {Rect} a
 * @param {Rect} b
 */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/**
 * @param {Rect} place
 * @param {Point} from
 * @param {Point} to
 */
function crosses(place, from, to) {
  return overlap(place, { x: Math.min(from.x, to.x) - 1, y: Math.min(from.y, to.y) - 1, width: Math.abs(to.x - from.x) + 2, height: Math.abs(to.y - from.y) + 2 });
}
