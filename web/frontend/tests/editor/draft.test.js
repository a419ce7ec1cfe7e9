/* The draft being edited: what is unsaved, what is saved, and that nothing typed is lost between the two. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Draft } from "../../src/editor/draft.js";
import { recall } from "../../src/editor/recovery.js";
import { serve, speak, store } from "../page.js";

/** @import { Asked, Storage } from "../page.js" */

const SAVED = { revision: 4, base_version: 2, saved_at: "2026-11-29T08:00:00Z", saved_by: "Olu", problems: [] };
const FOUND = { ...SAVED, revision: 3, files: { "a.bpmn": "<a/>", "b.form": "{}" } };
/** @type {Storage} */
let storage;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(console, "error", () => {});
  speak("en");
  storage = store();
});

/** @param {(asked: Asked) => { status?: number, body: object } | null} answer */
async function opened(answer = () => ({ body: SAVED })) {
  const asked = serve((question) => (question.method === "GET" ? { body: FOUND } : answer(question)));
  const draft = new Draft("TS-002", { draft: "/draft", check: "/draft/check" });
  await draft.load();
  return { draft, asked };
}

test("a change is unsaved, in this browser too, until the server has it", async () => {
  const { draft, asked } = await opened();
  draft.change("a.bpmn", "<b/>");
  assert.deepEqual([draft.state, draft.isUnsaved, recall("TS-002").map(({ files }) => files)], ["unsaved", true, [{ "a.bpmn": "<b/>" }]]);
  await draft.save();
  assert.deepEqual([draft.state, draft.isUnsaved, draft.text("a.bpmn"), recall("TS-002")], ["saved", false, "<b/>", []]);
  assert.deepEqual(asked.at(-1)?.content, { revision: 3, base_version: 2, files: { "a.bpmn": "<b/>" }, instead: [], withdraw: false });
  assert.equal(draft.revision, 4);
});

test("a change that is taken back is none, and nothing is sent", async () => {
  const { draft, asked } = await opened();
  draft.change("a.bpmn", "<b/>");
  draft.change("a.bpmn", "<a/>");
  await draft.save();
  assert.deepEqual([draft.state, asked.length], ["saved", 1]);
});

test("a file that is taken out is gone from the list, and from the draft once it is saved", async () => {
  const { draft } = await opened();
  draft.change("b.form", null);
  assert.deepEqual([draft.names, draft.text("b.form")], [["a.bpmn"], null]);
  await draft.save();
  assert.deepEqual([draft.names, draft.isUnsaved], [["a.bpmn"], false]);
});

test("what is typed while saving is saved afterwards", async () => {
  const { draft, asked } = await opened();
  draft.change("a.bpmn", "<b/>");
  const saving = draft.save();
  await Promise.resolve();
  draft.change("a.bpmn", "<c/>");
  await saving;
  assert.deepEqual([draft.state, draft.text("a.bpmn")], ["unsaved", "<c/>"]);
  await draft.save();
  assert.deepEqual([draft.state, asked.at(-1)?.content.revision], ["saved", 4]);
});

test("what is undone while saving is saved afterwards", async () => {
  const { draft, asked } = await opened();
  draft.change("a.bpmn", "<b/>");
  const saving = draft.save();
  await Promise.resolve();
  draft.change("a.bpmn", "<a/>");
  await saving;
  assert.deepEqual([draft.state, draft.text("a.bpmn"), recall("TS-002").map(({ files }) => files)], ["unsaved", "<a/>", [{ "a.bpmn": "<a/>" }]]);
  await draft.save();
  assert.deepEqual([draft.state, draft.isUnsaved, asked.at(-1)?.content.files], ["saved", false, { "a.bpmn": "<a/>" }]);
});

test("without the server everything stays, and is tried again", async () => {
  let reachable = false;
  const { draft, asked } = await opened(() => (reachable ? { body: SAVED } : null));
  draft.change("a.bpmn", "<b/>");
  await draft.save();
  assert.deepEqual([draft.state, draft.isUnsaved], ["offline", true]);
  reachable = true;
  mock.timers.tick(15_000);
  await new Promise((done) => setImmediate(done));
  assert.deepEqual([draft.state, asked.at(-1)?.method], ["saved", "PUT"]);
});

test("over what somebody else saved nothing is written before it is decided, and their side can be had back", async () => {
  const theirs = { ...FOUND, revision: 9, files: { "a.bpmn": "<theirs/>", "b.form": "{}" } };
  let isTaken = false;
  const asked = serve(({ method, address }) => {
    if (address.endsWith("/overlap")) return { body: { changes: [{ file: "a.bpmn", text: "A step went." }, { file: "b.form", text: "Another." }] } };
    if (method === "GET") return { body: isTaken ? theirs : FOUND };
    return isTaken ? { status: 409, body: { code: "StaleDraft", saved_by: "Sam" } } : { body: SAVED };
  });
  const draft = new Draft("TS-002", { draft: "/draft", check: "/draft/check" });
  await draft.load();
  draft.change("a.bpmn", "<mine/>");
  isTaken = true;
  await draft.save();
  await new Promise((done) => setImmediate(done));
  assert.deepEqual([draft.state, draft.overlap], ["conflict", { files: ["a.bpmn"], changes: ["A step went."] }]);
  await draft.save();
  assert.equal(asked.filter(({ method }) => method === "PUT").length, 1);
  isTaken = false;
  draft.setAside(theirs);
  assert.deepEqual(draft.recoverable().map(({ by, files }) => [by, files]), [["Olu", { "a.bpmn": "<theirs/>" }]]);
  assert.deepEqual(draft.instead, ["a.bpmn"]);
});

test("taking theirs leaves mine in this browser, to be put back", async () => {
  const { draft } = await opened();
  draft.change("a.bpmn", "<mine/>");
  await draft.resolve("theirs");
  assert.deepEqual([draft.text("a.bpmn"), draft.state], ["<a/>", "saved"]);
  draft.recoverable().forEach((left) => draft.recover(left));
  assert.deepEqual([draft.text("a.bpmn"), draft.recoverable()], ["<mine/>", []]);
});

test("a submission is not taken back by going on typing", async () => {
  const { draft, asked } = await opened(({ content }) => (content.withdraw ? { body: SAVED } : { status: 409, body: { code: "SubmittedDraft" } }));
  draft.change("a.bpmn", "<b/>");
  await draft.save();
  await draft.save();
  assert.deepEqual([draft.state, asked.filter(({ method }) => method === "PUT").length], ["submitted", 1]);
  await draft.save({ withdraw: true });
  assert.equal(draft.state, "saved");
});

test("a browser without room says so, and what is in it is not thrown away for what is not", async () => {
  const { draft } = await opened();
  storage.room = 10;
  draft.change("a.bpmn", "<b/>");
  assert.equal(draft.kept, false);
  storage.room = Infinity;
  draft.change("a.bpmn", "<c/>");
  assert.equal(draft.kept, true);
});

test("a box that holds what cannot be kept is unsaved too", async () => {
  const { draft } = await opened();
  draft.refuse({ label: "Id", text: "2x", why: "no" });
  assert.equal(draft.isUnsaved, true);
  draft.refuse(null);
  assert.equal(draft.isUnsaved, false);
});

test("an editor that cannot hand over what it holds keeps the draft from being sent", async () => {
  const { draft, asked } = await opened();
  draft.change("a.bpmn", "<b/>");
  draft.beforeSave(() => Promise.reject(new Error("broken")), () => true);
  await draft.save();
  assert.deepEqual([draft.state, draft.refusal.title, asked.length], ["refused", "broken", 1]);
});

test("what the server drew or renamed is a change like any other, and is told", async () => {
  serve(() => ({ body: { ...FOUND, mended: { "a.bpmn": "<drawn/>" }, mendings: ["Drawn."] } }));
  const draft = new Draft("TS-002", { draft: "/draft", check: "/draft/check" });
  await draft.load();
  assert.deepEqual([draft.state, draft.text("a.bpmn"), draft.mendings], ["unsaved", "<drawn/>", ["Drawn."]]);
});

test("what was found before is no verdict on what has changed since", async () => {
  const problems = [{ rule: "no_default_flow", text: "No default flow." }];
  let later = problems;
  const { draft } = await opened(({ method }) => (method === "POST" ? { body: { problems: later } } : { body: SAVED }));
  assert.equal(draft.verdict, "known");
  draft.change("a.bpmn", "<b/>");
  assert.equal(draft.verdict, "checking");
  await draft.check();
  assert.deepEqual([draft.verdict, draft.problems], ["known", problems]);
  const check = draft.check();
  draft.change("a.bpmn", "<c/>");
  await check;
  assert.equal(draft.verdict, "checking");
  later = [];
  await draft.save();
  assert.deepEqual([draft.verdict, draft.problems], ["known", []]);
  let waits = true;
  draft.beforeSave(() => {}, () => waits);
  assert.equal(draft.verdict, "checking");
  waits = false;
  assert.equal(draft.verdict, "known");
});

test("a check that nobody answers leaves no verdict", async () => {
  const { draft } = await opened(() => null);
  draft.change("a.bpmn", "<b/>");
  await draft.check();
  assert.equal(draft.verdict, "unknown");
});
