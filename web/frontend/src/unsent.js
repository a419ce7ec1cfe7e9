/* What is typed is kept on the server every few seconds and before the page is left; what was sent is not. Copying what an error page shows. */

const AFTER = 2_000;
const PATIENCE = 3_000;
const waiting = new WeakMap();
const underWay = new WeakMap();

/* A control may be called action, as the buttons of the intake are, and then hides the property. */
function fieldsOf(form) {
  const fields = new FormData(form);
  fields.set("unsent_place", new URL(form.getAttribute("action") || location.pathname, location.href).pathname);
  return fields;
}

function isGoing(form) {
  return form.dataset.sending === "true";
}

function keep(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (isGoing(form)) return;
  form.elements.unsent.value = "1";
  const stop = new AbortController();
  const sent = fetch("/unsent", { method: "POST", body: fieldsOf(form), headers: { "HX-Request": "true" }, signal: stop.signal })
    .then((answer) => document.dispatchEvent(new CustomEvent("desk:kept", { detail: { status: answer.status } })))
    .catch(() => {})
    .finally(() => underWay.get(form)?.stop === stop && underWay.delete(form));
  underWay.set(form, { stop, sent });
}

function changed({ target }) {
  const form = target.form?.closest("form[data-keep]");
  if (!form || target.type === "hidden") return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), AFTER));
}

/* Whoever leaves within those seconds has it kept on the way out; a form that is being sent is not kept beside that. */
function keepAll() {
  for (const form of document.querySelectorAll("form[data-keep]")) {
    if (!waiting.has(form) || isGoing(form)) continue;
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    form.elements.unsent.value = "1";
    navigator.sendBeacon("/unsent", fieldsOf(form));
  }
}

document.addEventListener("input", changed);
document.addEventListener("change", changed);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keepAll());
window.addEventListener("pagehide", keepAll);
window.addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
  if (defaultPrevented || submitter?.formTarget === "_blank" || !target.matches("form[data-keep]")) return;
  clearTimeout(waiting.get(target));
  waiting.delete(target);
  underWay.get(target)?.stop.abort();
});

/* A button of another form leaves the page as a link does, but an answer of its own may come before what is kept on the way out: it waits for that. */
document.addEventListener(
  "submit",
  async (event) => {
    const { target, submitter } = event;
    if (event.defaultPrevented || target.method === "dialog" || target.matches("form[data-keep]")) return;
    const forms = [...document.querySelectorAll("form[data-keep]")].filter((form) => waiting.has(form) || underWay.has(form));
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

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const lines = [...document.querySelectorAll(`${button.dataset.copy} > div`)].map((line) => [...line.children].map((part) => part.textContent).join("\t"));
    await navigator.clipboard.writeText(lines.join("\n"));
    button.textContent = button.dataset.done;
  });
}
