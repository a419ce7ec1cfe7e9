/* Where one is when a page has opened: at what has to be mended, at the first field of its form, or, after something was done, at its heading. */

const FIELDS = "input:not([type=hidden], [type=submit], [type=button]), select, textarea";

function inSight(field) {
  const { top, height } = field.getBoundingClientRect();
  return height > 0 && top < innerHeight;
}

/* Of a group of choices the one that is chosen, as the Tab key goes there. */
function firstFieldOf(form) {
  const fields = [...form.querySelectorAll(FIELDS)].filter((one) => !one.disabled && one.getClientRects().length);
  const [first] = fields;
  return first?.type === "radio" ? (fields.find((one) => one.name === first.name && one.checked) ?? first) : first;
}

function wrongField(summary) {
  const first = summary.querySelector("a[href^='#field-']");
  const place = first && document.getElementById(first.hash.slice(1));
  if (place) return place.querySelector("input:checked") ?? place.querySelector("input") ?? place;
  const form = summary.closest("form");
  return form ? firstFieldOf(form) : document.querySelector("main [autofocus]");
}

export function focusErrors(within = document) {
  const summary = within.querySelector(".desk-errors");
  if (!summary) return false;
  (wrongField(summary) ?? summary).focus();
  return true;
}

/* The form that the key is for goes before filters and choices beside it. A page is left as it came when its address leads somewhere on it, or when it
   says itself where one begins. */
export function focusFirst() {
  if (location.hash || document.querySelector("main [autofocus]")) return;
  const forms = ["main form[data-submit-key]", "main form:not([data-submit-key])"].flatMap((kind) => [...document.querySelectorAll(kind)]);
  const field = forms.map(firstFieldOf).find((one) => one && inSight(one));
  if (field) field.focus({ preventScroll: true });
  else if (document.querySelector("main > [data-said]")) focusHeading();
}

function focusHeading() {
  const heading = document.querySelector("main h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/* What is opened to be filled in begins at its first field. */
document.addEventListener(
  "toggle",
  ({ target }) => {
    const form = target.open && target.matches("main details") ? target.querySelector("form") : null;
    if (form && document.activeElement?.closest("details") === target) firstFieldOf(form)?.focus();
  },
  true,
);
