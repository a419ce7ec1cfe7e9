/* Time left and time over in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE, span, timeLeft, urgency } from "../src/remaining.js";

const HOUR = 60 * MINUTE;

test("two units at most, whole minutes, in both languages", () => {
  const lengths = [0, MINUTE - 1, 59 * MINUTE, HOUR, 25 * HOUR + 5 * MINUTE];
  assert.deepEqual(lengths.map((one) => span(one, "en")), ["0 min", "0 min", "59 min", "1 h 0 min", "1 d 1 h"]);
  assert.deepEqual(lengths.map((one) => span(one, "zh")), ["0 分", "0 分", "59 分", "1 小时 0 分", "1 天 1 小时"]);
});

test("time over is told as over", () => {
  assert.deepEqual([timeLeft(-HOUR, "zh"), timeLeft(HOUR, "zh"), timeLeft(-HOUR, "en"), timeLeft(HOUR, "en")], ["超 1 小时 0 分", "剩 1 小时 0 分", "1 h 0 min late", "1 h 0 min left"]);
});

test("at the very moment it is due nothing is late yet", () => {
  const due = 100 * HOUR;
  assert.deepEqual([due - 3 * HOUR, due - 2 * HOUR, due, due + 1].map((now) => urgency(now, due, NaN)), ["ok", "soon", "soon", "late"]);
});

test("a time of its own says when it is soon", () => {
  assert.deepEqual([8, 9, 11].map((hour) => urgency(hour * HOUR, 10 * HOUR, 9 * HOUR)), ["ok", "soon", "late"]);
});
