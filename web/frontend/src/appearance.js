/* The switch between light and dark, which names what it leads to. The choice is kept in this browser only; theme.js applies it on the next page. */

const root = document.documentElement;

function label(button) {
  const dark = root.dataset.bsTheme === "dark";
  const text = dark ? button.dataset.labelLight : button.dataset.labelDark;
  if (text) button.textContent = text;
  else button.setAttribute("aria-pressed", String(dark));
}

function remember(theme) {
  try {
    localStorage.setItem("desk-theme", theme);
  } catch {
    return;
  }
}

export function labelThemeButtons(within = document) {
  within.querySelectorAll("[data-theme-toggle]").forEach(label);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  remember(root.dataset.bsTheme);
  labelThemeButtons();
});
