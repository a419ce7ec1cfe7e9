/* Time left and time over in words, and how urgent that is. Knows no page and no clock. */

/** @import { Language } from "../types/page" */

export const MINUTE = 60_000;
const SOON = 120 * MINUTE;

/**
 * A length of time, in whole minutes, at most two units of it.
 * @param {number} milliseconds
 * @param {Language} lang
 */
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

/**
 * @param {number} milliseconds negative when the time is over
 * @param {Language} lang
 */
export function timeLeft(milliseconds, lang) {
  const text = span(milliseconds, lang);
  if (lang === "zh") return milliseconds < 0 ? `超 ${text}` : `剩 ${text}`;
  return milliseconds < 0 ? `${text} late` : `${text} left`;
}

/**
 * Instants in milliseconds; without a time of its own, what is due within two hours is soon.
 * @param {number} now
 * @param {number} due
 * @param {number} soon
 */
export function urgency(now, due, soon) {
  if (now > due) return "late";
  return now >= (soon || due - SOON) ? "soon" : "ok";
}
