/* Elements of the page made from values: text is always text, never markup. */

/**
 * Properties by their DOM name, `data` and `on` as objects, the rest as attributes; what is null, undefined or false is left out.
 * @typedef {{ on?: { [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => unknown }, data?: Record<string, string | undefined>, [name: string]: unknown }} Attributes
 */
/** @typedef {Node | string | null | undefined | false} Child */

let made = 0;

/**
 * An element. children: nodes or text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, data = {}, ...others } = attributes;
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(others)) set(element, name, value);
  for (const [name, act] of Object.entries(on)) element.addEventListener(name, /** @type {EventListener} */ (act));
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const PROPERTIES = ["value", "checked", "disabled", "hidden"];

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {unknown} value
 */
function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (PROPERTIES.includes(name)) Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {string} text
 * @param {(event: MouseEvent) => unknown} act
 * @param {Attributes} attributes
 */
export function button(text, act, attributes = {}) {
  return make("button", { type: "button", class: "btn btn-sm", on: { click: act }, ...attributes }, text);
}

/**
 * A label tied to its control, with a line of explanation under it when there is one.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} hint
 */
export function field(label, control, hint = "") {
  control.id ||= `editor-field-${++made}`;
  const explained = hint ? make("p", { class: "desk-hint", id: `${control.id}-hint` }, hint) : null;
  if (explained) control.setAttribute("aria-describedby", explained.id);
  return make("div", { class: "desk-editor-field" }, make("label", { class: "form-label", for: control.id }, label), control, explained);
}

/**
 * @param {string | number | boolean} value
 * @param {(text: string) => unknown} act
 * @param {Attributes} attributes
 */
export function input(value, act, attributes = {}) {
  const box = make("input", { class: "form-control", autocomplete: "off", value, ...attributes });
  box.addEventListener("input", () => act(box.value));
  return box;
}

/**
 * A value that none of the options has is kept and shown as it is.
 * @template {string} Value
 * @param {Value} value
 * @param {[value: Value, text: string][]} options
 * @param {(value: Value) => unknown} act
 * @param {Attributes} attributes
 */
export function select(value, options, act, attributes = {}) {
  const values = options.map(([option]) => option);
  /** @type {[value: string, text: string][]} */
  const offered = values.includes(value) ? options : [...options, [value, value]];
  const choices = offered.map(([option, text]) => make("option", { value: option }, text));
  const element = make("select", { class: "form-select", ...attributes }, ...choices);
  element.value = value;
  element.addEventListener("change", () => act(values[element.selectedIndex] ?? value));
  return element;
}

/**
 * @param {string} text
 * @param {boolean} checked
 * @param {(checked: boolean) => unknown} act
 */
export function checkbox(text, checked, act) {
  const box = make("input", { type: "checkbox", class: "form-check-input", checked });
  box.addEventListener("change", () => act(box.checked));
  return make("label", { class: "desk-editor-check" }, box, make("span", {}, text));
}
