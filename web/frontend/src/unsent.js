/* What is typed is kept on the server every few seconds and before the page is left; what was sent is not. Copying what an error page shows. */
import { elements } from "./elements.js";

const AFTER = 2_000;
const PATIENCE = 3_000;
const KEPT = "form[data-keep]";
/** @type {WeakMap<HTMLFormElement, ReturnType<typeof setTimeout>>} */
const waiting = new WeakMap();
/** @type {WeakMap<HTMLFormElement, { stop: AbortController, sent: Promise<unknown> }>} */
const underWay = new WeakMap();

/**
 * A control may be called action, as the buttons of the intake are, and then hides the property.
 * @param {HTMLFormElement} form
 */
function fieldsOf(form) {
  const fields = new FormData(form);
  fields.set("unsent_place", new URL(form.getAttribute("action") || location.pathname, location.href).pathname);
  return fields;
}

/** @param {HTMLFormElement} form */
function isGoing(form) {
  return form.dataset.sending === "true";
}

/** @param {HTMLFormElement} form */
function rest(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
}

/**
 * What is sent says of itself that it is not meant as done.
 * @param {HTMLFormElement} form
 */
function mark(form) {
  const unsent = form.elements.namedItem("unsent");
  if (unsent instanceof HTMLInputElement) unsent.value = "1";
}

/** @param {HTMLFormElement} form */
function keep(form) {
  rest(form);
  if (isGoing(form)) return;
  mark(form);
  const stop = new AbortController();
  const sent = fetch("/unsent", { method: "POST", body: fieldsOf(form), headers: { "HX-Request": "true" }, signal: stop.signal })
    .then((answer) => document.dispatchEvent(new CustomEvent("desk:kept", { detail: { status: answer.status } })))
    .catch(() => {})
    .finally(() => underWay.get(form)?.stop === stop && underWay.delete(form));
  underWay.set(form, { stop, sent });
}

/** @param {EventTarget | null} target */
function controlOf(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ? target : null;
}

/** @param {Event} event */
function changed({ target }) {
  const control = controlOf(target);
  const form = control?.form;
  if (!form?.matches(KEPT) || control?.type === "hidden") return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), AFTER));
}

/* Whoever leaves within those seconds has it kept on the way out; a form that is being sent is not kept beside that. */
function keepAll() {
  for (const form of elements(document, KEPT, HTMLFormElement)) {
    if (!waiting.has(form) || isGoing(form)) continue;
    rest(form);
    mark(form);
    navigator.sendBeacon("/unsent", fieldsOf(form));
  }
}

document.addEventListener("input", changed);
document.addEventListener("change", changed);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepAll());
window.addEventListener("pagehide", keepAll);
window.addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
  if (defaultPrevented || submitter?.matches("[formtarget=_blank]") || !(target instanceof HTMLFormElement && target.matches(KEPT))) return;
  rest(target);
  underWay.get(target)?.stop.abort();
});

/* A button of another form leaves the page as a link does, but an answer of its own may come before what is kept on the way out: it waits for that. */
document.addEventListener(
  "submit",
  async (event) => {
    const { target, submitter } = event;
    if (event.defaultPrevented || !(target instanceof HTMLFormElement) || target.method === "dialog" || target.matches(KEPT)) return;
    const forms = elements(document, KEPT, HTMLFormElement).filter((form) => waiting.has(form) || underWay.has(form));
    if (!forms.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    forms.filter((form) => waiting.has(form)).forEach(keep);
    const late = new Promise((done) => setTimeout(done, PATIENCE));
    await Promise.race([late, Promise.all(forms.map((form) => underWay.get(form)?.sent))]);
    forms.forEach((form) => underWay.delete(form));
    target.requestSubmit(submitter);
  },
  true,
);

for (const button of elements(document, "[data-copy]", HTMLElement)) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const lines = [...document.querySelectorAll(`${button.dataset.copy} > div`)].map((line) => [...line.children].map((part) => part.textContent).join("\t"));
    await navigator.clipboard.writeText(lines.join("\n"));
    button.textContent = button.dataset.done ?? "";
  });
}
