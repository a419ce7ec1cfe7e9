/* Time left and time over, refreshed every minute in the words the server wrote. */

const MINUTE = 60_000;
const SOON = 120 * MINUTE;
const WORDS = {
  zh: { ok: "正常", soon: "临期", late: "逾期" },
  en: { ok: "On time", soon: "Due soon", late: "Late" },
};

export function span(milliseconds, lang) {
  const total = Math.floor(Math.abs(milliseconds) / MINUTE);
  const days = Math.floor(total / 1440);
  const hours = Math.floor((total % 1440) / 60);
  const minutes = total % 60;
  const zh = lang === "zh";
  if (days) return zh ? `${days} 天 ${hours} 小时` : `${days} d ${hours} h`;
  if (hours) return zh ? `${hours} 小时 ${minutes} 分` : `${hours} h ${minutes} min`;
  return zh ? `${minutes} 分` : `${minutes} min`;
}

export function timeLeft(milliseconds, lang) {
  const text = span(milliseconds, lang);
  if (lang === "zh") return milliseconds < 0 ? `超 ${text}` : `剩 ${text}`;
  return milliseconds < 0 ? `${text} late` : `${text} left`;
}

function urgency(now, due, soon) {
  if (now > due) return "late";
  return now >= soon ? "soon" : "ok";
}

function refresh(element, now) {
  const due = Date.parse(element.dataset.due);
  if (Number.isNaN(due) || "paused" in element.dataset) return;
  const lang = element.dataset.lang === "en" ? "en" : "zh";
  element.textContent = timeLeft(due - now, lang);
  const pill = element.closest(".desk-state, .state-ok, .state-soon, .state-late");
  if (!pill || pill.classList.contains("state-paused")) return;
  const state = urgency(now, due, Date.parse(element.dataset.soon) || due - SOON);
  pill.classList.remove("state-ok", "state-soon", "state-late");
  pill.classList.add(`state-${state}`);
  const word = pill.querySelector("[data-state-word]");
  if (word) word.textContent = WORDS[lang][state];
}

export function refreshAll(within = document) {
  const now = Date.now();
  within.querySelectorAll("time[data-due]").forEach((element) => refresh(element, now));
}

setInterval(refreshAll, MINUTE);
document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
