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
  if (event.defaultPrevented || !guarded(event.target) || event.submitter?.formTarget === "_blank") return;
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

/* What is too large is not read by the server, and would be lost with its answer: it stays here, and is told here. */
const MOST_BYTES = 8_000_000;
const WORDS = {
  zh: { large: "内容太大，一次最多提交 8 MB，没有提交。填写的内容还在，请缩短后再提交。" },
  en: { large: "This is too large: at most 8 MB are taken at once. Nothing was sent; what you typed is still here. Please shorten it." },
};

function bytesOf(form) {
  const long = form.enctype === "multipart/form-data" ? (text) => new Blob([text]).size : (text) => new URLSearchParams([["", text]]).toString().length;
  return [...new FormData(form)].reduce((sum, [name, value]) => sum + name.length + (value instanceof File ? value.size : long(value)), 0);
}

function tellTooLarge(form) {
  let place = form.querySelector(".desk-too-large");
  if (!place) {
    place = document.createElement("p");
    place.className = "desk-errors desk-too-large";
    place.setAttribute("role", "alert");
    place.tabIndex = -1;
    form.prepend(place);
  }
  place.textContent = WORDS[document.documentElement.lang.startsWith("zh") ? "zh" : "en"].large;
  place.focus();
}

document.addEventListener(
  "submit",
  (event) => {
    if (event.target.method !== "post") return;
    if (bytesOf(event.target) <= MOST_BYTES) {
      event.target.querySelector(".desk-too-large")?.remove();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    tellTooLarge(event.target);
  },
  true,
);

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

/* Whether something is ticked that belongs on the paper of the button: a late fee, or anything else. */
function picksFor(button) {
  const { needsLine: key, lateFees } = button.dataset;
  const ticked = [...button.form.elements].filter((one) => one.checked && [key, `${key}@all`].includes(one.name));
  return ticked.some((one) => String(one.value.startsWith("late-fee:")) === lateFees);
}

/* A paper can be printed while the form asks for one of its amounts; of several, where lines are ticked, while one of its own is. */
function offerPapers() {
  document.querySelectorAll("[data-needs]").forEach((button) => {
    const needed = button.dataset.needs.split(" ").filter(Boolean);
    if (needed.length > 0) button.hidden = !needed.some((name) => button.form.elements[name]);
    else button.hidden = Boolean(button.dataset.needsLine) && !picksFor(button);
  });
}

writeAmounts();
offerPapers();
document.addEventListener("input", () => writeAmounts());
document.addEventListener("input", offerPapers);
document.addEventListener("desk:fields", () => writeAmounts());
document.addEventListener("desk:fields", offerPapers);
