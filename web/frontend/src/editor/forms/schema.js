/* A form-js schema as our engine reads it (engine/language/forms): its components, one value of a component, and how it is written. No page here. */

export const CHOICES = ["select", "radio", "checklist"];
export const INPUTS = ["textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "datetime", "lines"];
export const LAYOUT = ["text", "group", "separator", "spacer"];
const INDENT = 2;

/** The schema, or null when the text is none. */
export function read(text) {
  try {
    const schema = JSON.parse(text);
    return schema && Array.isArray(schema.components) ? schema : null;
  } catch {
    return null;
  }
}

export function write(schema) {
  return `${JSON.stringify(schema, null, INDENT)}\n`;
}

export function blank(id) {
  return write({ type: "default", id, schemaVersion: 19, components: [] });
}

/** Every component in reading order with the list it stands in and how deep: [{component, siblings, depth}]. */
export function flat(components, depth = 0) {
  return components.flatMap((component) => [{ component, siblings: components, depth }, ...flat(component.components ?? [], depth + 1)]);
}

/** A value by its path, such as "properties.label_en"; "" when it is not there. */
export function value(component, path) {
  return path.split(".").reduce((inner, name) => inner?.[name], component) ?? "";
}

/** Set a value by its path; an empty one goes, and with it the containers it leaves empty. */
export function put(component, path, wanted) {
  const [name, ...rest] = path.split(".");
  if (!rest.length) {
    if (wanted === "" || wanted === false || wanted === undefined || wanted === null) delete component[name];
    else component[name] = wanted;
    return;
  }
  component[name] ??= {};
  put(component[name], rest.join("."), wanted);
  if (!Object.keys(component[name]).length) delete component[name];
}

/** Least or most: an expression among our properties, or a plain number where form-js keeps its limits. */
export function limit(component, name) {
  return String(value(component, `properties.${name}`) || value(component, `validate.${name}`));
}

export function putLimit(component, name, text) {
  put(component, `validate.${name}`, "");
  put(component, `properties.${name}`, text.trim());
}

export function condition(component) {
  return String(value(component, "conditional.hide")).replace(/^=\s*/, "");
}

export function putCondition(component, text) {
  put(component, "conditional.hide", text.trim() && `=${text.trim()}`);
}

/** Money is typed in yuan with two decimals and stored in fen. */
export function putMoney(component, yes) {
  put(component, "properties.unit", yes ? "fen" : "");
  put(component, "decimalDigits", yes ? 2 : "");
}

/** A new component of a type, with a key that no other has. */
export function fresh(type, schema, words) {
  const keys = new Set(flat(schema.components).map(({ component }) => component.key));
  let number = 1;
  while (keys.has(`field_${number}`)) number += 1;
  if (type === "text") return { type, text: words.text };
  if (type === "group") return { type, label: words.label, components: [] };
  if (!INPUTS.includes(type)) return { type };
  return typed({ type, key: `field_${number}`, label: words.label }, type, words);
}

/** The component as another type: what the new type has no place for goes. */
export function typed(component, type, words) {
  const changed = { ...component, type };
  delete changed.subtype;
  if (type === "datetime") changed.subtype = "date";
  if (!CHOICES.includes(type)) delete changed.values;
  else changed.values ??= [1, 2].map((n) => ({ label: `${words.option} ${n}`, value: `option_${n}` }));
  if (type !== "number") {
    delete changed.decimalDigits;
    put(changed, "properties.unit", "");
  }
  if (!["select", "radio"].includes(type)) put(changed, "properties.boolean", "");
  if (type !== "textfield") put(changed, "properties.written", "");
  if (!["textfield", "textarea"].includes(type)) for (const name of ["minLength", "maxLength", "pattern"]) put(changed, `validate.${name}`, "");
  return changed;
}
