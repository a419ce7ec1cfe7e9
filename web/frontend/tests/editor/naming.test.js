/* Ids of a diagram, of its elements and of the pictures of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { claim, nameOfFlow, renamed, words, wrongId } from "../../src/editor/diagram/naming.js";
import { named } from "../../src/editor/diagram/pictures.js";

/** @import { Business } from "../../types/drawing" */

/**
 * @param {string} $type
 * @param {string} id
 * @param {Partial<Business>} more
 * @returns {Business}
 */
function business($type, id, more = {}) {
  const properties = Object.keys(more).map((name) => ({ name, isReference: name.endsWith("Ref") }));
  return { $type, id, $attrs: {}, $descriptor: { ns: { uri: "" }, properties }, get: (part) => Reflect.get(more, part), ...more };
}

/** @param {string[]} taken */
function ids(...taken) {
  /** @type {Map<string, Business>} */
  const owners = new Map(taken.map((id) => [id, business("bpmn:Task", id)]));
  return { assigned: (/** @type {string} */ id) => owners.get(id), claim: (/** @type {string} */ id, /** @type {Business} */ owner) => void owners.set(id, owner) };
}

test("an id is made of the words of its type", () => {
  assert.deepEqual(["bpmn:UserTask", "bpmn:SequenceFlow", "bpmn:ErrorEventDefinition", "bpmn:Lane"].map(words), ["user_task", "flow", "error", "lane"]);
});

test("a new element has the first number that is free in the diagram and among the ids", () => {
  const made = business("bpmn:UserTask", "");
  claim(ids("user_task_1"), new Set(["user_task_2"]), made, "user_task");
  assert.equal(made.id, "user_task_3");
});

test("a flow is called after what it joins, unless it has a name or that one is taken", () => {
  const ends = { sourceRef: business("bpmn:UserTask", "ask"), targetRef: business("bpmn:EndEvent", "end") };
  const flow = business("bpmn:SequenceFlow", "flow_3", ends);
  assert.equal(nameOfFlow(flow, ids()), "flow_ask_end");
  assert.equal(nameOfFlow(flow, ids("flow_ask_end")), undefined);
  assert.equal(nameOfFlow(business("bpmn:SequenceFlow", "flow_yes", ends), ids()), undefined);
  assert.equal(nameOfFlow(business("bpmn:Association", "flow_3", ends), ids()), undefined);
});

test("an id that cannot be read, is reserved or taken says why", () => {
  const task = business("bpmn:UserTask", "ask");
  const why = (/** @type {string} */ id) => wrongId(id, task, { ids: ids("pay") });
  assert.deepEqual(["ask_2", "2ask", "问", "Root", "ask_label", "ask_plane", "pay"].map(why), ["", "id_bad", "id_bad", "id_reserved", "id_reserved", "id_reserved", "id_taken"]);
});

test("an element may keep its own id", () => {
  const own = business("bpmn:UserTask", "ask");
  assert.equal(wrongId("ask", own, { ids: { assigned: () => own } }), "");
});

test("a list goes on naming a task that is called otherwise, and no part of another's name", () => {
  assert.equal(renamed("ask,pay , ask_2", "ask", "question"), "question, pay, ask_2");
  assert.equal(renamed("asked,pay", "ask", "question"), "asked,pay");
});

test("a picture is called after what it shows; one of nothing, or a second of the same, is left out", () => {
  const [ask, pay] = [business("bpmn:UserTask", "ask"), business("bpmn:UserTask", "pay_di")];
  const planeElement = [{ id: "x", bpmnElement: ask }, { id: "y", bpmnElement: pay }, { id: "z", bpmnElement: ask }, { id: "w" }];
  const definitions = business("bpmn:Definitions", "definitions", { rootElements: [ask, pay, business("bpmn:Error", "ask_di")] });
  const diagram = { id: undefined, plane: { id: "plane", planeElement } };
  definitions.diagrams = [diagram];
  named(definitions);
  assert.deepEqual(diagram.plane.planeElement.map(({ id }) => id), ["ask_di_2", "pay_di_di"]);
  assert.deepEqual([diagram.id, diagram.plane.id], ["diagram", "plane"]);
});
