/* The forms tab: the list of forms, the fields of one, the field being edited, and beside them the form as the clerk sees it. */
import "./forms.css";
import { field, input, make } from "../dom.js";
import { FileList } from "../files.js";
import { say } from "../texts.js";
import { FieldDetails } from "./details.js";
import { FieldList } from "./fields.js";
import { Past } from "./past.js";
import { Preview } from "./preview.js";
import { blank, put, read, value, write } from "./schema.js";

export async function open(container, { draft, urls }) {
  const tab = new FormsTab(container, draft, urls);
  tab.reload();
  return tab;
}

class FormsTab {
  constructor(container, draft, urls) {
    this.draft = draft;
    this.editor = make("div", { class: "desk-form-editor" });
    this.preview = new Preview(urls.preview);
    this.list = new FileList(draft, {
      folder: "forms/", suffix: ".form", heading: say("form_list"), empty: say("no_forms"), create: say("new_form"), keyLabel: say("form_key"),
      uses: (id) => new RegExp(`name="form"\\s+value="${id}"`), blank, choose: (name) => this.choose(name),
    });
    draft.addEventListener("problems", () => this.tell());
    container.addEventListener("keydown", (event) => this.key(event));
    container.append(make("div", { class: "desk-editor-files desk-editor-forms" }, this.list.element, this.editor, this.preview.element));
  }

  /** Ctrl+Z and Ctrl+Y, except in a text that the browser itself undoes. */
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || !this.past || event.target.matches("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "z") this.restore(event.shiftKey ? this.past.again() : this.past.back());
    else if (key === "y") this.restore(this.past.again());
    else return;
    event.preventDefault();
  }

  reload() {
    this.list.draw();
    this.choose(this.list.chosen ?? this.list.names[0]);
  }

  choose(name) {
    this.list.mark(name);
    this.editor.replaceChildren();
    this.schema = name ? read(this.draft.text(name)) : null;
    this.file = name;
    if (!this.schema) {
      if (name) this.editor.append(make("p", { class: "desk-empty", role: "alert" }, say("form_broken")));
      this.preview.clear();
      return;
    }
    this.past = new Past(this.draft.text(name));
    this.details = new FieldDetails(() => this.changed({ typed: true }), (component) => this.replaced(component));
    this.fields = new FieldList(this.schema, { changed: () => this.changed(), choose: (component) => this.detail(component), undo: () => this.restore(this.past.back()), redo: () => this.restore(this.past.again()) });
    const manual = input(value(this.schema, "manualRef"), (text) => this.set("manualRef", text.trim()));
    this.editor.append(this.fields.element, make("div", { class: "desk-stack" }, this.details.element, make("section", { class: "desk-panel" }, make("div", { class: "desk-panel-body" }, field(say("form_manual"), manual)))));
    this.fields.draw();
    this.preview.draw(this.draft.text(name));
  }

  set(path, text) {
    put(this.schema, path, text);
    this.changed({ typed: true });
  }

  replaced(component) {
    this.fields.replace(component);
    this.changed();
    this.detail(component);
  }

  detail(component) {
    this.details.draw(component);
    this.tell();
  }

  /** What was found at the field being edited. */
  tell() {
    this.details?.tell(this.draft.problems.filter(({ file }) => file === this.file));
  }

  changed({ typed = false } = {}) {
    const text = write(this.schema);
    this.past.keep(text, typed);
    this.fields.label();
    this.draft.change(this.file, text);
    this.preview.draw(text);
  }

  /** An earlier or later state of the form, with the field chosen that was. */
  restore(text) {
    if (text === undefined) return;
    const { past } = this;
    const place = this.fields.index();
    this.draft.change(this.file, text);
    this.choose(this.file);
    this.past = past;
    this.fields.chooseIndex(place);
  }

  show({ file, values }) {
    if (file && file !== this.list.chosen) this.choose(file);
    if (values?.field) this.fields?.chooseKey(values.field);
    else this.list.focus();
  }
}
