/* The events of a replay. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { marking, nearest } from "../../src/replay/events.js";

/** @import { Move } from "../../src/replay/events.js" */

/** @type {{ moves: Move[] }[]} */
const EVENTS = [
  { moves: [["active", "0", "start", 1]] },
  { moves: [["active", "0", "start", -1], ["done", "0", "start", 1], ["flows", "0", "f1", 1], ["active", "0", "task", 1]] },
  { moves: [["active", "0", "task", 1], ["active", "7", "inner", 1]] },
  { moves: [["active", "0", "task", -1]] },
];

test("what stands is what was added and not taken away, by the process it is in", () => {
  assert.deepEqual(marking(EVENTS, 0), { 0: { active: { start: 1 }, done: {}, flows: {} } });
  assert.deepEqual(marking(EVENTS, 2), { 0: { active: { task: 2 }, done: { start: 1 }, flows: { f1: 1 } }, 7: { active: { inner: 1 }, done: {}, flows: {} } });
  assert.deepEqual(marking(EVENTS, 3)[0]?.active, { task: 1 });
});

test("before the first event nothing stands", () => {
  assert.deepEqual(marking(EVENTS, -1), {});
});

test("the slider stands at the nearest event, of two at the earlier", () => {
  const places = [0, 10, 30].map((position) => ({ position }));
  assert.deepEqual([-5, 4, 5, 6, 20, 99].map((value) => nearest(places, value)), [0, 0, 0, 1, 1, 2]);
});
