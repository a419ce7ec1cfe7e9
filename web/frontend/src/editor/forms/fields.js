/* The fields of a form in order: choose, add, remove, move and put into groups by buttons or Alt and the arrow keys. */
import { button, make, select } from "../dom.js";
import { either, say } from "../texts.js";
import { INPUTS, LAYOUT, flat, fresh } from "./schema.js";

const words = () => ({ label: say("new_label"), option: say("new_option"), text: say("new_text") });

export class FieldList {
  /** acts: {changed(), choose(component or null)}. */
  constructor(schema, acts) {
    Object.assign(this, { schema, acts, type: "textfield", chosen: schema.components[0] ?? null });
    this.list = make("ol", { class: "desk-editor-list", "aria-label": say("fields"), on: { keydown: (event) => this.key(event) } });
    this.told = make("p", { class: "desk-small desk-muted desk-form-told", role: "status" });
    this.element = make("section", { class: "desk-panel desk-form-fields" }, make("div", { class: "desk-panel-head" }, make("h2", {}, say("fields"))), this.list, this.buttons(), this.told);
  }

  buttons() {
    const types = [...INPUTS, ...LAYOUT].map((type) => [type, say(`field_${type}`)]);
    const choice = select(this.type, types, (type) => (this.type = type), { "aria-label": say("type") });
    return make("div", { class: "desk-form-buttons" }, choice, button(say("add_field"), () => this.add()),
      button(say("up"), () => this.move(-1), { title: "Alt+↑" }), button(say("down"), () => this.move(1), { title: "Alt+↓" }), button(say("remove_field"), () => this.remove()),
      button(say("into_group"), () => this.into(), { title: "Alt+→" }), button(say("out_of_group"), () => this.out(), { title: "Alt+←" }), button(say("undo"), () => this.acts.undo(), { title: "Ctrl+Z" }), button(say("redo"), () => this.acts.redo(), { title: "Ctrl+Y" }));
  }

  draw({ focus = false } = {}) {
    const rows = flat(this.schema.components);
    this.list.replaceChildren(...rows.map((row) => this.item(row)));
    if (!rows.length) this.list.append(make("li", { class: "desk-empty" }, say("no_fields")));
    this.acts.choose(this.chosen);
    if (focus) this.list.querySelector("[aria-current]")?.focus();
  }

  item({ component, depth }) {
    const row = make("button", { type: "button", on: { click: () => this.choose(component) } }, make("strong", {}), make("small", {}));
    row.component = component;
    row.style.paddingInlineStart = `${12 + depth * 16}px`;
    this.describe(row);
    return make("li", {}, row);
  }

  describe(row) {
    const { component } = row;
    row.firstChild.textContent = this.nameOf(component);
    row.lastChild.textContent = [say(`field_${component.type}`), component.key, component.validate?.required && say("required")].filter(Boolean).join(" · ");
    if (component === this.chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  label() {
    this.list.querySelectorAll("button").forEach((row) => this.describe(row));
  }

  nameOf(component) {
    const { label, text, properties = {} } = component;
    return either(label, properties.label_en) || either(text, properties.text_en).slice(0, 30) || (component.type in { separator: 1, spacer: 1 } ? say(`field_${component.type}`) : say("untitled"));
  }

  choose(component) {
    this.chosen = component;
    this.label();
    this.acts.choose(component);
  }

  chooseKey(key) {
    const found = flat(this.schema.components).find(({ component }) => component.key === key);
    if (!found) return;
    this.choose(found.component);
    this.list.querySelector("[aria-current]")?.focus();
  }

  place() {
    return flat(this.schema.components).find(({ component }) => component === this.chosen);
  }

  add() {
    const made = fresh(this.type, this.schema, words());
    const at = this.place();
    if (this.chosen?.type === "group") (this.chosen.components ??= []).push(made);
    else if (at) at.siblings.splice(at.siblings.indexOf(this.chosen) + 1, 0, made);
    else this.schema.components.push(made);
    this.after(made, say("added", { label: this.nameOf(made) }));
  }

  remove() {
    const at = this.place();
    if (!at) return;
    const index = at.siblings.indexOf(this.chosen);
    at.siblings.splice(index, 1);
    this.after(at.siblings[index] ?? at.siblings[index - 1] ?? this.schema.components[0] ?? null, say("removed", { label: this.nameOf(this.chosen) }));
  }

  move(step) {
    const at = this.place();
    const index = at ? at.siblings.indexOf(this.chosen) : -1;
    const target = index + step;
    if (!at || target < 0 || target >= at.siblings.length) return;
    at.siblings.splice(target, 0, ...at.siblings.splice(index, 1));
    this.after(this.chosen, say("moved", { n: target + 1 }));
  }

  /** Into the group that stands before the chosen field. */
  into() {
    const at = this.place();
    const index = at ? at.siblings.indexOf(this.chosen) : 0;
    const group = at?.siblings[index - 1];
    if (group?.type !== "group") return this.tell("no_group_before");
    at.siblings.splice(index, 1);
    (group.components ??= []).push(this.chosen);
    return this.after(this.chosen, say("went_in", { label: this.nameOf(group) }));
  }

  /** Out of its group, to stand after it. */
  out() {
    const at = this.place();
    const rows = flat(this.schema.components);
    const group = rows.find(({ component }) => component.components?.includes(this.chosen));
    if (!group) return this.tell("in_no_group");
    at.siblings.splice(at.siblings.indexOf(this.chosen), 1);
    group.siblings.splice(group.siblings.indexOf(group.component) + 1, 0, this.chosen);
    return this.after(this.chosen, say("went_out", { label: this.nameOf(group.component) }));
  }

  tell(name) {
    this.told.textContent = say(name);
  }

  /** The place of the chosen field among all, and choosing by it. */
  index() {
    return flat(this.schema.components).findIndex(({ component }) => component === this.chosen);
  }

  chooseIndex(index) {
    const rows = flat(this.schema.components);
    const found = rows[Math.min(index, rows.length - 1)];
    if (found) this.choose(found.component);
  }

  /** Another object in the place of the chosen one. */
  replace(component) {
    const at = this.place();
    at.siblings.splice(at.siblings.indexOf(this.chosen), 1, component);
    this.chosen = component;
    this.draw();
  }

  after(chosen, told) {
    this.chosen = chosen;
    this.told.textContent = told;
    this.acts.changed();
    this.draw({ focus: true });
  }

  key(event) {
    const steps = { ArrowUp: -1, ArrowDown: 1 };
    const step = steps[event.key];
    if (event.altKey && event.key === "ArrowRight") this.into();
    else if (event.altKey && event.key === "ArrowLeft") this.out();
    else if (step && event.altKey) this.move(step);
    else if (step) this.step(step);
    else return;
    event.preventDefault();
  }

  step(step) {
    const rows = [...this.list.querySelectorAll("button")];
    const next = rows[rows.findIndex((row) => row.component === this.chosen) + step];
    if (!next) return;
    this.choose(next.component);
    next.focus();
  }
}
