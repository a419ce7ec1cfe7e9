/* Ids that are given on the drawing, and what is named after them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import "../bpmn-io.js";

const { FlowNames, LabelNames, NamedTasks, ReadableFactory } = await import("../../src/editor/diagram/ids.js");

/**
 * A service of bpmn-js, of which only what is asked for is there.
 * @param {unknown} service
 */
const only = (service) => /** @type {never} */ (service);

/** What listens is kept, and hears what is told. */
function bus() {
  /** @type {Map<string, (event: unknown) => void>} */
  const listeners = new Map();
  const on = (/** @type {string} */ name, /** @type {(event: unknown) => void} */ listener) => void listeners.set(name, listener);
  return { on, tell: (/** @type {string} */ name, /** @type {unknown} */ event) => listeners.get(name)?.(event) };
}

/** @param {string[]} taken */
function moddle(...taken) {
  const owners = new Map(taken.map((id) => [id, {}]));
  return { ids: { assigned: (/** @type {string} */ id) => owners.get(id), claim: (/** @type {string} */ id, /** @type {object} */ owner) => void owners.set(id, owner) } };
}

/** @param {string} $type */
const business = ($type) => ({ $type, id: "", $instanceOf: (/** @type {string} */ type) => [$type, "bpmn:FlowElement"].includes(type) });

test("what is new has an id of the words of its type that nobody has, and keeps one that it has", () => {
  const factory = new ReadableFactory(only(moddle("user_task_1")), only({ getDefinitions: () => null }));
  const [made, kept] = [business("bpmn:UserTask"), { ...business("bpmn:UserTask"), id: "ask" }];
  factory._ensureId(only(made));
  factory._ensureId(only(kept));
  assert.deepEqual([made.id, kept.id], ["user_task_2", "ask"]);
});

test("a new flow is called after what it joins", () => {
  const events = bus();
  /** @type {unknown[]} */
  const updates = [];
  new FlowNames(only(events), only({ updateProperties: (/** @type {unknown} */ _flow, /** @type {unknown} */ change) => updates.push(change) }), only(moddle()));
  const businessObject = { $type: "bpmn:SequenceFlow", id: "flow_1", sourceRef: { id: "ask" }, targetRef: { id: "end" } };
  const create = (/** @type {string} */ id) => events.tell("commandStack.connection.create.postExecuted", { context: { connection: { businessObject: { ...businessObject, id } } } });
  create("flow_1");
  create("flow_yes");
  assert.deepEqual(updates, [{ id: "flow_ask_end" }]);
});

test("a label goes by the name of what it belongs to, on the canvas or not yet", () => {
  const [events, label, absent] = [bus(), { id: "ask_label" }, { id: "pay_label" }];
  /** @type {[object, string][]} */
  const updates = [];
  const registry = { get: (/** @type {string} */ id) => (id === label.id ? label : undefined), updateId: (/** @type {object} */ shape, /** @type {string} */ id) => updates.push([shape, id]) };
  new LabelNames(only(events), only(registry));
  events.tell("element.updateId", { element: { label }, newId: "look" });
  events.tell("element.updateId", { element: { label: absent }, newId: "refund" });
  assert.deepEqual([updates, absent.id], [[[label, "look_label"]], "refund_label"]);
});

test("a task that may not be done by whoever did another names that one by its new id", () => {
  const events = bus();
  const task = (/** @type {string} */ value) => ({ $type: "bpmn:UserTask", extensionElements: { values: [{ $type: "spiffworkflow:Properties", properties: [{ name: "notBy", value }] }] } });
  const [barred, other] = [task("ask, check"), task("pay")];
  /** @type {unknown[]} */
  const set = [];
  const registry = { filter: () => [barred, other] };
  new NamedTasks(only(events), only(registry), only({ setProperty: (/** @type {unknown} */ element, /** @type {string} */ name, /** @type {string} */ ids) => set.push([element, name, ids]) }));
  const rename = (/** @type {string} */ after) => events.tell("commandStack.element.updateProperties.postExecuted", { context: { oldProperties: { id: "ask" }, properties: { id: after } } });
  rename("ask");
  rename("hear");
  assert.deepEqual(set, [[barred, "notBy", "hear, check"]]);
});
