/* The fields of a form in order: choose, add, remove, move and put into groups by buttons or Alt and the arrow keys. */
import { element, elements } from "../../elements.js";
import { button, make, select } from "../dom.js";
import { either, say } from "../messages.js";
import { INPUTS, LAYOUT, flat, fresh } from "./schema.js";

/** @import { Component, Row, Schema } from "../../../types/forms" */
/** @import { Past } from "./past.js" */

/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

const MOST_SHOWN = 30;

/**
 * The beginning of a longer text, to where a word ends where there are words.
 * @param {string} text
 */
function shortened(text) {
  if (text.length <= MOST_SHOWN) return text;
  return `${text.slice(0, MOST_SHOWN).replace(/(?<=.{12})\s\S*$/, "")}…`;
}

export class FieldList {
  type = "textfield";
  /** @type {Map<Element, Component>} */
  shown = new Map();

  /**
   * choose: the component to edit, or null.
   * @param {Schema} schema
   * @param {{ changed: () => unknown, choose: (component: Component | null) => unknown, undo: () => unknown, redo: () => unknown }} acts
   */
  constructor(schema, acts) {
    this.schema = schema;
    this.acts = acts;
    /** @type {Component | null} */
    this.chosen = schema.components[0] ?? null;
    this.undo = button(say("undo"), () => acts.undo(), { title: "Ctrl+Z" });
    this.redo = button(say("redo"), () => acts.redo(), { title: "Ctrl+Y" });
    this.list = make("ol", { class: "desk-editor-list", "aria-label": say("fields"), on: { keydown: (event) => this.key(event) } });
    this.told = make("p", { class: "desk-small desk-muted desk-form-told", role: "status" });
    this.element = make("section", { class: "desk-panel desk-form-fields" }, make("div", { class: "desk-panel-head" }, make("h2", {}, say("fields"))), this.list, this.buttons(), this.told);
  }

  buttons() {
    /** @type {[type: string, text: string][]} */
    const types = [...INPUTS, ...LAYOUT].map((type) => [type, say(`field_${type}`)]);
    const choice = select(this.type, types, (type) => (this.type = type), { "aria-label": say("type") });
    return make("div", { class: "desk-form-buttons" }, choice, button(say("add_field"), () => this.add()),
      button(say("up"), () => this.move(-1), { title: "Alt+↑" }), button(say("down"), () => this.move(1), { title: "Alt+↓" }), button(say("remove_field"), () => this.remove()),
      button(say("into_group"), () => this.into(), { title: "Alt+→" }), button(say("out_of_group"), () => this.out(), { title: "Alt+←" }), this.undo, this.redo);
  }

  /** @param {Past} past */
  offer(past) {
    this.undo.disabled = !past.can(-1);
    this.redo.disabled = !past.can(1);
  }

  draw({ focus = false } = {}) {
    const rows = flat(this.schema.components);
    this.shown.clear();
    this.list.replaceChildren(...rows.map((row) => this.item(row)));
    if (!rows.length) this.list.append(make("li", { class: "desk-empty" }, say("no_fields")));
    this.acts.choose(this.chosen);
    if (focus) element(this.list, "[aria-current]", HTMLElement)?.focus();
  }

  /** @param {Row} row */
  item({ component, depth }) {
    const row = make("button", { type: "button", on: { click: () => this.choose(component) } }, make("strong", {}), make("small", {}));
    this.shown.set(row, component);
    row.style.paddingInlineStart = `${12 + depth * 16}px`;
    this.describe(row, component);
    return make("li", {}, row);
  }

  /**
   * @param {HTMLElement} row
   * @param {Component} component
   */
  describe(row, component) {
    const [name, kind] = row.children;
    if (!name || !kind) return;
    name.textContent = this.nameOf(component);
    kind.textContent = [say(`field_${component.type}`), component.key, component.validate?.required && say("required")].filter(Boolean).join(" · ");
    if (component === this.chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  label() {
    for (const row of elements(this.list, "button", HTMLElement)) {
      const component = this.shown.get(row);
      if (component) this.describe(row, component);
    }
  }

  /** @param {Component} component */
  nameOf(component) {
    const { label, text, properties = {} } = component;
    return either(label, properties.label_en) || shortened(either(text, properties.text_en)) || (component.type in { separator: 1, spacer: 1 } ? say(`field_${component.type}`) : say("untitled"));
  }

  /** @param {Component} component */
  choose(component) {
    this.chosen = component;
    this.label();
    this.acts.choose(component);
  }

  /** @param {string} key */
  chooseKey(key) {
    const found = flat(this.schema.components).find(({ component }) => component.key === key);
    if (!found) return;
    this.choose(found.component);
    element(this.list, "[aria-current]", HTMLElement)?.focus();
  }

  /** Where the chosen field stands; nothing when none is chosen. */
  place() {
    const place = flat(this.schema.components).find(({ component }) => component === this.chosen);
    return place && { ...place, index: place.siblings.indexOf(place.component) };
  }

  add() {
    const made = fresh(this.type, this.schema);
    const at = this.place();
    if (at?.component.type === "group") (at.component.components ??= []).push(made);
    else if (at) at.siblings.splice(at.index + 1, 0, made);
    else this.schema.components.push(made);
    this.after(made, say("added", { label: this.nameOf(made) }));
  }

  remove() {
    const at = this.place();
    if (!at) return;
    const { component, siblings, index } = at;
    siblings.splice(index, 1);
    this.after(siblings[index] ?? siblings[index - 1] ?? this.schema.components[0] ?? null, say("removed", { label: this.nameOf(component) }));
  }

  /** @param {number} step */
  move(step) {
    const at = this.place();
    const target = at ? at.index + step : -1;
    if (!at || target < 0 || target >= at.siblings.length) return;
    at.siblings.splice(target, 0, ...at.siblings.splice(at.index, 1));
    this.after(at.component, say("moved", { n: target + 1 }));
  }

  /** Into the group that stands before the chosen field. */
  into() {
    const at = this.place();
    const group = at?.siblings[at.index - 1];
    if (!at || group?.type !== "group") return this.tell("no_group_before");
    at.siblings.splice(at.index, 1);
    (group.components ??= []).push(at.component);
    return this.after(at.component, say("went_in", { label: this.nameOf(group) }));
  }

  /** Out of its group, to stand after it. */
  out() {
    const at = this.place();
    const rows = flat(this.schema.components);
    const group = at && rows.find(({ component }) => component.components === at.siblings);
    if (!group) return this.tell("in_no_group");
    at.siblings.splice(at.index, 1);
    group.siblings.splice(group.siblings.indexOf(group.component) + 1, 0, at.component);
    return this.after(at.component, say("went_out", { label: this.nameOf(group.component) }));
  }

  /** @param {string} name */
  tell(name) {
    this.told.textContent = say(name);
  }

  /** The place of the chosen field among all, and choosing by it. */
  index() {
    return flat(this.schema.components).findIndex(({ component }) => component === this.chosen);
  }

  /** @param {number} index */
  chooseIndex(index) {
    const rows = flat(this.schema.components);
    const found = rows[Math.min(index, rows.length - 1)];
    if (found) this.choose(found.component);
  }

  /**
   * Another object in the place of the chosen one.
   * @param {Component} component
   */
  replace(component) {
    const at = this.place();
    at?.siblings.splice(at.index, 1, component);
    this.chosen = component;
    this.draw();
  }

  /**
   * @param {Component | null} chosen
   * @param {string} told
   */
  after(chosen, told) {
    this.chosen = chosen;
    this.told.textContent = told;
    this.acts.changed();
    this.draw({ focus: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = STEPS[event.key];
    if (event.altKey && event.key === "ArrowRight") this.into();
    else if (event.altKey && event.key === "ArrowLeft") this.out();
    else if (step && event.altKey) this.move(step);
    else if (step) this.step(step);
    else return;
    event.preventDefault();
  }

  /** @param {number} step */
  step(step) {
    const rows = elements(this.list, "button", HTMLElement);
    const next = rows[rows.findIndex((row) => this.shown.get(row) === this.chosen) + step];
    const component = next && this.shown.get(next);
    if (!component) return;
    this.choose(component);
    next.focus();
  }
}
