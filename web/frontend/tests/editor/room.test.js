/* Where an appended element lies free: in the lane of its predecessor, over no shape and no flow. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { freeMiddle } from "../../src/editor/diagram/room.js";

const LANE = { x: 0, y: 0, width: 1_000, height: 200 };
const TASK = { width: 100, height: 80 };
const NOTHING = { within: LANE, shapes: [], flows: [] };

test("where nothing is in the way it stays where it is wanted", () => {
  assert.deepEqual(freeMiddle({ x: 300, y: 100 }, TASK, NOTHING), { x: 300, y: 100 });
});

test("it does not lie across the border of a lane", () => {
  const middle = freeMiddle({ x: 300, y: 190 }, TASK, NOTHING);
  assert.ok(middle && middle.y + TASK.height / 2 <= LANE.height && middle.y - TASK.height / 2 >= 0, JSON.stringify(middle));
});

test("it lies over no shape and in no flow's way, slanting ones included", () => {
  const shapes = [{ x: 250, y: 60, width: 100, height: 80 }];
  const flows = [[{ x: 460, y: 0 }, { x: 460, y: 200 }], [{ x: 500, y: 0 }, { x: 640, y: 200 }]];
  const middle = freeMiddle({ x: 300, y: 100 }, TASK, { within: LANE, shapes, flows });
  assert.ok(middle && middle.x - TASK.width / 2 > 640 - 70, JSON.stringify(middle));
});

test("a full lane grows to the right, and where there is no room at all none is found", () => {
  const full = [{ x: 0, y: 0, width: 1_000, height: 200 }];
  const middle = freeMiddle({ x: 900, y: 100 }, TASK, { within: LANE, shapes: full, flows: [] });
  assert.ok(middle && middle.x - TASK.width / 2 >= 1_000, JSON.stringify(middle));
  assert.equal(freeMiddle({ x: 300, y: 100 }, { width: 100, height: 400 }, NOTHING), null);
});

test("between it and what it follows lies nothing, as long as there is such a place", () => {
  const [source, other] = [{ x: 0, y: 60, width: 100, height: 80 }, { x: 200, y: 20, width: 100, height: 160 }];
  const taken = { within: { ...LANE, height: 400 }, shapes: [source, other], flows: [], source };
  assert.deepEqual(freeMiddle({ x: 250, y: 100 }, TASK, taken), { x: 250, y: 250 });
  assert.deepEqual(freeMiddle({ x: 250, y: 100 }, TASK, { ...taken, within: LANE }), { x: 370, y: 100 });
});
