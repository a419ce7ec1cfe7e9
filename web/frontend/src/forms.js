/* Forms: one submission at a time, submission on change for filters, the first wrong field takes the focus, the amount on the button. */
import { fenOf, yuan } from "./amounts.js";
import { at, element, elements } from "./elements.js";
import { language } from "./language.js";

const RELEASE = 10_000;
/** @type {WeakMap<HTMLFormElement, ReturnType<typeof setTimeout>>} */
const releases = new WeakMap();

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
function hold(form, button) {
  form.dataset.sending = "true";
  form.setAttribute("aria-busy", "true");
  button?.classList.add("is-sending");
  clearTimeout(releases.get(form));
  releases.set(form, setTimeout(() => release(form), RELEASE));
}

/** @param {HTMLFormElement} form */
function release(form) {
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
  form.querySelectorAll(".is-sending").forEach((button) => button.classList.remove("is-sending"));
}

/** @param {HTMLFormElement} form */
function guarded(form) {
  return form.method !== "dialog" && !("submitMany" in form.dataset);
}

/** @param {Event} event */
function formOf(event) {
  return event.target instanceof HTMLFormElement ? event.target : null;
}

/** @param {Event} event */
function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

document.addEventListener("submit", (event) => formOf(event)?.dataset.sending === "true" && stop(event), true);

window.addEventListener("submit", (event) => {
  const form = formOf(event);
  if (event.defaultPrevented || !form || !guarded(form) || event.submitter?.matches("[formtarget=_blank]")) return;
  hold(form, event.submitter);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = formOf(event);
  const cause = event.detail.requestConfig.triggeringEvent;
  if (form && guarded(form) && cause instanceof SubmitEvent) hold(form, cause.submitter);
});
document.addEventListener("htmx:afterRequest", ({ target }) => target instanceof HTMLFormElement && release(target));
window.addEventListener("pageshow", (event) => event.persisted && elements(document, "form[data-sending]", HTMLFormElement).forEach(release));

document.addEventListener("change", (event) => {
  const control = at(event);
  if (!control?.matches("[data-submit-on-change]")) return;
  if (control instanceof HTMLSelectElement || control instanceof HTMLInputElement) control.form?.requestSubmit();
});

/* What is too large is not read by the server, and would be lost with its answer: it stays here, and is told here. */
const MOST_BYTES = 8_000_000;
const WORDS = {
  zh: { large: "内容太大，一次最多提交 8 MB，没有提交。填写的内容还在，请缩短后再提交。" },
  en: { large: "This is too large: at most 8 MB are taken at once. Nothing was sent; what you typed is still here. Please shorten it." },
};

/** @param {HTMLFormElement} form */
function bytesOf(form) {
  /** @param {string} text */
  const long = (text) => (form.enctype === "multipart/form-data" ? new Blob([text]).size : new URLSearchParams([["", text]]).toString().length);
  return [...new FormData(form)].reduce((sum, [name, value]) => sum + name.length + (value instanceof File ? value.size : long(value)), 0);
}

/** @param {HTMLFormElement} form */
function tellTooLarge(form) {
  let place = element(form, ".desk-too-large", HTMLElement);
  if (!place) {
    place = document.createElement("p");
    place.className = "desk-errors desk-too-large";
    place.setAttribute("role", "alert");
    place.tabIndex = -1;
    form.prepend(place);
  }
  place.textContent = WORDS[language()].large;
  place.focus();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = formOf(event);
    if (form?.method !== "post") return;
    if (bytesOf(form) <= MOST_BYTES) {
      form.querySelector(".desk-too-large")?.remove();
      return;
    }
    stop(event);
    tellTooLarge(form);
  },
  true,
);

/**
 * Yuan with two decimals; empty for what the server refuses.
 * @param {string} typed
 */
function amountOf(typed) {
  const fen = fenOf(typed);
  return fen === null ? "" : yuan(fen);
}

/* The button names the amount while the form asks for it; where something else was chosen that needs none, it just ends the step. */
function writeAmounts() {
  elements(document, "[data-amount-of]", HTMLElement).forEach((place) => {
    const field = place.closest("form")?.elements.namedItem(place.dataset.amountOf ?? "");
    const label = place.previousElementSibling;
    if (label instanceof HTMLElement) label.textContent = (field ? label.dataset.label : label.dataset.otherwise) ?? "";
    const amount = amountOf(field && "value" in field ? String(field.value) : "");
    place.textContent = amount ? (place.dataset.pattern ?? "").replace("0.00", amount) : "";
  });
}

/**
 * Whether something is ticked that belongs on the paper of the button: a late fee, or anything else.
 * @param {HTMLButtonElement} button
 */
function picksFor(button) {
  const { needsLine: key, lateFees } = button.dataset;
  const ticked = elements(button.form ?? document, "input:checked", HTMLInputElement).filter(({ name }) => [key, `${key}@all`].includes(name));
  return ticked.some((box) => String(box.value.startsWith("late-fee:")) === lateFees);
}

/* A paper can be printed while the form asks for one of its amounts; of several, where lines are ticked, while one of its own is. */
function offerPapers() {
  elements(document, "[data-needs]", HTMLButtonElement).forEach((button) => {
    const needed = (button.dataset.needs ?? "").split(" ").filter(Boolean);
    if (needed.length > 0) button.hidden = !needed.some((name) => button.form?.elements.namedItem(name));
    else button.hidden = Boolean(button.dataset.needsLine) && !picksFor(button);
  });
}

writeAmounts();
offerPapers();
document.addEventListener("input", writeAmounts);
document.addEventListener("input", offerPapers);
document.addEventListener("desk:fields", writeAmounts);
document.addEventListener("desk:fields", offerPapers);
