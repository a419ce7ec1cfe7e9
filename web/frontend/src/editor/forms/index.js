/* The forms tab: the list of forms, the fields of one, the field being edited, and beside them the form as the clerk sees it. */
import "./forms.css";
import { at } from "../../elements.js";
import { field, input, make } from "../dom.js";
import { FileList } from "../files.js";
import { say } from "../messages.js";
import { FieldDetails } from "./details.js";
import { FieldList } from "./fields.js";
import { Past } from "./past.js";
import { Preview } from "./preview.js";
import { blank, put, read, value, write } from "./schema.js";

/** @import { Bench, Place } from "../../../types/draft" */
/** @import { Component, Schema } from "../../../types/forms" */
/** @import { Draft } from "../draft.js" */

/**
 * What is being edited: a form that can be read, and what was done to it.
 * @typedef {{ file: string, schema: Schema, past: Past, fields: FieldList, details: FieldDetails }} Edited
 */

/**
 * @param {HTMLElement} container
 * @param {Bench} bench
 */
export async function open(container, { draft, urls }) {
  const tab = new FormsTab(container, draft, urls);
  tab.reload();
  return tab;
}

class FormsTab {
  /** @type {Edited | null} */
  edited = null;

  /**
   * @param {HTMLElement} container
   * @param {Draft} draft
   * @param {Bench["urls"]} urls
   */
  constructor(container, draft, urls) {
    this.draft = draft;
    this.editor = make("div", { class: "desk-form-editor" });
    this.preview = new Preview(urls.preview);
    /** @type {FileList} */
    this.list = new FileList(draft, {
      folder: "forms/", suffix: ".form", heading: say("form_list"), empty: say("no_forms"), create: say("new_form"), remove: say("delete_form"), keyLabel: say("form_key"),
      uses: (id) => new RegExp(`name="form"\\s+value="${id}"`), blank, choose: (name) => this.choose(name),
    });
    draft.addEventListener("problems", () => this.tell());
    container.addEventListener("keydown", (event) => this.key(event));
    container.append(make("div", { class: "desk-editor-files desk-editor-forms" }, this.list.element, this.editor, this.preview.element));
  }

  /**
   * Ctrl+Z and Ctrl+Y, except in a text that the browser itself undoes.
   * @param {KeyboardEvent} event
   */
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || !this.edited || at(event)?.matches("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    if (key === "z" && !event.shiftKey) this.undo();
    else this.redo();
    event.preventDefault();
  }

  reload() {
    this.list.draw();
    this.choose(this.list.chosen ?? this.list.names[0]);
  }

  /** @param {string | undefined} name */
  choose(name) {
    this.list.mark(name);
    this.editor.replaceChildren();
    const text = name && this.draft.text(name);
    const schema = text ? read(text) : null;
    this.edited = null;
    if (name && text && schema) this.edit(name, text, schema);
    else this.preview.clear();
    if (name && !schema) this.editor.append(make("p", { class: "desk-empty", role: "alert" }, say("form_broken")));
  }

  /**
   * @param {string} file
   * @param {string} text
   * @param {Schema} schema
   */
  edit(file, text, schema) {
    const details = new FieldDetails(() => this.changed({ typed: true }), (component) => this.replaced(component));
    const fields = new FieldList(schema, { changed: () => this.changed(), choose: (component) => this.detail(component), undo: () => this.undo(), redo: () => this.redo() });
    this.edited = { file, schema, past: new Past(text), fields, details };
    const manual = input(value(schema, "manualRef"), (typed) => {
      put(schema, "manualRef", typed.trim());
      this.changed({ typed: true });
    });
    this.editor.append(fields.element, make("div", { class: "desk-stack" }, details.element, make("section", { class: "desk-panel" }, make("div", { class: "desk-panel-body" }, field(say("form_manual"), manual)))));
    fields.offer(this.edited.past);
    fields.draw();
    this.preview.draw(text);
  }

  /** @param {Component} component */
  replaced(component) {
    this.edited?.fields.replace(component);
    this.changed();
    this.detail(component);
  }

  /** @param {Component | null} component */
  detail(component) {
    this.edited?.details.draw(component);
    this.tell();
  }

  /** What was found at the field being edited. */
  tell() {
    this.edited?.details.tell(this.draft.problems.filter(({ file }) => file === this.edited?.file));
  }

  changed({ typed = false } = {}) {
    if (!this.edited) return;
    const { file, schema, past, fields } = this.edited;
    const text = write(schema);
    past.keep(text, typed);
    fields.offer(past);
    fields.label();
    this.draft.change(file, text);
    this.preview.draw(text);
  }

  undo() {
    this.restore(this.edited?.past.back());
  }

  redo() {
    this.restore(this.edited?.past.again());
  }

  /**
   * An earlier or later state of the form, with the field chosen that was.
   * @param {string | undefined} text
   */
  restore(text) {
    if (text === undefined || !this.edited) return;
    const { file, past, fields } = this.edited;
    const place = fields.index();
    this.draft.change(file, text);
    this.choose(file);
    this.edited.past = past;
    this.edited.fields.offer(past);
    this.edited.fields.chooseIndex(place);
  }

  /** @param {Place} place */
  show({ file, values }) {
    if (file && file !== this.list.chosen) this.choose(file);
    if (values?.field) this.edited?.fields.chooseKey(values.field);
    else this.list.focus();
  }
}
