/* Where there is free room for a shape: inside its lane, over no other shape and no flow. Geometry alone, in pixels of the drawing. */

/** @import { Point, Rect } from "../../../types/drawing" */

/**
 * What is already there: `within` is the lane, or nothing where everything is open; to the right a lane grows.
 * `source` is the shape it follows: what lies between the two stands in the way.
 * @typedef {{ within?: Rect, shapes: Rect[], flows: Point[][], source?: Rect }} Taken
 */

const STEP = 30;
const MOST_STEPS = 40;
const FROM_SHAPES = 16;
const FROM_FLOWS = 10;
const FROM_BORDER = 10;
const FROM_FLOW = 5;
const FARTHEST = 60; // which a lane is made longer for

/**
 * The middle nearest to the one that is wanted, to its right, above or below, at which a shape of this size lies free; null where there is none.
 * @param {Point} wanted
 * @param {{ width: number, height: number }} size
 * @param {Taken} taken
 * @returns {Point | null}
 */
export function freeMiddle(wanted, size, taken) {
  const free = places(wanted).map((middle) => ({ middle, place: around(middle, size) })).filter(({ place }) => isFree(place, taken));
  return (free.find(({ place }) => isOpen(place, taken)) ?? free[0])?.middle ?? null;
}

/**
 * Every middle that is looked at, the nearest first; to the right rather than up and down.
 * @param {Point} wanted
 */
function places({ x, y }) {
  const rights = [...Array(MOST_STEPS).keys()];
  const downs = rights.flatMap((count) => (count ? [count, -count] : [0]));
  const steps = rights.flatMap((right) => downs.map((down) => ({ right, down })));
  steps.sort((one, other) => one.right + Math.abs(one.down) - other.right - Math.abs(other.down) || one.right - other.right);
  return steps.map(({ right, down }) => ({ x: x + right * STEP, y: y + down * STEP }));
}

/**
 * @param {Point} middle
 * @param {{ width: number, height: number }} size
 */
function around({ x, y }, { width, height }) {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/**
 * @param {Rect} place
 * @param {Taken} taken
 */
function isFree(place, { within, shapes, flows }) {
  if (within && !holds(within, place)) return false;
  if (shapes.some((shape) => overlap(wider(shape, FROM_SHAPES), place))) return false;
  const kept = wider(place, FROM_FLOWS);
  return !flows.some((points) => points.some((point, index) => index > 0 && crosses(points[index - 1] ?? point, point, kept)));
}

/**
 * Whether a flow comes there over nothing else: to the right, up or down half way, and to the right again.
 * @param {Rect} place
 * @param {Taken} taken
 */
function isOpen(place, { source, shapes }) {
  if (!source) return true;
  const [from, to] = [{ x: source.x + source.width, y: source.y + source.height / 2 }, { x: place.x, y: place.y + place.height / 2 }];
  const half = (from.x + to.x) / 2;
  const flow = [from, { x: half, y: from.y }, { x: half, y: to.y }, to];
  return !shapes.some((shape) => shape !== source && flow.some((point, index) => index > 0 && crosses(flow[index - 1] ?? point, point, wider(shape, FROM_FLOW))));
}

/**
 * @param {Rect} lane
 * @param {Rect} place
 */
function holds(lane, place) {
  const inLine = place.y >= lane.y + FROM_BORDER && place.y + place.height <= lane.y + lane.height - FROM_BORDER;
  return inLine && place.x >= lane.x + FROM_BORDER && place.x <= lane.x + lane.width + FARTHEST;
}

/**
 * @param {Rect} rect
 * @param {number} by
 */
function wider({ x, y, width, height }, by) {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/**
 * @param {Rect} one
 * @param {Rect} other
 */
function overlap(one, other) {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

/**
 * Whether a line between two points passes through a rectangle: what of it lies between left and right, and between top and bottom, at once.
 * @param {Point} from
 * @param {Point} to
 * @param {Rect} rect
 */
function crosses(from, to, { x, y, width, height }) {
  const across = stretch(from.x, to.x, x, x + width);
  const down = stretch(from.y, to.y, y, y + height);
  return Math.max(across.first, down.first, 0) < Math.min(across.last, down.last, 1);
}

/**
 * The part of a way from one number to another, 0 to 1, that lies between two limits.
 * @param {number} from
 * @param {number} to
 * @param {number} low
 * @param {number} high
 */
function stretch(from, to, low, high) {
  if (from === to) return from > low && from < high ? { first: -Infinity, last: Infinity } : { first: Infinity, last: -Infinity };
  const ends = [(low - from) / (to - from), (high - from) / (to - from)];
  return { first: Math.min(...ends), last: Math.max(...ends) };
}
