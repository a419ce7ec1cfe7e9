/* Where one is when a page has opened: at what has to be mended, at the first field of its form, or, after something was done, at its heading. */
import { at, element, elements } from "./elements.js";

const FIELDS = "input:not([type=hidden], [type=submit], [type=button]), select, textarea";

/** @param {Element} field */
function inSight(field) {
  const { top, height } = field.getBoundingClientRect();
  return height > 0 && top < innerHeight;
}

/**
 * Of a group of choices the one that is chosen, as the Tab key goes there.
 * @param {HTMLFormElement} form
 */
function firstFieldOf(form) {
  const fields = elements(form, FIELDS, HTMLElement).filter((one) => !one.matches(":disabled") && one.getClientRects().length);
  const [first] = fields;
  if (!(first instanceof HTMLInputElement) || first.type !== "radio") return first;
  return fields.find((one) => one instanceof HTMLInputElement && one.name === first.name && one.checked) ?? first;
}

/** @param {Element} summary */
function wrongField(summary) {
  const first = element(summary, "a[href^='#field-']", HTMLAnchorElement);
  const place = first && document.getElementById(first.hash.slice(1));
  if (place) return element(place, "input:checked", HTMLElement) ?? element(place, "input", HTMLElement) ?? place;
  const form = summary.closest("form");
  return form ? firstFieldOf(form) : element(document, "main [autofocus]", HTMLElement);
}

/** @param {ParentNode} within */
export function focusErrors(within = document) {
  const summary = element(within, ".desk-errors", HTMLElement);
  if (!summary) return false;
  (wrongField(summary) ?? summary).focus();
  return true;
}

/* The form that the key is for goes before filters and choices beside it. A page is left as it came when its address leads somewhere on it, or when it
   says itself where one begins. */
export function focusFirst() {
  if (location.hash || document.querySelector("main [autofocus]")) return;
  const forms = ["main form[data-submit-key]", "main form:not([data-submit-key])"].flatMap((kind) => elements(document, kind, HTMLFormElement));
  const field = forms.map(firstFieldOf).find((one) => one && inSight(one));
  if (field) field.focus({ preventScroll: true });
  else if (document.querySelector("main > [data-said]")) focusHeading();
}

function focusHeading() {
  const heading = element(document, "main h1", HTMLElement);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/* What is opened to be filled in begins at its first field. */
document.addEventListener(
  "toggle",
  (event) => {
    const details = at(event);
    const form = details instanceof HTMLDetailsElement && details.open && details.matches("main *") ? details.querySelector("form") : null;
    if (form && document.activeElement?.closest("details") === details) firstFieldOf(form)?.focus();
  },
  true,
);
