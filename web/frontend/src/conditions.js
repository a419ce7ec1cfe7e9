/* Fields that a form shows only sometimes: a choice, or a field that has been typed in, asks the server; what is typed already stays as it is, with the focus. */
import { at, elements } from "./elements.js";
import { merged } from "./merging.js";

document.addEventListener("change", (event) => {
  at(event)?.closest("[data-conditional]")?.dispatchEvent(new CustomEvent("desk:choice"));
});

/* What was chosen before this script had come is asked for now. */
window.addEventListener("load", () => {
  for (const place of document.querySelectorAll("[data-conditional]")) {
    if (isAnyChanged(place)) place.dispatchEvent(new CustomEvent("desk:choice"));
  }
});

/** @param {Element} place */
function isAnyChanged(place) {
  if (elements(place, "[type=radio], [type=checkbox]", HTMLInputElement).some((box) => box.checked !== box.defaultChecked)) return true;
  return elements(place, "option", HTMLOptionElement).some((option) => option.selected !== option.defaultSelected && option.value !== "");
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!("conditional" in detail.target.dataset)) return;
  detail.shouldSwap = false;
  if (detail.xhr.status === 200) merge(detail.target, new DOMParser().parseFromString(detail.serverResponse, "text/html").body);
});

/**
 * What goes is put aside with what was typed and ticked in it.
 * @type {WeakMap<Element, Map<string, Element>>}
 */
const aside = new WeakMap();

/**
 * What can be entered in a field, whatever is entered.
 * @param {Element} field
 */
function offers(field) {
  const options = elements(field, "option", HTMLOptionElement).map(({ value }) => value);
  const boxes = elements(field, "input", HTMLInputElement).map(({ name, type, value }) => `${name} ${type} ${["radio", "checkbox"].includes(type) ? value : ""}`);
  const others = [...elements(field, "select", HTMLSelectElement), ...elements(field, "textarea", HTMLTextAreaElement)].map(({ name, type }) => `${name} ${type}`);
  return [...boxes, ...others, ...options].join("\n");
}

/** @param {Element} holder */
function fieldsOf(holder) {
  return elements(holder, ":scope > *", HTMLElement).map((field) => ({ key: field.dataset.field ?? "", field }));
}

/**
 * @param {HTMLElement} place
 * @param {HTMLElement} answer
 */
function merge(place, answer) {
  const away = aside.get(place) ?? new Map();
  aside.set(place, away);
  const { placed, gone } = merged(fieldsOf(place), fieldsOf(answer), away, offers);
  gone.forEach((field) => field.remove());
  placed.forEach((field, index) => {
    if (field.parentElement === place) return;
    const before = placed[index - 1];
    if (before) before.after(field);
    else place.prepend(field);
  });
  document.dispatchEvent(new CustomEvent("desk:fields"));
}
