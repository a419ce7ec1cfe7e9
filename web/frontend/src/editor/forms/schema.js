/* A form-js schema as our engine reads it (engine/language/forms): its components, one value of a component, and how it is written. No page here. */

/** @import { Component, Option, Plain, Row, Schema } from "../../../types/forms" */

export const CHOICES = ["select", "radio", "checklist"];
export const INPUTS = ["textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "datetime", "lines"];
export const LAYOUT = ["text", "group", "separator", "spacer"];
const INDENT = 2;

/**
 * The schema, or null when the text is none.
 * @param {string} text
 * @returns {Schema | null}
 */
export function read(text) {
  try {
    const schema = JSON.parse(text);
    return schema && Array.isArray(schema.components) ? schema : null;
  } catch {
    return null;
  }
}

/** @param {Schema} schema */
export function write(schema) {
  return `${JSON.stringify(schema, null, INDENT)}\n`;
}

/** @param {string} id */
export function blank(id) {
  return write({ type: "default", id, schemaVersion: 19, components: [] });
}

/**
 * Every component in reading order with the list it stands in and how deep.
 * @param {Component[]} components
 * @param {number} depth
 * @returns {Row[]}
 */
export function flat(components, depth = 0) {
  return components.flatMap((component) => [{ component, siblings: components, depth }, ...flat(component.components ?? [], depth + 1)]);
}

/**
 * A value by its path, such as "properties.label_en"; "" when it is not there.
 * @param {object} component
 * @param {string} path
 * @returns {Plain}
 */
export function value(component, path) {
  /** @type {unknown} */
  let inner = component;
  for (const name of path.split(".")) inner = inside(inner)[name];
  return typeof inner === "string" || typeof inner === "number" || typeof inner === "boolean" ? inner : "";
}

/**
 * What an object holds, by name; nothing for what is no object.
 * @param {unknown} whole
 * @returns {Record<string, unknown>}
 */
function inside(whole) {
  return typeof whole === "object" && whole !== null ? /** @type {Record<string, unknown>} */ (whole) : {};
}

/**
 * Set a value by its path; an empty one goes, and with it the containers it leaves empty.
 * @param {object} component
 * @param {string} path
 * @param {Plain | undefined} wanted
 */
export function put(component, path, wanted) {
  const [name = "", ...rest] = path.split(".");
  const parts = inside(component);
  if (!rest.length) {
    if (wanted === "" || wanted === false || wanted === undefined) delete parts[name];
    else parts[name] = wanted;
    return;
  }
  const part = inside(parts[name]);
  put(part, rest.join("."), wanted);
  if (Object.keys(part).length) parts[name] = part;
  else delete parts[name];
}

/**
 * Least or most: an expression among our properties, or a plain number where form-js keeps its limits.
 * @param {Component} component
 * @param {"min" | "max"} name
 */
export function limit(component, name) {
  return String(value(component, `properties.${name}`) || value(component, `validate.${name}`));
}

/**
 * @param {Component} component
 * @param {"min" | "max"} name
 * @param {string} text
 */
export function putLimit(component, name, text) {
  put(component, `validate.${name}`, "");
  put(component, `properties.${name}`, text.trim());
}

/** @param {Component} component */
export function condition(component) {
  return String(value(component, "conditional.hide")).replace(/^=\s*/, "");
}

/**
 * @param {Component} component
 * @param {string} text
 */
export function putCondition(component, text) {
  put(component, "conditional.hide", text.trim() && `=${text.trim()}`);
}

/**
 * Money is typed in yuan with two decimals and stored in fen.
 * @param {Component} component
 * @param {boolean} yes
 */
export function putMoney(component, yes) {
  put(component, "properties.unit", yes ? "fen" : "");
  put(component, "decimalDigits", yes ? 2 : "");
}

/**
 * A new component of a type, with a key that no other has. It is called nothing: what clerks read is asked for in both languages.
 * @param {string} type
 * @param {Schema} schema
 * @returns {Component}
 */
export function fresh(type, schema) {
  const keys = new Set(flat(schema.components).map(({ component }) => component.key));
  let number = 1;
  while (keys.has(`field_${number}`)) number += 1;
  if (type === "group") return { type, components: [] };
  return INPUTS.includes(type) ? typed({ type, key: `field_${number}` }, type) : { type };
}

/**
 * An option with a value that no other has, and without a title.
 * @param {Option[]} options
 * @returns {Option}
 */
export function newOption(options) {
  const values = new Set(options.map((option) => option.value));
  let number = options.length + 1;
  while (values.has(`option_${number}`)) number += 1;
  return { label: "", value: `option_${number}` };
}

/**
 * The component as another type: what the new type has no place for goes.
 * @param {Component} component
 * @param {string} type
 * @returns {Component}
 */
export function typed(component, type) {
  /** @type {Component} */
  const changed = { ...component, type };
  delete changed.subtype;
  if (type === "datetime") changed.subtype = "date";
  if (!CHOICES.includes(type)) delete changed.values;
  else changed.values ??= [1, 2].map((n) => newOption(Array(n - 1).fill({})));
  if (type !== "number") {
    delete changed.decimalDigits;
    put(changed, "properties.unit", "");
  }
  if (!["select", "radio"].includes(type)) put(changed, "properties.boolean", "");
  if (type !== "textfield") put(changed, "properties.written", "");
  if (!["textfield", "textarea"].includes(type)) for (const name of ["minLength", "maxLength", "pattern"]) put(changed, `validate.${name}`, "");
  return changed;
}
