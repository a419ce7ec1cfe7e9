/* One decision file on the page: its table, the choice of a table when it holds several, and what of it could not be read. */
import { elements } from "../../elements.js";
import { make, select } from "../dom.js";
import { say } from "../messages.js";
import { translation } from "../translation.js";
import { cellOf } from "./cells.js";
import { distinct } from "./distinct.js";
import { Tables } from "./tables.js";
import { Titles } from "./titles.js";

/** @import { CellPlace } from "../../../types/draft" */
/** @import { View, Viewer } from "../../../types/tables" */
/** @import { Draft } from "../draft.js" */

const PAUSE = 400;

export class Sheet {
  waiting = false;
  broken = false;
  /** @type {Set<Viewer>} */
  heard = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * changed(): called after every step, for the buttons. english(): what the table is called on an English page, "" on a Chinese one. `ready` resolves when the table is drawn or is known not to be drawable.
   * @param {string} name
   * @param {Draft} draft
   * @param {() => void} changed
   * @param {() => string} english
   */
  constructor(name, draft, changed, english) {
    this.name = name;
    this.draft = draft;
    this.changed = changed;
    this.english = english;
    this.above = make("div", {});
    this.table = make("div", { class: "desk-editor-table" });
    new MutationObserver(() => this.named()).observe(this.table, { childList: true, characterData: true, subtree: true });
    this.titles = new Titles(draft, () => this.named());
    this.element = make("div", { class: "desk-stack" }, this.above, this.table, this.titles.element);
    this.editor = new Tables({ container: this.table, decisionTable: { additionalModules: [translation] } });
    this.ready = this.draw();
  }

  get text() {
    return this.draft.text(this.name) ?? "";
  }

  /**
   * A pencil has its name for those who hear it only; who points at it reads it too. The column of the rules' numbers has none at all.
   * The headings of columns are the file's own, in Chinese: who reads English sees the English ones in their place.
   */
  named() {
    elements(this.table, ".input-label, .output-label", HTMLElement).forEach((one) => marked(one, this.titles.english(one.textContent ?? "")));
    const titled = this.english();
    elements(this.table, ".decision-table-name", HTMLElement).forEach((one) => {
      marked(one, titled);
      if (titled) one.title = titled;
    });
    elements(this.table, "th [data-english][title]", HTMLElement).forEach((one) => (one.title = one.dataset.english ?? ""));
    elements(this.table, "th.index-column:empty", HTMLElement).forEach((one) => one.append(make("span", { class: "visually-hidden" }, say("rule_number"))));
    elements(this.table, ".edit-button:not([title])", HTMLElement).forEach((one) => (one.title = one.ariaLabel ?? ""));
  }

  async draw() {
    try {
      const { warnings } = await this.editor.importXML(distinct(this.text));
      this.head(warnings);
      this.listen();
      this.titled();
    } catch (error) {
      this.broken = true;
      this.element.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("decision_broken")));
      console.error(error);
    }
  }

  /**
   * What a save would leave out is said before anything is typed.
   * @param {{ message: string }[]} warnings
   */
  head(warnings) {
    const [first] = warnings;
    const told = [first && say("decision_unread", { n: warnings.length, why: first.message }), this.text.includes("<!--") && say("comments")].filter(Boolean);
    const lost = told.length > 0 ? [make("p", { class: "desk-note desk-note-warn", role: "alert" }, told.join(" "))] : [];
    const views = this.editor.getViews();
    this.above.replaceChildren(...lost, ...(views.length > 1 ? [this.choice(views)] : []));
  }

  /** @param {View[]} views */
  choice(views) {
    /** @type {[id: string, name: string][]} */
    const named = views.map(({ id, name }) => [id, name ?? id]);
    return select(this.editor.getActiveView()?.id ?? "", named, (id) => this.turn(views.find((view) => view.id === id)), { "aria-label": say("decision_of_file") });
  }

  /** @param {View | undefined} view */
  async turn(view) {
    if (!view) return;
    await this.flush();
    await this.editor.open(view);
    this.listen();
    this.titled();
    this.changed();
  }

  /**
   * The cell that a problem is at takes the focus; false where there is none.
   * @param {CellPlace} place
   */
  async show(place) {
    await this.ready;
    if (this.broken) return false;
    const view = this.editor.getViews().find(({ id, name }) => place.table === (name || id));
    if (view && view.id !== this.editor.getActiveView()?.id) await this.turn(view);
    const id = cellOf(this.editor.getActiveView()?.element, place);
    const [cell] = id ? elements(this.table, `[data-element-id="${CSS.escape(id)}"], [data-col-id="${CSS.escape(id)}"]`, HTMLElement) : [];
    if (!cell) return false;
    cell.scrollIntoView({ block: "nearest", inline: "center" });
    if (place.row) this.editor.getActiveViewer()?.get("selection").select(id);
    else focused(cell);
    return true;
  }

  titled() {
    this.titles.show(this.editor.getActiveView()?.element);
  }

  listen() {
    const viewer = this.editor.getActiveViewer();
    if (!viewer || this.heard.has(viewer)) return;
    this.heard.add(viewer);
    viewer.get("eventBus").on("commandStack.changed", () => this.stepped());
  }

  get steps() {
    return this.broken ? undefined : this.editor.getActiveViewer()?.get("commandStack", false);
  }

  /** @param {"undo" | "redo"} step */
  can(step) {
    return Boolean(step === "undo" ? this.steps?.canUndo() : this.steps?.canRedo());
  }

  /** @param {"undo" | "redo"} step */
  step(step) {
    if (this.can(step)) this.steps?.[step]();
  }

  stepped() {
    clearTimeout(this.timer);
    this.waiting = true;
    this.draft.touch();
    this.timer = setTimeout(() => this.flush(), PAUSE);
    this.titled();
    this.changed();
  }

  async flush() {
    if (!this.waiting) return;
    clearTimeout(this.timer);
    const { xml } = await this.editor.saveXML({ format: true });
    this.waiting = false;
    this.draft.change(this.name, xml);
  }

  close() {
    clearTimeout(this.timer);
    this.waiting = false;
    this.editor.destroy();
  }
}

/**
 * The head of a column is no box in which one types.
 * @param {HTMLElement} cell
 */
function focused(cell) {
  cell.tabIndex = -1;
  cell.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} heading
 * @param {string} english
 */
function marked(heading, english) {
  if (english) heading.dataset.english = english;
  else delete heading.dataset.english;
}
