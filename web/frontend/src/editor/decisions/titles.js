/* The English titles of a table's columns: the table holds the Chinese, the catalogue of the process the English, under the Chinese heading. */
import { make } from "../dom.js";
import { english, withEnglish } from "../diagram/catalogue.js";
import { either, say } from "../messages.js";

/** @import { Decision } from "../../../types/tables" */
/** @import { Draft } from "../draft.js" */

const SECTION = "columns";

export class Titles {
  shown = "";

  /**
   * changed(): called when a title has been written.
   * @param {Draft} draft
   * @param {() => void} changed
   */
  constructor(draft, changed) {
    this.draft = draft;
    this.changed = changed;
    this.file = `translations/${draft.key}.en.yaml`;
    this.list = make("div", { class: "desk-editor-titles" });
    this.element = make("section", { class: "desk-panel", hidden: true }, make("div", { class: "desk-panel-head" }, make("h3", {}, say("columns_english"))), make("div", { class: "desk-panel-body" }, make("p", { class: "desk-hint" }, say("columns_hint")), this.list));
  }

  /**
   * The columns of a decision; drawn anew only when their headings have changed, so that nobody loses their place.
   * @param {Decision | undefined} decision
   */
  show(decision) {
    const headings = headingsOf(decision);
    this.element.hidden = !headings.length;
    if (headings.join("\n") === this.shown) return;
    this.shown = headings.join("\n");
    this.list.replaceChildren(...headings.map((heading, number) => this.line(heading, `title-${decision?.id}-${number}`)));
  }

  /**
   * @param {string} heading
   * @param {string} id
   */
  line(heading, id) {
    const box = make("input", { class: "form-control", id, value: english(this.draft.text(this.file), heading, SECTION) });
    box.addEventListener("change", () => this.write(heading, box.value.trim()));
    return make("div", { class: "desk-field" }, make("label", { class: "form-label", for: id }, heading), box);
  }

  /**
   * What a heading is called on an English page; empty on a Chinese one and where it has no English title.
   * @param {string} heading
   */
  english(heading) {
    const text = english(this.draft.text(this.file), heading, SECTION);
    return either("", text);
  }

  /**
   * @param {string} heading
   * @param {string} text
   */
  write(heading, text) {
    this.draft.change(this.file, withEnglish(this.draft.text(this.file) ?? "", heading, text, SECTION));
    this.changed();
  }
}

/** @param {Decision | undefined} decision */
function headingsOf(decision) {
  const { input = [], output = [] } = decision?.decisionLogic ?? {};
  const named = [...input.map(({ label, inputExpression }) => label || inputExpression?.text), ...output.map(({ label, name }) => label || name)];
  return [...new Set(named.map((heading) => heading ?? "").filter((heading) => /[^\x00-\x7f]/.test(heading)))];
}
