/* Elements of the page made from values: text is always text, never markup. */

let made = 0;

/** An element. attributes: properties by their DOM name, `data` and `on` as objects, the rest as attributes. children: nodes or text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") Object.entries(value).forEach(([event, act]) => element.addEventListener(event, act));
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "class") element.className = value;
  else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

export function button(text, act, attributes = {}) {
  return make("button", { type: "button", class: "btn btn-sm", on: { click: act }, ...attributes }, text);
}

/** A label tied to its control, with a line of explanation under it when there is one. */
export function field(label, control, hint = "") {
  control.id ||= `editor-field-${++made}`;
  const explained = hint && make("p", { class: "desk-hint", id: `${control.id}-hint` }, hint);
  if (explained) control.setAttribute("aria-describedby", explained.id);
  return make("div", { class: "desk-editor-field" }, make("label", { class: "form-label", for: control.id }, label), control, explained || null);
}

export function input(value, act, attributes = {}) {
  return make("input", { class: "form-control", autocomplete: "off", value: value ?? "", on: { input: ({ target }) => act(target.value) }, ...attributes });
}

/** options: [[value, text], …]; a value that none of them has is kept and shown as it is. */
export function select(value, options, act, attributes = {}) {
  const known = options.some(([option]) => option === value) ? options : [...options, [value, value]];
  const made = known.map(([option, text]) => make("option", { value: option }, text));
  const element = make("select", { class: "form-select", on: { change: ({ target }) => act(target.value) }, ...attributes }, ...made);
  element.value = value;
  return element;
}

export function checkbox(text, checked, act) {
  return make("label", { class: "desk-editor-check" }, make("input", { type: "checkbox", class: "form-check-input", checked, on: { change: ({ target }) => act(target.checked) } }), make("span", {}, text));
}
