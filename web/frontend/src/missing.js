/* What the browser itself finds missing is told in the language of the page, which need not be that of the browser. */
import { language } from "./language.js";

const WORDS = {
  zh: { write: "请填写此项。", choose: "请选择一项。" },
  en: { write: "Please fill in this field.", choose: "Please choose one." },
};

/** @param {EventTarget | null} target */
function control(target) {
  const controls = [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement];
  return controls.some((kind) => target instanceof kind) ? /** @type {HTMLInputElement} */ (target) : null;
}

/** @param {Event} event */
function forget(event) {
  const { form } = control(event.target) ?? {};
  for (const member of form?.elements ?? []) control(member)?.setCustomValidity("");
}

document.addEventListener(
  "invalid",
  ({ target }) => {
    const missing = control(target);
    if (!missing?.validity.valueMissing) return;
    const chosen = ["radio", "checkbox", "select-one"].includes(missing.type);
    missing.setCustomValidity(WORDS[language()][chosen ? "choose" : "write"]);
  },
  true,
);
document.addEventListener("input", forget, true);
document.addEventListener("change", forget, true);
