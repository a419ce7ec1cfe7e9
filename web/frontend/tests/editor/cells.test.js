/* Which cell of a decision table a problem is at. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf } from "../../src/editor/decisions/cells.js";

const DECISION = {
  id: "d",
  decisionLogic: {
    input: [{ id: "i1", label: "原因" }, { id: "i2", inputExpression: { text: "amount" } }],
    output: [{ id: "o1", name: "level" }],
    rule: [1, 2].map((n) => ({ inputEntry: [{ id: `r${n}a` }, { id: `r${n}b` }], outputEntry: [{ id: `r${n}c` }] })),
  },
};

test("a cell is named by the number of its rule and the heading of its column", () => {
  const places = [{ row: 1, heading: "原因" }, { row: 2, heading: "amount" }, { row: 2, heading: "level" }, { row: 2 }, { heading: "level" }];
  assert.deepEqual(places.map((place) => cellOf(DECISION, place)), ["r1a", "r2b", "r2c", "r2a", "o1"]);
});

test("where there is no such rule or column there is no cell", () => {
  assert.deepEqual([{ row: 9, heading: "level" }, { heading: "nothing" }, {}].map((place) => cellOf(DECISION, place)), ["", "", ""]);
  assert.equal(cellOf(undefined, { row: 1 }), "");
});
