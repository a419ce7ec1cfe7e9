/* Keys, dialogs and menus: what works without a mouse on every page. */

function typing(target) {
  return target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select");
}

/* The form one is in, when the key is for it; from elsewhere the first such form that is to be seen. */
function formOfKey(target) {
  const own = target.closest("main form");
  if (own) return own.matches("[data-submit-key]") ? own : null;
  return [...document.querySelectorAll("form[data-submit-key]")].find((form) => form.getClientRects().length);
}

function submitByKey(target) {
  const form = formOfKey(target);
  const button = form?.querySelector("[data-submit-default]") ?? form?.querySelector("[type=submit], button:not([type])");
  form?.requestSubmit(button ?? undefined);
  return Boolean(form);
}

function focusSearch() {
  const search = document.querySelector("[data-search]");
  search?.focus();
  search?.select();
  return Boolean(search);
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  return Boolean(dialog);
}

function act(event) {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") return submitByKey(event.target);
  if (command && event.key.toLowerCase() === "k") return focusSearch();
  if (command || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return false;
  if (event.key === "/") return focusSearch();
  if (event.key === "?") return openDialog("shortcuts");
  return false;
}

function closeMenus(except) {
  document.querySelectorAll("details.desk-menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || !(event.target instanceof Element)) return;
  if (event.key === "Escape") {
    const menu = event.target.closest("details.desk-menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  }
  if (act(event)) event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  closeMenus(target.closest("details.desk-menu"));
  const opener = target.closest("[data-opens]");
  if (opener) openDialog(opener.dataset.opens);
  if (target.closest("[data-closes]")) target.closest("dialog")?.close();
});
