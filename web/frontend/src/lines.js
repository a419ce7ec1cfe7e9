/* Picking disputed lines: what is ticked is added up while ticking, and an amount that is typed ticks its line. The server adds up again. */
import { fenOf, yuan } from "./amounts.js";
import { around, at, element, elements, needed } from "./elements.js";
import { addUp, divide } from "./picked.js";

/** @import { Cell, Share } from "./picked.js" */

/** @param {Element} field */
function cellsOf(field) {
  const boxes = elements(field, "[name$='@all']:checked", HTMLInputElement);
  return new Map(boxes.flatMap((box) => /** @type {[string, Cell][]} */ (Object.entries(JSON.parse(box.dataset.cells ?? "{}")))));
}

/**
 * @param {HTMLElement} row
 * @param {HTMLInputElement[]} boxes
 * @param {Share<number>[]} held
 * @returns {Share<bigint | null>[]}
 */
function sharesOf(row, boxes, held) {
  const amount = element(row, ".desk-lines-amount", HTMLInputElement);
  return amount ? whole(amount.value, held) : boxes.flatMap((box) => picked(box.value, held));
}

/**
 * @param {string} text
 * @param {Share<number>[]} held
 * @returns {Share<bigint | null>[]}
 */
function whole(text, held) {
  const fen = fenOf(text);
  return fen === null ? [["", null]] : divide(fen, held);
}

/**
 * "LINE[/COMPONENT] YUAN": the roaming component lies in the last, the others in the first.
 * @param {string} value
 * @param {Share<number>[]} held
 * @returns {Share<bigint | null>[]}
 */
function picked(value, held) {
  const [line = "", amount = ""] = value.split(" ");
  if (!line.includes("/")) return whole(amount, held);
  return whole(amount, line.endsWith("/roaming") ? held.slice(-1) : held.slice(0, 1));
}

/** @param {HTMLElement} row */
function rowOf(row) {
  const boxes = elements(row, "[type=checkbox]:checked", HTMLInputElement);
  const { cell = "", left = "0" } = row.dataset;
  const held = /** @type {Share<number>[]} */ (JSON.parse(row.dataset.held ?? "[]"));
  return boxes.length ? [{ shares: sharesOf(row, boxes, held), cell, batched: divide(BigInt(left), held) }] : [];
}

/** @param {HTMLElement} field */
function tell(field) {
  const rows = elements(field, "tr[data-left]", HTMLElement).flatMap(rowOf);
  const { count, total, unread, twice } = addUp(cellsOf(field), rows, JSON.parse(field.dataset.holders ?? "{}"));
  needed(field, "[data-lines-count]", HTMLElement).textContent = String(count);
  needed(field, "[data-lines-twice]", HTMLElement).hidden = !twice;
  const place = needed(field, "[data-lines-total]", HTMLElement);
  place.dataset.pattern ??= place.textContent.replace(/[0-9,.]+/, "#");
  place.textContent = unread ? "\u2014" : place.dataset.pattern.replace("#", yuan(total));
}

/**
 * What cannot be read is marked and stays ticked, so that the server names it.
 * @param {HTMLInputElement} amount
 */
function tick(amount) {
  const fen = fenOf(amount.value);
  const wrong = fen === null && amount.value.trim() !== "";
  amount.classList.toggle("is-invalid", wrong);
  amount.setAttribute("aria-invalid", String(wrong));
  const box = element(amount.closest("tr") ?? amount, "[type=checkbox]", HTMLInputElement);
  if (!box) return;
  box.checked = wrong || (fen !== null && fen > 0n);
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  const target = at(event);
  const field = around(target, "[data-lines]", HTMLElement);
  if (!field?.querySelector("[data-lines-total]")) return;
  if (target instanceof HTMLInputElement && target.matches(".desk-lines-amount")) tick(target);
  tell(field);
});
function tellAll() {
  elements(document, "[data-lines]", HTMLElement).forEach((field) => field.querySelector("[data-lines-total]") && tell(field));
}

tellAll();
document.addEventListener("desk:fields", tellAll);
