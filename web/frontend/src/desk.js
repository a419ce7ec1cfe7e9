/* Every page: the look, htmx, keys, forms, where one begins, limits that count down. Diagrams are in diagram.js. */
import "./scrolling.js";
import "./desk.css";
import { labelThemeButtons } from "./appearance.js";
import "./conditions.js";
import { refreshAll } from "./countdown.js";
import { focusErrors, focusFirst } from "./focus.js";
import "./forms.js";
import "./history.js";
import "./keys.js";
import "./lines.js";
import "./missing.js";
import "./requests.js";
import "./unsent.js";

/** @param {ParentNode} within */
function prepare(within) {
  labelThemeButtons(within);
  refreshAll(within);
}

prepare(document);
if (!focusErrors()) focusFirst();
document.addEventListener("htmx:load", ({ detail }) => prepare(detail.elt.parentElement ?? detail.elt));
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.xhr?.status !== 422) return;
  focusErrors(detail.target.isConnected && detail.target.querySelector(".desk-errors") ? detail.target : document);
});
