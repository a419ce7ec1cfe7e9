/* Forms of called processes are called by the steps that have them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stepElsewhere } from "../../src/editor/diagram/elsewhere.js";
import { speak } from "../page.js";

/** @type {Record<string, string>} */
const FILES = {
  "TS-001.bpmn": '<bpmn:userTask id="own" name="自己的"><p value="ours" /></bpmn:userTask>',
  "SUB-001.bpmn": '<bpmn:userTask id="first" name="先" /><bpmn:userTask id="decide" name="核定"><p name="form" value="sub001_decision" /></bpmn:userTask>',
  "translations/SUB-001.en.yaml": 'decide: "Decide"',
};
const DRAFT = { key: "TS-001", names: Object.keys(FILES), text: (/** @type {string} */ name) => FILES[name] ?? null };

test("a form of a called process is called by its step, in the language of the page", () => {
  speak("zh");
  assert.equal(stepElsewhere(DRAFT, "sub001_decision"), "SUB-001 核定");
  speak("en");
  assert.equal(stepElsewhere(DRAFT, "sub001_decision"), "SUB-001 Decide");
});

test("a form that no called process has is called by nothing", () => {
  assert.equal(stepElsewhere(DRAFT, "ours"), "");
});
