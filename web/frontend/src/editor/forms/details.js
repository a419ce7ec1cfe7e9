/* The field being edited: what it is called in both languages, what may be entered, when it is shown. */
import { button, checkbox, field, input, make, select } from "../dom.js";
import { say } from "../messages.js";
import { sign } from "../problems.js";
import { CHOICES, INPUTS, condition, limit, newOption, put, putCondition, putLimit, putMoney, typed, value } from "./schema.js";

/** @import { Problem } from "../../../types/draft" */
/** @import { Component, Option, Plain } from "../../../types/forms" */

/**
 * A count; what is none is kept as it was typed, and the checks say so.
 * @param {string} text
 */
const whole = (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim());
/** @param {string} text */
const notWhole = (text) => (typeof whole(text) === "number" || !text.trim() ? "" : say("not_a_count", { text: text.trim() }));

export class FieldDetails {
  /** @type {Component} Nothing is edited before a component was drawn. */
  component = { type: "" };

  /**
   * changed(): the component was edited; replaced(component): it became another object.
   * @param {() => unknown} changed
   * @param {(component: Component) => unknown} replaced
   */
  constructor(changed, replaced) {
    this.changed = changed;
    this.replaced = replaced;
    this.body = make("div", { class: "desk-panel-body" });
    this.wrong = make("ul", { class: "desk-field-findings", role: "status", hidden: true });
    this.element = make("section", { class: "desk-panel", "aria-label": say("field_details") }, make("div", { class: "desk-panel-head" }, make("h2", {}, say("field_details"))), this.wrong, this.body);
  }

  /**
   * What the checks found at this field, beside the boxes in which it can be put right.
   * @param {Problem[]} problems
   */
  tell(problems) {
    const own = problems.filter(({ values }) => this.component.key && values?.field === this.component.key);
    this.wrong.hidden = !own.length;
    this.wrong.replaceChildren(...own.map(({ text, warning }) => make("li", {}, sign(warning), make("span", {}, text))));
  }

  /** @param {Component | null} component */
  draw(component) {
    this.component = component ?? { type: "" };
    this.body.replaceChildren(...(component ? this.rows() : [make("p", { class: "desk-empty" }, say("choose_field"))]));
  }

  /** @returns {HTMLElement[]} */
  rows() {
    const { type } = this.component;
    if (type === "text") return [this.area("text_zh", "text"), this.area("text_en", "properties.text_en"), this.hide()];
    if (type === "group") return [this.text("label_zh", "label"), this.text("label_en", "properties.label_en"), this.hide()];
    if (!INPUTS.includes(type)) return [make("p", { class: "desk-muted" }, say(`field_${type}`))];
    return [
      this.type(), this.text("key", "key"), this.text("label_zh", "label"), this.text("label_en", "properties.label_en"), this.text("hint_zh", "description"), this.text("hint_en", "properties.description_en"),
      this.tick("required", "validate.required", true), this.personal(type), this.decides(),
      ...(CHOICES.includes(type) ? [this.options()] : []), ...this.limits(type), this.text("prefill", "properties.prefill", this.hint("prefill")), this.hide(),
    ];
  }

  /** What the step decides, told after it. */
  decides() {
    const decides = String(value(this.component, "properties.decides")) === "true";
    return checkbox(say("decides"), decides, (yes) => this.set("properties.decides", yes ? "true" : ""));
  }

  /** @param {string} type */
  personal(type) {
    const said = String(value(this.component, "properties.personal"));
    const free = type === "textarea" || (type === "textfield" && !value(this.component, "validate.pattern") && !value(this.component, "properties.written"));
    return checkbox(say("personal"), said === "true" || (free && said !== "false"), (yes) => this.set("properties.personal", yes ? "true" : "false"));
  }

  /** @param {string} type */
  limits(type) {
    if (type === "number") return [this.money(), this.limit("min"), this.limit("max"), this.number("decimals", "decimalDigits")];
    if (type === "datetime") return [this.limit("min"), this.limit("max")];
    if (type === "textfield" || type === "textarea") return [this.number("min_length", "validate.minLength"), this.number("max_length", "validate.maxLength"), this.text("pattern", "validate.pattern")];
    return ["radio", "select"].includes(type) ? [this.tick("as_boolean", "properties.boolean", "true")] : [];
  }

  /**
   * @param {string} path
   * @param {Plain} wanted
   */
  set(path, wanted) {
    put(this.component, path, wanted);
    this.changed();
  }

  /**
   * @param {string} label
   * @param {string} path
   * @param {string} [hint]
   */
  text(label, path, hint) {
    const asked = ["label_zh", "label_en"].includes(label);
    return field(say(label), input(value(this.component, path), (text) => this.set(path, text.trim()), { required: asked }), hint ? say(hint) : "");
  }

  /**
   * @param {string} label
   * @param {string} path
   */
  area(label, path) {
    const area = make("textarea", { class: "form-control", rows: 3, required: true });
    area.value = String(value(this.component, path));
    area.addEventListener("input", () => this.set(path, area.value));
    return field(say(label), area);
  }

  /**
   * @param {string} label
   * @param {string} path
   */
  number(label, path) {
    const told = make("p", { class: "desk-field-error", role: "alert" });
    /** @param {string} text */
    const tell = (text) => {
      told.textContent = notWhole(text);
      told.hidden = !told.textContent;
      box.setAttribute("aria-invalid", String(!told.hidden));
    };
    /** @type {HTMLInputElement} */
    const box = input(value(this.component, path), (text) => {
      this.set(path, whole(text));
      tell(text);
    }, { inputmode: "numeric" });
    tell(box.value);
    const row = field(say(label), box);
    row.append(told);
    return row;
  }

  /**
   * @param {string} label
   * @param {string} path
   * @param {Plain} on
   */
  tick(label, path, on) {
    const checked = String(value(this.component, path)) === "true";
    return checkbox(say(label), checked, (yes) => this.set(path, yes ? on : ""));
  }

  money() {
    return checkbox(say("money"), value(this.component, "properties.unit") === "fen", (yes) => {
      putMoney(this.component, yes);
      this.changed();
      this.draw(this.component);
    });
  }

  /**
   * What stands under an expression: at a money field, that it counts in fen.
   * @param {string} kind
   */
  hint(kind) {
    return value(this.component, "properties.unit") === "fen" ? `${kind}_fen` : `${kind}_hint`;
  }

  /** @param {"min" | "max"} name */
  limit(name) {
    return field(say(name), input(limit(this.component, name), (text) => {
      putLimit(this.component, name, text);
      this.changed();
    }), say(this.hint("limit")));
  }

  hide() {
    return field(say("hide"), input(condition(this.component), (text) => {
      putCondition(this.component, text);
      this.changed();
    }), say("hide_hint"));
  }

  type() {
    /** @type {[type: string, text: string][]} */
    const types = INPUTS.map((type) => [type, say(`field_${type}`)]);
    return field(say("type"), select(this.component.type, types, (type) => this.replaced(typed(this.component, type))));
  }

  options() {
    const values = (this.component.values ??= []);
    const rows = values.map((option) => this.option(option, values));
    const add = button(say("add_option"), () => this.optionsChanged([...values, newOption(values)]));
    return make("fieldset", { class: "desk-form-options" }, make("legend", { class: "form-label" }, say("options")), ...rows, add);
  }

  /**
   * @param {Option} option
   * @param {Option[]} values
   */
  option(option, values) {
    /**
     * @param {string} name
     * @param {string} path
     */
    const part = (name, path) => input(value(option, path), (text) => {
      put(option, path, text.trim());
      this.changed();
    }, { "aria-label": say(name), placeholder: say(name), required: true });
    const gone = button("×", () => this.optionsChanged(values.filter((one) => one !== option)), { "aria-label": say("remove_option"), title: say("remove_option") });
    return make("div", { class: "desk-form-option" }, part("option_value", "value"), gone, part("option_zh", "label"), part("option_en", "properties.label_en"));
  }

  /** @param {Option[]} values */
  optionsChanged(values) {
    this.component.values = values;
    this.changed();
    this.draw(this.component);
  }
}
