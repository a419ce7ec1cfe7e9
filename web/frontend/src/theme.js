/* The colour scheme, set before the first paint: loaded as a plain script in the head. The switch itself is in appearance.js. */
(() => {
  let chosen;
  try {
    chosen = localStorage.getItem("desk-theme");
  } catch {
    chosen = null;
  }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
