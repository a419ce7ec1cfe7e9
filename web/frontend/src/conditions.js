/* Fields that a form shows only sometimes: a choice, or a field that has been typed in, asks the server; what is typed already stays as it is, with the focus. */

document.addEventListener("change", ({ target }) => {
  target.closest("[data-conditional]")?.dispatchEvent(new CustomEvent("desk:choice"));
});

/* What was chosen before this script had come is asked for now. */
window.addEventListener("load", () => {
  for (const place of document.querySelectorAll("[data-conditional]")) {
    if ([...place.querySelectorAll("select, [type=radio], [type=checkbox]")].some(isChanged)) place.dispatchEvent(new CustomEvent("desk:choice"));
  }
});

function isChanged(field) {
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected && option.value !== "");
  return field.checked !== field.defaultChecked;
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!("conditional" in detail.target.dataset)) return;
  detail.shouldSwap = false;
  if (detail.xhr.status === 200) merge(detail.target, fieldsOf(detail.serverResponse));
});

function fieldsOf(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.children];
}

function merge(place, wanted) {
  const keys = new Set(wanted.map((field) => field.dataset.field));
  const standing = new Map();
  for (const field of [...place.children]) {
    if (keys.has(field.dataset.field)) standing.set(field.dataset.field, field);
    else field.remove();
  }
  let last = null;
  for (const field of wanted) {
    const placed = standing.get(field.dataset.field) ?? field;
    if (placed === field) last ? last.after(field) : place.prepend(field);
    last = placed;
  }
  document.dispatchEvent(new CustomEvent("desk:fields"));
}
