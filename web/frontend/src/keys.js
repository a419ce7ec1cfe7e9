/* Keys, dialogs and menus: what works without a mouse on every page. */
import { around, at, element, elements } from "./elements.js";

/** @param {Element} target */
function typing(target) {
  return (target instanceof HTMLElement && target.isContentEditable) || target.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select");
}

/**
 * The form one is in, when the key is for it; from elsewhere the first such form that is to be seen, and none that is only pressed from inside.
 * @param {Element} target
 */
function formOfKey(target) {
  const own = around(target, "main form", HTMLFormElement);
  if (own) return own.matches("[data-submit-key]") ? own : null;
  return elements(document, 'form[data-submit-key]:not([data-submit-key="inside"])', HTMLFormElement).find((form) => form.getClientRects().length);
}

/** @param {Element} target */
function submitByKey(target) {
  const form = formOfKey(target);
  const button = form && (element(form, "[data-submit-default]", HTMLElement) ?? element(form, "[type=submit], button:not([type])", HTMLElement));
  form?.requestSubmit(button);
  return Boolean(form);
}

/**
 * Enter where calls are looked for looks for them, and does not send the form around it.
 * @param {Element} target
 */
function findLines(target) {
  const button = target.matches('.desk-lines input[name$="@find"]') && target.parentElement && element(target.parentElement, "button", HTMLButtonElement);
  if (button) button.form?.requestSubmit(button);
  return Boolean(button);
}

function focusSearch() {
  const search = element(document, "[data-search]", HTMLInputElement);
  search?.focus();
  search?.select();
  return Boolean(search);
}

/** @param {string | undefined} id */
function openDialog(id) {
  const dialog = document.getElementById(id ?? "");
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  return Boolean(dialog);
}

/**
 * @param {KeyboardEvent} event
 * @param {Element} target
 */
function act(event, target) {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") return submitByKey(target);
  if (event.key === "Enter") return findLines(target);
  if (command && event.key.toLowerCase() === "k") return focusSearch();
  if (command || event.altKey || typing(target) || document.querySelector("dialog[open]")) return false;
  if (event.key === "/") return focusSearch();
  if (event.key === "?") return openDialog("shortcuts");
  return false;
}

const OPEN_MENU = "details.desk-menu[open]";

/** @param {Element | null | undefined} except */
function closeMenus(except) {
  elements(document, OPEN_MENU, HTMLDetailsElement).forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

document.addEventListener("keydown", (event) => {
  const target = at(event);
  if (event.isComposing || !target) return;
  if (event.key === "Escape") {
    const menu = target.closest(OPEN_MENU);
    closeMenus(null);
    menu?.querySelector("summary")?.focus();
  }
  if (act(event, target)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = at(event);
  closeMenus(target?.closest("details.desk-menu"));
  const opener = around(target, "[data-opens]", HTMLElement);
  if (opener) openDialog(opener.dataset.opens);
  if (target?.closest("[data-closes]")) target.closest("dialog")?.close();
});
