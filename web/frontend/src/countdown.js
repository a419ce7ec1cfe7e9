/* Time left and time over, refreshed every minute in the words the server wrote. */
import { elements } from "./elements.js";
import { MINUTE, timeLeft, urgency } from "./remaining.js";

const WORDS = {
  zh: { ok: "正常", soon: "临期", late: "逾期" },
  en: { ok: "On time", soon: "Due soon", late: "Late" },
};

/**
 * @param {HTMLTimeElement} element
 * @param {number} now
 */
function refresh(element, now) {
  const due = Date.parse(element.dataset.due ?? "");
  if (Number.isNaN(due) || "paused" in element.dataset) return;
  const lang = element.dataset.lang === "en" ? "en" : "zh";
  element.textContent = timeLeft(due - now, lang);
  const pill = element.closest(".desk-state, .state-ok, .state-soon, .state-late");
  if (!pill || pill.classList.contains("state-paused")) return;
  const state = urgency(now, due, Date.parse(element.dataset.soon ?? ""));
  pill.classList.remove("state-ok", "state-soon", "state-late");
  pill.classList.add(`state-${state}`);
  const word = pill.querySelector("[data-state-word]");
  if (word) word.textContent = WORDS[lang][state];
}

/** @param {ParentNode} within */
export function refreshAll(within = document) {
  const now = Date.now();
  elements(within, "time[data-due]", HTMLTimeElement).forEach((element) => refresh(element, now));
}

setInterval(refreshAll, MINUTE);
document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
