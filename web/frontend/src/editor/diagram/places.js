/* Where an appended element is put: where bpmn-js would put it, or below that until it lies over nothing else. */
import { getNewShapePosition } from "bpmn-js/lib/features/auto-place/BpmnAutoPlaceUtil";
import { is } from "bpmn-js/lib/util/ModelUtil";

/** @import { Drawn, EventBus, Point, Registry } from "../../../types/drawing" */

/** bpmn-js asks for elements of its own, of which ours are a part. */
const usualPlace = /** @type {(source: Drawn, shape: Drawn, registry: Registry) => Point} */ (/** @type {unknown} */ (getNewShapePosition));
const BEFORE_BPMN_JS = 3_000;
const GRID = 10;
const STEP = 30;
const MOST_STEPS = 60;
const MARGIN = 12;

export class FreePlaces {
  static $inject = ["eventBus", "elementRegistry"];

  /**
   * @param {EventBus} eventBus
   * @param {Registry} elementRegistry
   */
  constructor(eventBus, elementRegistry) {
    this.registry = elementRegistry;
    eventBus.on("autoPlace", BEFORE_BPMN_JS, ({ source, shape }) => this.place(source, shape));
  }

  /**
   * The middle of the place; nothing for what is no step, gateway or event.
   * @param {Drawn} source
   * @param {Drawn} shape
   */
  place(source, shape) {
    if (!is(shape, "bpmn:FlowNode")) return undefined;
    const wanted = usualPlace(source, shape, this.registry);
    const [x, y] = [onGrid(wanted.x), onGrid(wanted.y)];
    const others = this.registry.filter((one) => one !== shape && one !== source && (is(one, "bpmn:FlowNode") || one.labelTarget) && !one.waypoints && !contains(one, source));
    const steps = [...Array(MOST_STEPS).keys()].map((count) => y + count * STEP);
    return { x, y: steps.find((middle) => !others.some((one) => overlap(one, shape, { x, y: middle }))) ?? y };
  }
}

/** @param {number} coordinate */
function onGrid(coordinate) {
  return Math.round(coordinate / GRID) * GRID;
}

/**
 * Whether an expanded sub-process holds the element, at whatever depth.
 * @param {Drawn} one
 * @param {Drawn} element
 */
function contains(one, element) {
  for (let outer = element.parent; outer; outer = outer.parent) if (outer === one) return true;
  return false;
}

/**
 * Whether a shape put with its middle at a point would lie over another, or too near to it.
 * @param {Drawn} one
 * @param {Drawn} shape
 * @param {Point} middle
 */
function overlap(one, { width, height }, { x, y }) {
  return Math.abs(one.x + one.width / 2 - x) < (one.width + width) / 2 + MARGIN && Math.abs(one.y + one.height / 2 - y) < (one.height + height) / 2 + MARGIN;
}
