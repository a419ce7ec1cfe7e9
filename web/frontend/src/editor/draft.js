/* The draft being edited: its files, what of them is not saved yet, and when it is checked and saved. It draws nothing. */
import { Refused, ask } from "./requests.js";
import * as recovery from "./recovery.js";

/** @import { Document, Files, Held, Left, Problem, Refusal, Saved } from "../../types/draft" */
/** @import { Kind } from "./requests.js" */

/** @typedef {"check" | "save"} Timed */
/** @typedef {Left & { visit: string }} Recoverable */

const PAUSE = { check: 700, save: 2_000, again: 15_000 };

export class Draft extends EventTarget {
  visit = recovery.newVisit();
  /** @type {Record<string, string>} */
  stored = {};
  /** @type {Map<string, string | null>} */
  unsaved = new Map();
  /** @type {{ act: () => unknown, waiting: () => unknown }[]} */
  flushers = [];
  /** @type {Problem[]} */
  problems = [];
  /** How many changes there were, and up to which of them the problems are known. */
  edits = 0;
  judged = 0;
  /** Whether the last check was answered. */
  answered = true;
  /** @type {"saved" | "unsaved" | "saving" | Kind} */
  state = "saved";
  /** @type {Partial<Record<Timed, ReturnType<typeof setTimeout>>>} */
  timers = {};
  /** @type {number | undefined} */
  revision;
  /** @type {number | undefined} */
  base;
  /** @type {Pick<Saved, "saved_at" | "saved_by" | "submitted_by" | "submitted_at" | "returned" | "hand">} */
  told = {};
  submitted = false;
  saving = false;
  /** Whether this browser had room for what is unsaved. */
  kept = true;
  /** @type {string[]} */
  mendings = [];
  /** @type {string[]} Names of files over which the next save goes, though another has changed them. */
  instead = [];
  /** @type {Held | null} */
  refused = null;
  /** @type {Refusal} */
  refusal = {};
  /** @type {{ files: string[], changes: string[] } | null} */
  overlap = null;

  /**
   * Events: "changed" {name}, "state", "problems", "judging", "loaded".
   * @param {string} key
   * @param {{ draft: string, check: string }} urls
   */
  constructor(key, urls) {
    super();
    this.key = key;
    this.urls = urls;
  }

  /** @returns {Promise<Document>} */
  found() {
    return ask("GET", this.urls.draft);
  }

  async load() {
    const found = await this.found();
    this.take(found);
    this.judged = this.edits;
    this.unsaved.clear();
    this.enter("saved");
    this.mend(found);
    this.announce("loaded");
  }

  /**
   * Take over what the server drew or renamed so that everything can be seen: a change like any other, and told.
   * @param {Document} found
   */
  mend({ mended = {}, mendings = [] }) {
    this.mendings = mendings;
    Object.entries(mended).forEach(([name, text]) => this.change(name, text));
  }

  /**
   * @param {Saved & Partial<Pick<Document, "files">>} answer
   * @param {number} change up to which of them it is judged
   */
  take({ files, revision, base_version, problems, state, ...told }, change = this.judged) {
    Object.assign(this, { revision, base: base_version, told });
    if (files) this.stored = files;
    if (state) this.submitted = state === "submitted";
    if (problems) this.report(problems, change);
  }

  get names() {
    const names = new Set([...Object.keys(this.stored), ...this.unsaved.keys()]);
    return [...names].filter((name) => this.text(name) !== null).sort();
  }

  /**
   * The text of a file as it stands now, null when there is none.
   * @param {string} name
   * @returns {string | null}
   */
  text(name) {
    const unsaved = this.unsaved.get(name);
    return unsaved === undefined ? (this.stored[name] ?? null) : unsaved;
  }

  /**
   * Change a file; null deletes it.
   * @param {string} name
   * @param {string | null} text
   */
  change(name, text) {
    if (this.text(name) === text) {
      this.touch();
      return;
    }
    this.edits += 1;
    this.unsaved.set(name, text);
    // While something is on its way, what is stored is about to be another text: only the answer says what is unsaved.
    if (!this.saving && (this.stored[name] ?? null) === text) this.unsaved.delete(name);
    this.kept = this.keep();
    if (!this.waits) this.enter(this.unsaved.size ? "unsaved" : "saved");
    this.announce("changed", { name });
    this.touch();
    this.schedule("check", () => this.check());
    this.schedule("save", () => this.save());
  }

  /** Something is being changed, though it may not have come here yet. */
  touch() {
    this.announce("judging");
  }

  /** What is known of the problems: those of what stands here, those of before as long as a check is on its way, or nothing since none is answered. */
  get verdict() {
    if (this.judged === this.edits && !this.holdsBack) return "known";
    return this.answered ? "checking" : "unknown";
  }

  /**
   * A box holds what cannot be kept; null when it is put right or has been read.
   * @param {Held | null} found
   */
  refuse(found) {
    if (!found && !this.refused) return;
    this.refused = found;
    this.announce("state");
  }

  /** What is unsaved here, under the name of this visit: what other visits left stays theirs until somebody decides about it. */
  keep() {
    if (this.unsaved.size) return recovery.keep(this.key, this.visit, { files: Object.fromEntries(this.unsaved), revision: this.revision, at: new Date().toISOString() });
    recovery.forget(this.key, this.visit);
    return true;
  }

  /**
   * act runs before a save and hands over what an editor still holds back; waiting says whether it holds anything.
   * @param {() => unknown} act
   * @param {() => unknown} waiting
   */
  beforeSave(act, waiting) {
    this.flushers.push({ act, waiting });
  }

  async flush() {
    for (const { act } of this.flushers) await act();
  }

  /** Whether leaving now would lose something, or leave it in this browser only. */
  get isUnsaved() {
    return this.unsaved.size > 0 || Boolean(this.refused) || this.holdsBack;
  }

  /** Whether an editor still holds something back. */
  get holdsBack() {
    return this.flushers.some(({ waiting }) => waiting());
  }

  /** Whether nothing is saved until the owner has decided. */
  get waits() {
    return this.state === "conflict" || this.state === "submitted";
  }

  /** What is as it was before is checked as well: what was found meanwhile may be over. */
  async check() {
    const change = this.edits;
    try {
      const { problems } = await ask("POST", this.urls.check, { files: Object.fromEntries(this.unsaved) });
      this.report(problems, change);
    } catch (error) {
      this.answered = false;
      this.touch();
      this.fail(error, { quiet: true });
    }
  }

  /** Save what is unsaved; what changes meanwhile is saved afterwards. withdraw: a submission is taken back by it. */
  async save({ withdraw = false } = {}) {
    try {
      await this.flush();
    } catch (error) {
      console.error(error);
      this.fail(new Refused("refused", { title: error instanceof Error ? error.message : String(error) }));
      return;
    }
    clearTimeout(this.timers.save);
    if (!this.unsaved.size || this.saving || (this.waits && !withdraw)) return;
    const sent = new Map(this.unsaved);
    const change = this.edits;
    this.saving = true;
    this.enter("saving");
    try {
      this.saved(sent, await ask("PUT", this.urls.draft, { revision: this.revision, base_version: this.base, files: Object.fromEntries(sent), instead: this.instead, withdraw }), change);
    } catch (error) {
      this.fail(error);
    } finally {
      this.saving = false;
    }
  }

  /**
   * @param {Map<string, string | null>} sent
   * @param {Saved} answer
   * @param {number} change up to which of them it was sent
   */
  saved(sent, answer, change) {
    for (const [name, text] of sent) {
      if (text === null) delete this.stored[name];
      else this.stored[name] = text;
      if (this.unsaved.get(name) === text) this.unsaved.delete(name);
    }
    this.take(answer, change);
    this.instead = [];
    this.keep();
    this.enter(this.unsaved.size ? "unsaved" : "saved");
    if (this.unsaved.size) this.schedule("save", () => this.save());
  }

  /** @param {unknown} error */
  fail(error, { quiet = false } = {}) {
    if (!(error instanceof Refused)) throw error;
    if (quiet && error.kind !== "session") return;
    this.refusal = error.answer;
    this.enter(error.kind);
    if (error.kind === "conflict") this.compare();
    if (error.kind === "offline" || error.kind === "session") this.schedule("save", () => this.save(), PAUSE.again);
  }

  /** Find out what my files would take the place of: overlap {files, changes (sentences)}. */
  async compare() {
    this.overlap = null;
    try {
      const [found, changes] = await Promise.all([this.found(), this.changes()]);
      const files = this.lost(found.files);
      this.told.hand = found.hand;
      this.overlap = { files, changes: changes.filter(({ file }) => files.includes(file)).map(({ text }) => text) };
      this.announce("state");
    } catch (error) {
      console.error(error);
    }
  }

  /**
   * What my unsaved files would change in the draft as it is saved now.
   * @returns {Promise<{ file: string, text: string }[]>}
   */
  async changes() {
    return (await ask("POST", `${this.urls.draft}/overlap`, { files: Object.fromEntries(this.unsaved) })).changes;
  }

  /**
   * Names of my unsaved files that another has changed since they were read here.
   * @param {Files} files
   */
  lost(files) {
    return [...this.unsaved.keys()].filter((name) => (files[name] ?? null) !== (this.stored[name] ?? null) && (files[name] ?? null) !== this.unsaved.get(name));
  }

  /**
   * What another saved and is about to be overwritten stays in this browser.
   * @param {Document} found
   */
  setAside(found) {
    this.instead = this.lost(found.files);
    if (!this.instead.length) return;
    const files = Object.fromEntries(this.instead.map((name) => [name, found.files[name] ?? null]));
    recovery.keep(this.key, recovery.newVisit(), { files, revision: found.revision, at: found.saved_at ?? new Date().toISOString(), by: found.saved_by });
  }

  /**
   * Resolve a conflict: mine saves my changed files over the others', theirs loads what was saved and leaves mine in this browser.
   * @param {"mine" | "theirs"} whose
   */
  async resolve(whose) {
    const mine = new Map(this.unsaved);
    const found = await this.found();
    if (whose === "mine") this.setAside(found);
    this.take(found, whose === "theirs" ? this.edits : this.judged);
    this.unsaved = whose === "mine" ? mine : new Map();
    if (whose === "theirs") this.visit = recovery.newVisit();
    if (whose === "theirs") this.enter("saved");
    else this.enter("unsaved");
    if (whose === "theirs") this.mend(found);
    this.announce("loaded");
    if (whose === "mine") await this.save();
  }

  /** What other visits left unsaved, the latest first; what has reached the draft meanwhile is no longer kept. */
  recoverable() {
    const left = recovery.recall(this.key).filter(({ visit }) => visit !== this.visit);
    const differing = left.map((one) => ({ ...one, files: Object.fromEntries(Object.entries(one.files).filter(([name, text]) => this.text(name) !== text)) }));
    const [open, done] = [differing.filter(({ files }) => Object.keys(files).length), differing.filter(({ files }) => !Object.keys(files).length)];
    if (!this.unsaved.size) done.forEach(({ visit, at }) => recovery.forget(this.key, visit, at));
    return open;
  }

  /**
   * Put back what a visit left; it is kept there as long as it is not kept here.
   * @param {Recoverable} left
   */
  recover({ files, visit, at }) {
    Object.entries(files).forEach(([name, text]) => this.change(name, text));
    if (this.kept) recovery.forget(this.key, visit, at);
    this.announce("loaded");
  }

  /** @param {Recoverable} left */
  discard({ visit, at }) {
    recovery.forget(this.key, visit, at);
  }

  /**
   * @param {Timed} name
   * @param {() => unknown} act
   * @param {number} pause milliseconds
   */
  schedule(name, act, pause = PAUSE[name]) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, pause);
  }

  /**
   * An answer that was asked for earlier than the last one says nothing new.
   * @param {Problem[]} problems
   * @param {number} change up to which of them they are judged
   */
  report(problems, change) {
    this.answered = true;
    if (change < this.judged) return;
    this.judged = change;
    this.problems = problems;
    this.announce("problems");
  }

  /** @param {Draft["state"]} state */
  enter(state) {
    this.state = state;
    this.announce("state");
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  announce(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
