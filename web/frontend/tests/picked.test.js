/* Disputed lines that are picked, added up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addUp, divide } from "../src/picked.js";

/** @import { Row } from "../src/picked.js" */

/**
 * @param {(bigint | null)[]} amounts
 * @param {{ holder?: string, cell?: string, left?: string }} more
 * @returns {Row}
 */
const row = (amounts, { holder = "", cell = "", left = "0" } = {}) => ({
  shares: amounts.map((fen) => [holder, fen]),
  cell,
  batched: divide(BigInt(left), [[holder, 0]]),
});

test("nothing picked is nothing, and neither unread nor twice", () => {
  assert.deepEqual(addUp(new Map(), [], {}), { count: 0, total: 0n, unread: false, twice: false });
});

test("a line counts once with all that is picked of it", () => {
  assert.deepEqual(addUp(new Map(), [row([100n, 50n]), row([7n])], {}), { count: 2, total: 157n, unread: false, twice: false });
});

test("an amount that cannot be read is told, and the others still add up", () => {
  assert.deepEqual(addUp(new Map(), [row([null]), row([300n])], {}), { count: 2, total: 300n, unread: true, twice: false });
});

test("a line on the bill and its calls are the same money: no more than lies in it", () => {
  const rows = [row([1000n], { holder: "line-1" }), row([400n], { holder: "line-1" }), row([250n], { holder: "line-2" })];
  assert.deepEqual(addUp(new Map(), rows, { "line-1": "1000", "line-2": "900" }), { count: 3, total: 1250n, unread: false, twice: true });
});

test("one line alone may be more than lies in it: the server says why it is not", () => {
  assert.equal(addUp(new Map(), [row([1200n], { holder: "line-1" })], { "line-1": 1000 }).total, 1200n);
});

test("what lies in nothing is never taken for the same money", () => {
  assert.deepEqual(addUp(new Map(), [row([600n]), row([600n])], { "": "100" }), { count: 2, total: 1200n, unread: false, twice: false });
});

test("a line of a batch that is picked as a whole takes its place in it", () => {
  const cells = new Map([["web:11-03", /** @type {import("../src/picked.js").Cell} */ ([5, [["line-1", 5000]]])]]);
  const one = row([200n], { holder: "line-1", cell: "web:11-03", left: "1000" });
  assert.deepEqual(addUp(cells, [one], { "line-1": "9000" }), { count: 5, total: 4200n, unread: false, twice: false });
});

test("a line of which the batch counts nothing comes on top of it", () => {
  const cells = new Map([["web:11-03", /** @type {import("../src/picked.js").Cell} */ ([5, [["", 5000]]])]]);
  assert.deepEqual(addUp(cells, [row([200n], { cell: "web:11-03", left: "0" })], {}), { count: 6, total: 5200n, unread: false, twice: false });
});

test("a call lies in two items: roaming is the rest, and the bound of one is none of the other", () => {
  assert.deepEqual(divide(610n, [["call", 80], ["roaming", 530]]), [["call", 80n], ["roaming", 530n]]);
  assert.deepEqual(divide(50n, [["call", 80], ["roaming", 530]]), [["call", 50n]]);
  const shares = /** @type {Row["shares"]} */ ([["roaming", 530n]]);
  const three = [1, 2, 3].map(() => ({ shares, cell: "", batched: [] }));
  assert.deepEqual(addUp(new Map(), three, { call: 240, roaming: 1590 }), { count: 3, total: 1590n, unread: false, twice: false });
});
