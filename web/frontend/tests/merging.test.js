/* Fields that come and go with a choice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { merged } from "../src/merging.js";

/** @typedef {{ key: string, offers: string, typed: string }} Field */

/**
 * @param {string} key
 * @param {string} typed
 * @param {string} offers
 */
const named = (key, typed = "", offers = "text") => ({ key, field: { key, offers, typed } });
const offers = (/** @type {Field} */ field) => field.offers;
const typed = (/** @type {{ placed: Field[] }} */ { placed }) => placed.map((field) => `${field.key}=${field.typed}`);

test("a field that is wanted and there stays as it was typed, and new ones stand where they belong", () => {
  const change = merged([named("why", "late"), named("how", "post")], [named("who"), named("why"), named("how")], new Map(), offers);
  assert.deepEqual([typed(change), change.gone], [["who=", "why=late", "how=post"], []]);
});

test("a field that goes is put aside, and comes back with what was typed in it", () => {
  const aside = new Map();
  const away = merged([named("why", "late"), named("how")], [named("how")], aside, offers);
  assert.deepEqual([away.gone.map(({ key }) => key), [...aside.keys()]], [["why"], ["why"]]);
  const back = merged([named("how")], [named("why"), named("how")], aside, offers);
  assert.deepEqual([typed(back), aside.size], [["why=late", "how="], 0]);
});

test("a field that now offers something else comes empty", () => {
  const aside = new Map([["line", named("line", "A", "A or B").field]]);
  assert.deepEqual(typed(merged([], [named("line", "", "C or D")], aside, offers)), ["line="]);
  assert.equal(aside.size, 0);
});

test("a field that goes twice comes back as it went last", () => {
  const aside = new Map([["why", named("why", "old").field]]);
  merged([named("why", "new")], [], aside, offers);
  assert.deepEqual(typed(merged([], [named("why")], aside, offers)), ["why=new"]);
});

test("two parts of one key, such as two lines of separation, hold one place between them", () => {
  const change = merged([named("None", "first"), named("None", "second")], [named("None"), named("None")], new Map(), offers);
  assert.deepEqual(typed(change), ["None=second", "None=second"]);
  assert.deepEqual(change.gone, []);
});
