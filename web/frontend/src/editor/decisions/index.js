/* The decisions tab: the decision tables of the process, edited with dmn-js as a table. Changes go into the draft as XML; what was done to a table can be undone as long as the page is open. */
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn-embedded.css";
import "./decisions.css";
import { at } from "../../elements.js";
import { button, make } from "../dom.js";
import { FileList } from "../files.js";
import { either, say } from "../messages.js";
import { blank } from "./blank.js";
import { Sheet } from "./sheet.js";

const FOLDER = "decisions/";
const SUFFIX = ".dmn";

/** @import { Bench, Place } from "../../../types/draft" */
/** @import { Draft } from "../draft.js" */

/**
 * @param {HTMLElement} container
 * @param {Bench} bench
 */
export async function open(container, { draft }) {
  const tab = new DecisionsTab(container, draft);
  await tab.reload();
  return tab;
}

class DecisionsTab {
  /** @type {Map<string, Sheet>} */
  sheets = new Map();
  /** @type {Sheet | null} */
  sheet = null;

  /**
   * @param {HTMLElement} container
   * @param {Draft} draft
   */
  constructor(container, draft) {
    this.draft = draft;
    this.undo = button(say("undo"), () => this.sheet?.step("undo"), { title: "Ctrl+Z" });
    this.redo = button(say("redo"), () => this.sheet?.step("redo"), { title: "Ctrl+Y" });
    this.tools = make("div", { class: "desk-row desk-editor-steps", role: "group", "aria-label": say("tools") }, this.undo, this.redo);
    this.table = make("div", { class: "desk-stack desk-editor-sheet" });
    this.table.addEventListener("mousedown", keepFocus, true);
    /** @type {FileList} */
    this.list = new FileList(draft, {
      folder: FOLDER, suffix: SUFFIX, heading: say("decision_list"), empty: say("no_decisions"), create: say("new_decision"), remove: say("delete_decision"), keyLabel: say("decision_key"),
      uses: (id) => new RegExp(`calledDecisionId[^>]*>\\s*${id}\\s*<`), blank, titleOf, choose: (name) => this.choose(name),
    });
    const work = make("div", { class: "desk-stack", on: { keydown: (event) => this.key(event) } }, this.tools, this.table);
    container.append(make("div", { class: "desk-editor-files" }, this.list.element, work));
    draft.beforeSave(() => this.flush(), () => this.sheet?.waiting);
    this.offer();
  }

  /** Another's version, or one that was put back: what was done before does not belong to it. */
  async reload() {
    this.sheets.forEach((sheet) => sheet.close());
    this.sheets.clear();
    this.sheet = null;
    this.list.draw();
    await this.choose(this.list.chosen ?? this.list.names[0]);
  }

  /** @param {string | undefined} name */
  async choose(name) {
    await this.flush();
    this.list.mark(name);
    this.sheet = name ? this.opened(name) : null;
    this.table.replaceChildren(...(this.sheet ? [this.sheet.element] : []));
    await this.sheet?.ready;
    this.offer();
  }

  /** @param {string} name */
  opened(name) {
    const sheet = this.sheets.get(name) ?? new Sheet(name, this.draft, () => this.offer(), () => either("", this.list.usedBy(name).join(", ")));
    this.sheets.set(name, sheet);
    return sheet;
  }

  offer() {
    this.undo.disabled = !this.sheet?.can("undo");
    this.redo.disabled = !this.sheet?.can("redo");
  }

  /**
   * Where dmn-js does not see to it itself: outside the cells.
   * @param {KeyboardEvent} event
   */
  key(event) {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || at(event)?.matches("input, textarea, [contenteditable=true]")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    this.sheet?.step(key === "z" && !event.shiftKey ? "undo" : "redo");
    event.preventDefault();
  }

  async flush() {
    await this.sheet?.flush();
  }

  /** @param {Place} place */
  async show({ file, values = {} }) {
    if (file && file !== this.list.chosen) await this.choose(file);
    if (!(await this.sheet?.show(values))) this.list.focus();
  }
}

/**
 * What a decision is called in its file.
 * @param {string} text
 * @param {string} id
 */
function titleOf(text, id) {
  const decisions = [...new DOMParser().parseFromString(text, "application/xml").getElementsByTagNameNS("*", "decision")];
  return decisions.find((decision) => decision.getAttribute("id") === id)?.getAttribute("name") ?? "";
}

/**
 * An option takes no focus, so pressing it would give the focus to the page, and a list of dmn-js closes when the focus leaves it: before the click arrives.
 * @param {MouseEvent} event
 */
function keepFocus(event) {
  if (at(event)?.closest(".dms-select-options .option")) event.preventDefault();
}
