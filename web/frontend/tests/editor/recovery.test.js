/* What visits leave in this browser. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { forget, keep, newVisit, recall } from "../../src/editor/recovery.js";
import { store } from "../page.js";

/** @type {import("../page.js").Storage} */
let storage;
beforeEach(() => (storage = store()));

/**
 * @param {string} at
 * @param {string} text
 */
const left = (at, text = "x") => ({ files: { "a.bpmn": text }, revision: 1, at });

test("every visit has its own, and the latest is offered first", () => {
  keep("TS-002", "one", left("2026-11-29T08:00:00Z"));
  keep("TS-002", "two", left("2026-11-29T09:00:00Z"));
  keep("TS-0021", "other", left("2026-11-29T10:00:00Z"));
  assert.deepEqual(recall("TS-002").map(({ visit }) => visit), ["two", "one"]);
});

test("a visit that went on meanwhile is not forgotten for what it had before", () => {
  keep("TS-002", "one", left("2026-11-29T09:00:00Z"));
  forget("TS-002", "one", "2026-11-29T08:00:00Z");
  assert.equal(recall("TS-002").length, 1);
  forget("TS-002", "one", "2026-11-29T09:00:00Z");
  assert.equal(recall("TS-002").length, 0);
});

test("what earlier versions of the page left is offered too, what cannot be read is not", () => {
  storage.setItem("desk-draft:TS-002", JSON.stringify(left("2026-11-28T09:00:00Z")));
  const others = { broken: "{", word: '"x"', nothing: "null", empty: '{"files": {}}' };
  for (const [name, text] of Object.entries(others)) storage.setItem(`desk-draft:TS-002:${name}`, text);
  assert.deepEqual(recall("TS-002").map(({ visit }) => visit), [""]);
});

test("a browser without room says so", () => {
  storage.room = 5;
  assert.equal(keep("TS-002", "one", left("2026-11-29T09:00:00Z")), false);
});

test("two visits never have one name", () => {
  assert.equal(new Set(Array.from({ length: 50 }, newVisit)).size, 50);
});
