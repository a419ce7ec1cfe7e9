/* What bpmn.io's editors say in the language of the page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { translate } from "../../src/editor/translation.js";
import { speak } from "../page.js";

test("the type of a table's column has a word in both languages", () => {
  const said = (/** @type {string} */ lang) => (speak(lang), ["string", "boolean", "dateTime"].map((type) => translate(type)));
  assert.deepEqual(said("en"), ["text", "yes or no", "date and time"]);
  assert.deepEqual(said("zh"), ["文字", "是或否", "日期时间"]);
});
