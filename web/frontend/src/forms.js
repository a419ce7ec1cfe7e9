/* Forms: one submission at a time, submission on change for filters, the first wrong field takes the focus, the amount on the button. */

const RELEASE = 10_000;
const releases = new WeakMap();

function hold(form, button) {
  form.dataset.sending = "true";
  form.setAttribute("aria-busy", "true");
  button?.classList.add("is-sending");
  clearTimeout(releases.get(form));
  releases.set(form, setTimeout(() => release(form), RELEASE));
}

function release(form) {
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
  form.querySelectorAll(".is-sending").forEach((button) => button.classList.remove("is-sending"));
}

function guarded(form) {
  return form.method !== "dialog" && !("submitMany" in form.dataset);
}

document.addEventListener(
  "submit",
  (event) => {
    if (event.target.dataset.sending !== "true") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

window.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !guarded(event.target)) return;
  hold(event.target, event.submitter);
});

document.addEventListener("htmx:beforeRequest", ({ target, detail }) => {
  if (target instanceof HTMLFormElement && guarded(target) && detail.requestConfig.triggeringEvent?.type === "submit") {
    hold(target, detail.requestConfig.triggeringEvent.submitter);
  }
});
document.addEventListener("htmx:afterRequest", ({ target }) => target instanceof HTMLFormElement && release(target));
window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-sending]").forEach(release));

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-submit-on-change]")) target.form?.requestSubmit();
});

export function focusErrors(within = document) {
  const summary = within.querySelector(".desk-errors");
  const first = summary?.querySelector("a[href^='#field-']");
  const field = first && document.getElementById(first.hash.slice(1));
  (field?.querySelector("input") ?? field ?? summary)?.focus();
}

/* Yuan as the server reads them, with two decimals; empty for what it refuses. */
function amountOf(typed) {
  const plain = typed.normalize("NFKC").replaceAll("\u3002", ".").trim().replace(/^¥/, "").replace(/[\u5143\u5706]$/, "").trim();
  if (/[\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u24ff]/.test(typed) || !/^([0-9]+|[1-9][0-9]{0,2}((,[0-9]{3})+|( [0-9]{3})+))?(\.[0-9]{0,2})?$/.test(plain) || !/[0-9]/.test(plain)) return "";
  const [whole, part = ""] = plain.replace(/[, ]/g, "").split(".");
  return `${(whole || "0").replace(/^0+(?=[0-9])/, "").replace(/(?<=[0-9])(?=([0-9]{3})+$)/g, ",")}.${part.padEnd(2, "0")}`;
}

function writeAmounts(within = document) {
  within.querySelectorAll("[data-amount-of]").forEach((place) => {
    const field = place.closest("form").elements[place.dataset.amountOf];
    const amount = amountOf(field?.value ?? "");
    place.textContent = amount ? place.dataset.pattern.replace("0.00", amount) : "";
  });
}

writeAmounts();
document.addEventListener("input", () => writeAmounts());
document.addEventListener("desk:fields", () => writeAmounts());
