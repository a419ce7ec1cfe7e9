/* The switch between light and dark, which names what it leads to. The choice is kept in this browser only; theme.js applies it on the next page. */
import { at, elements } from "./elements.js";

const root = document.documentElement;

/** @param {HTMLElement} button */
function label(button) {
  const dark = root.dataset.bsTheme === "dark";
  const text = dark ? button.dataset.labelLight : button.dataset.labelDark;
  if (text) button.textContent = text;
  else button.setAttribute("aria-pressed", String(dark));
}

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem("desk-theme", theme);
  } catch {
    return;
  }
}

/** @param {ParentNode} within */
export function labelThemeButtons(within = document) {
  elements(within, "[data-theme-toggle]", HTMLElement).forEach(label);
}

document.addEventListener("click", (event) => {
  if (!at(event)?.closest("[data-theme-toggle]")) return;
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  remember(root.dataset.bsTheme);
  labelThemeButtons();
});
