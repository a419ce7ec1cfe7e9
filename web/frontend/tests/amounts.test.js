/* Amounts as people write them. That the server reads the same is tests/properties/test_amounts.py's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fenOf, yuan } from "../src/amounts.js";

test("an amount is whole fen, however it is written", () => {
  assert.deepEqual(["58", "58.0", "￥58.00", "５８元", "1,234.50", "-0.29"].map(fenOf), [5800n, 5800n, 5800n, 5800n, 123450n, -29n]);
});

test("what can be read in two ways, or in none, is no amount", () => {
  assert.deepEqual(["0,29", "58,00", "1.234,50", "0.001", "", "五元", "1e3"].map(fenOf), Array(7).fill(null));
});

test("fen are written with two decimals and a comma at every thousand", () => {
  assert.deepEqual([0n, 5n, -5n, 100000n, 123456789n].map(yuan), ["0.00", "0.05", "-0.05", "1,000.00", "1,234,567.89"]);
});
