/* A form-js schema, and what was done to it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Past } from "../../src/editor/forms/past.js";
import { blank, condition, flat, fresh, limit, newOption, put, putCondition, putLimit, putMoney, read, typed, value, write } from "../../src/editor/forms/schema.js";

/** @returns {import("../../types/forms").Component} */
const field = (more = {}) => ({ type: "textfield", key: "why", ...more });

test("what is no schema is read as none", () => {
  assert.deepEqual(["", "{", "[]", "null", "3", '{"components": {}}'].map(read), Array(6).fill(null));
  assert.deepEqual(read(blank("ts002_x"))?.components, []);
});

test("a schema is written as it was read", () => {
  const text = write({ components: [field({ label: "为什么", unknown: { kept: true } })] });
  const schema = read(text);
  assert.equal(schema && write(schema), text);
});

test("fields stand in reading order with their depth", () => {
  const inner = field({ key: "inner" });
  const rows = flat([field({ key: "first" }), { type: "group", components: [inner] }, field({ key: "last" })]);
  assert.deepEqual(rows.map(({ component, depth }) => [component.key ?? component.type, depth]), [["first", 0], ["group", 0], ["inner", 1], ["last", 0]]);
  assert.equal(rows[2]?.siblings[0], inner);
});

test("a value that is emptied goes, and with it what held nothing else", () => {
  const component = field();
  put(component, "properties.label_en", "Why");
  put(component, "properties.unit", "fen");
  put(component, "properties.label_en", "");
  assert.deepEqual(component.properties, { unit: "fen" });
  put(component, "properties.unit", "");
  assert.equal("properties" in component, false);
});

test("a value that is not there, or is no single one, is empty", () => {
  const component = field({ values: [], validate: { required: true } });
  assert.deepEqual(["label", "properties.label_en", "values", "validate", "label.x.y", "validate.required"].map((path) => value(component, path)), ["", "", "", "", "", true]);
});

test("nought is a value", () => {
  const component = field();
  put(component, "decimalDigits", 0);
  assert.equal(value(component, "decimalDigits"), 0);
});

test("a limit is read from either place and written to ours", () => {
  const component = field({ validate: { min: 5 } });
  assert.equal(limit(component, "min"), "5");
  putLimit(component, "min", " paid - 1 ");
  assert.deepEqual([component.validate, limit(component, "min")], [undefined, "paid - 1"]);
});

test("a condition is shown without its sign and kept with it", () => {
  const component = field();
  putCondition(component, " kind = 1 ");
  assert.deepEqual([component.conditional, condition(component)], [{ hide: "=kind = 1" }, "kind = 1"]);
  putCondition(component, "  ");
  assert.equal("conditional" in component, false);
});

test("a new field has a key that no other has, at whatever depth", () => {
  const schema = { components: [field({ key: "field_1" }), { type: "group", components: [field({ key: "field_2" })] }] };
  assert.equal(fresh("number", schema).key, "field_3");
  assert.deepEqual([fresh("separator", schema), fresh("group", schema)], [{ type: "separator" }, { type: "group", components: [] }]);
});

test("a field of another type loses what that type has no place for, and nothing else", () => {
  const money = field({ type: "number", label: "Sum" });
  putMoney(money, true);
  const text = typed(money, "textfield");
  assert.deepEqual(text, { type: "textfield", key: "why", label: "Sum" });
  assert.deepEqual(typed(text, "radio").values?.map((option) => option.value), ["option_1", "option_2"]);
  assert.equal(typed(text, "datetime").subtype, "date");
});

test("a form goes back step by step and forward again, and a new step ends what was undone", () => {
  const past = new Past("a");
  past.keep("b", false);
  past.keep("c", false);
  assert.deepEqual([past.back(), past.back(), past.back(), past.again()], ["b", "a", undefined, "b"]);
  past.keep("d", false);
  assert.deepEqual([past.again(), past.back(), past.back()], [undefined, "b", "a"]);
});

test("a form says whether there is a step back or forward", () => {
  const past = new Past("a");
  const can = () => [past.can(-1), past.can(1)];
  assert.deepEqual(can(), [false, false]);
  past.keep("b", false);
  assert.deepEqual(can(), [true, false]);
  past.back();
  assert.deepEqual(can(), [false, true]);
});

test("typing without a pause is one step, and is not joined to what was done before", () => {
  const past = new Past("a");
  past.keep("ab", false);
  past.keep("abc", true);
  past.keep("abcd", true);
  assert.deepEqual([past.back(), past.back(), past.back()], ["ab", "a", undefined]);
});

test("what clerks read is asked for, and never made up", () => {
  const made = fresh("select", { components: [] });
  assert.deepEqual([made.label, made.properties, made.values], [undefined, undefined, [{ label: "", value: "option_1" }, { label: "", value: "option_2" }]]);
  assert.equal(newOption([{ value: "option_2" }]).value, "option_3");
});
