/* Where badges, labels and views stand on a drawing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { beside } from "../src/beside.js";
import { isAbove } from "../src/labels.js";
import { candidates } from "../src/badges.js";
import { freest } from "../src/placing.js";
import { still } from "../src/zooming.js";

/** @import { Business, Drawn, Rect } from "../types/drawing" */

/**
 * @param {string} id
 * @param {Rect} place
 * @param {Partial<Drawn>} more
 * @returns {Drawn}
 */
function drawn(id, place, more = {}) {
  /** @type {Business} */
  const businessObject = { $type: "bpmn:UserTask", $attrs: {}, $descriptor: { ns: { uri: "" } }, get: () => undefined, id };
  return { id, type: "bpmn:UserTask", businessObject, ...place, ...more };
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
const at = (x, y, width = 100, height = 80) => ({ x, y, width, height });
/** @param {Drawn[]} shapes */
const registry = (...shapes) => ({ filter: (/** @type {(element: Drawn) => unknown} */ wanted) => shapes.filter(wanted) });

test("a badge stands on top of a shape", () => {
  assert.deepEqual(beside(at(10, 10)), { left: 0, top: 0, side: "above" });
});

test("a badge of an event on a border stands outside, on the side where the event is", () => {
  const host = at(0, 0);
  const corners = [at(-18, -18, 36, 36), at(82, -18, 36, 36), at(-18, 62, 36, 36), at(82, 62, 36, 36)];
  assert.deepEqual(corners.map((place) => beside({ ...place, host }).side), ["above-left", "above-right", "below-left", "below-right"]);
});

test("a badge of a flow stands at the middle of its longest line", () => {
  const waypoints = [{ x: 0, y: 0 }, { x: 20, y: 0 }, { x: 20, y: 100 }, { x: 60, y: 100 }];
  assert.deepEqual(beside({ ...at(0, 0), waypoints }), { left: 20, top: 50, side: "right" });
});

test("a label above what it names is told from one below", () => {
  assert.deepEqual([isAbove(at(0, 0, 60, 14), at(0, 20)), isAbove(at(0, 110, 60, 14), at(0, 20))], [true, false]);
});

test("a label is above a flow only over a level line of it, and near", () => {
  const flow = { ...at(0, 0), waypoints: [{ x: 0, y: 50 }, { x: 100, y: 50 }, { x: 100, y: 200 }] };
  assert.deepEqual([at(30, 30, 40, 14), at(30, 0, 40, 14), at(130, 90, 40, 14)].map((label) => isAbove(label, flow)), [true, false, false]);
});

test("zooming keeps the chosen element where it is, while it is in view", () => {
  const canvas = { viewbox: () => ({ ...at(0, 0, 1000, 500), scale: 2, inner: at(0, 0), outer: { width: 2000, height: 1000 } }) };
  const [near, far, out] = [drawn("near", at(450, 210)), drawn("far", at(100, 100)), drawn("out", at(5000, 100))];
  assert.deepEqual(still(canvas, registry(near, far, out), [far]), { x: 300, y: 280 });
  assert.deepEqual(still(canvas, registry(near, far, out), [out]), { x: 1000, y: 500 });
});

test("zooming over nothing drawn is left to the library", () => {
  const canvas = { viewbox: () => ({ ...at(0, 0, 1000, 500), scale: 1, inner: at(0, 0), outer: { width: 1000, height: 500 } }) };
  const lane = drawn("lane", at(0, 0, 900, 400));
  lane.businessObject.$type = "bpmn:Lane";
  const flow = drawn("flow", at(0, 0), { waypoints: [] });
  assert.equal(still(canvas, registry(lane, flow)), "auto");
});

test("a limit stands where it covers nothing, before where it covers a line, a shape or another limit", () => {
  const parent = drawn("process", at(0, 0, 2000, 1000));
  const task = drawn("task", at(100, 100), { parent });
  const alone = freest(task, candidates(task, 40), registry(task), []);
  assert.deepEqual(alone, { x: 156, y: 172, width: 40, height: 16 });
  const line = drawn("flow", at(0, 0), { parent, waypoints: [{ x: 170, y: 180 }, { x: 170, y: 300 }] });
  assert.deepEqual(freest(task, candidates(task, 40), registry(task, line), []).x, 104);
  assert.notDeepEqual(freest(task, candidates(task, 40), registry(task), [alone]), alone);
});

test("what holds the step is not covered by its limit", () => {
  const outer = drawn("outer", at(0, 0, 600, 400));
  const task = drawn("task", at(100, 100), { parent: outer });
  assert.deepEqual(freest(task, candidates(task, 40), registry(task, outer), []), freest(task, candidates(task, 40), registry(task), []));
});
