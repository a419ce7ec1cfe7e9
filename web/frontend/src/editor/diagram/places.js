/* Where an appended element is put: near where bpmn-js would put it, in the lane of its predecessor and over nothing else. */
import { getNewShapePosition } from "bpmn-js/lib/features/auto-place/BpmnAutoPlaceUtil";
import { is } from "bpmn-js/lib/util/ModelUtil";
import { freeMiddle } from "./room.js";

/** @import { Drawn, EventBus, Point, Registry } from "../../../types/drawing" */

/** bpmn-js asks for elements of its own, of which ours are a part. */
const usualPlace = /** @type {(source: Drawn, shape: Drawn, registry: Registry) => Point} */ (/** @type {unknown} */ (getNewShapePosition));
const BEFORE_BPMN_JS = 3_000;
const GRID = 10;
const NAME = 40; // the room that a name beside a gateway or an event takes, above or below
const APART = 80; // between a step and the one after it
const FRAMES = ["bpmn:Participant", "bpmn:SubProcess"];

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
    const on = { x: onGrid(wanted.x), y: onGrid(wanted.y) };
    const beside = { x: onGrid(source.x + source.width + APART + shape.width / 2), y: onGrid(source.y + source.height / 2) };
    const named = { width: shape.width, height: shape.height + (is(shape, "bpmn:Activity") ? 0 : 2 * NAME) };
    const taken = { within: this.roomOf(source), shapes: this.shapes(source, shape), flows: this.flows(), source };
    return freeMiddle(on, named, taken) ?? freeMiddle(beside, shape, taken) ?? freeMiddle(on, shape, { ...taken, within: undefined }) ?? on;
  }

  /**
   * The innermost lane of an element; without one its sub-process or pool.
   * @param {Drawn} source
   */
  roomOf(source) {
    const middle = { x: source.x + source.width / 2, y: source.y + source.height / 2 };
    const frame = source.parent && FRAMES.some((type) => is(source.parent, type)) ? source.parent : undefined;
    const lanes = frame ? this.registry.filter((one) => is(one, "bpmn:Lane") && contains(frame, one) && lies(middle, one)) : [];
    return lanes.sort((one, other) => one.width * one.height - other.width * other.height)[0] ?? frame;
  }

  /**
   * @param {Drawn} source
   * @param {Drawn} shape
   */
  shapes(source, shape) {
    return this.registry.filter((one) => one !== shape && (is(one, "bpmn:FlowNode") || is(one, "bpmn:Artifact") || one.labelTarget) && !one.waypoints && !contains(one, source));
  }

  /** The ways of all flows. */
  flows() {
    return this.registry.filter(({ waypoints, labelTarget }) => waypoints && !labelTarget).map(({ waypoints = [] }) => waypoints);
  }
}

/** @param {number} coordinate */
function onGrid(coordinate) {
  return Math.round(coordinate / GRID) * GRID;
}

/**
 * Whether a pool or an expanded sub-process holds the element, at whatever depth.
 * @param {Drawn} one
 * @param {Drawn} element
 */
function contains(one, element) {
  for (let outer = element.parent; outer; outer = outer.parent) if (outer === one) return true;
  return false;
}

/**
 * @param {Point} point
 * @param {Drawn} shape
 */
function lies({ x, y }, shape) {
  return x >= shape.x && x <= shape.x + shape.width && y >= shape.y && y <= shape.y + shape.height;
}
