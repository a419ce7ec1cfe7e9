/* Limits on a diagram: at every step and event that has one, a badge that says it in words, read from the property itself. */

import { freest } from "./placing.js";

/** @import { Business, Overlays, Rect, Registry } from "../types/drawing" */
/** @import { Language } from "../types/page" */

export const LIMIT = "desk-limit";
const DAY = "((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)";
const LINE = 16;
const GAP = 4;
const LETTER = { wide: 10, narrow: 5.6 };
const MOST = 18;

/** @type {Record<Language, Record<string, string>>} */
const DAYS = {
  zh: { Monday: "周一", Tuesday: "周二", Wednesday: "周三", Thursday: "周四", Friday: "周五", Saturday: "周六", Sunday: "周日" },
  en: { Monday: "Mon", Tuesday: "Tue", Wednesday: "Wed", Thursday: "Thu", Friday: "Fri", Saturday: "Sat", Sunday: "Sun" },
};

/** @typedef {typeof WORDS["zh"]} Words */

/** % stands for a count or a time, # for a day of the week. */
const WORDS = {
  zh: {
    days: "% 天", hours: "% 小时", minutes: "% 分钟", accepted: "受理后 %", office: "办公 %", same_day: "当日", by: "#前", before: "#前 %", day: "当月 % 日前", next_month: "下月 % 日", working: "% 个工作日", working_one: "% 个工作日", first: "首个工作日", rule: "按流程推算", whole: "全案 %", label: "时限：%",
  },
  en: {
    days: "% d", hours: "% h", minutes: "% min", accepted: "% from start", office: "% office", same_day: "same day", by: "by #", before: "% before #", day: "by day %", next_month: "day %, next month", working: "% working days", working_one: "% working day", first: "1st working day", rule: "worked out", whole: "case: %", label: "Limit: %",
  },
};

/**
 * @param {string} text
 * @param {string} value
 */
function filled(text, value, day = "") {
  return text.replace("%", value).replace("#", day);
}

/**
 * A limit or a timer in FEEL as a few words of a language.
 * @param {string} feel
 * @param {Language} language
 */
export function inWords(feel, language) {
  const say = WORDS[language];
  const text = feel.trim();
  const lasting = 'duration\\("([^"]+)"\\)';
  /** @type {[pattern: string, inFull: (...parts: string[]) => string][]} */
  const patterns = [
    [`accepted_at \\+ ${lasting}`, (time) => filled(say.accepted, length(time, say))],
    [`(?:\\w+ \\+ )?${lasting}`, (time) => length(time, say)],
    [`office_hours\\(\\w+, ${lasting}\\)`, (time) => filled(say.office, length(time, say))],
    ["same_day\\(\\w+\\)", () => say.same_day],
    [`next_weekday\\([\\w()]+, "${DAY}"\\)`, (day) => filled(say.by, "", DAYS[language][day])],
    [`next_weekday\\([\\w()]+, "${DAY}"\\) - ${lasting}`, (day, time) => filled(say.before, length(time, say), DAYS[language][day])],
    ["day_of_month\\([\\w()]+, (\\d+)\\)", (day) => filled(say.day, day)],
    ["next_month\\([\\w()]+, (\\d+)\\)", (day) => filled(say.next_month, day)],
    ["working_days\\([\\w()]+, (\\d+)\\)", (count) => filled(count === "1" ? say.working_one : say.working, count)],
    ["first_working_day\\([\\w()]+\\)", () => say.first],
  ];
  for (const [pattern, inFull] of patterns) {
    const found = new RegExp(`^${pattern}$`).exec(text);
    if (found) return inFull(...found.slice(1));
  }
  return say.rule;
}

/**
 * @param {string} written
 * @param {Words} say
 */
function length(written, say) {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(written);
  if (!found) return written;
  const [, days, hours, minutes] = found;
  return [days && filled(say.days, days), hours && filled(say.hours, hours), minutes && filled(say.minutes, minutes)].filter(Boolean).join(" ");
}

/**
 * Puts the badges on a diagram, those before taken away, and gives the places taken. services: those of a viewer or modeler.
 * @param {{ overlays: Overlays, elementRegistry: Registry }} services
 * @param {Language} language
 */
export function showLimits({ overlays, elementRegistry }, language) {
  overlays.remove({ type: LIMIT });
  const drawn = elementRegistry.filter(({ type, labelTarget }) => type !== "label" && !labelTarget);
  const groups = new Map(drawn.map(({ businessObject }) => pair(businessObject)).filter(([group, due]) => group && due));
  /** @type {Rect[]} */
  const taken = [];
  for (const shape of drawn) {
    const text = told(shape.businessObject, groups, language);
    if (!text || !shape.width) continue;
    const place = freest(shape, candidates(shape, width(text)), elementRegistry, taken);
    taken.push(place);
    overlays.add(shape.id, LIMIT, { position: { left: place.x - shape.x, top: place.y - shape.y }, html: badge(text, place, language), scale: { min: 0.3, max: 1.2 } });
  }
  return taken;
}

/**
 * The group whose limit an element gives, and the limit.
 * @param {Business} element
 * @returns {[group: string, due: string]}
 */
function pair(element) {
  return [property(element, "dueGroup"), property(element, "due")];
}

/**
 * What an element says of its time: its limit, the one it shares, or when its timer is due.
 * @param {Business} element
 * @param {Map<string, string>} groups
 * @param {Language} language
 */
function told(element, groups, language) {
  const due = property(element, "due") || groups.get(property(element, "dueGroup"));
  if (due) return element.$type === "bpmn:StartEvent" ? filled(WORDS[language].whole, inWords(due.replace(/^accepted_at/, "entered_at"), language)) : inWords(due, language);
  const timer = element.eventDefinitions?.find(({ $type }) => $type === "bpmn:TimerEventDefinition");
  const time = timer && (timer.timeDuration ?? timer.timeDate)?.body;
  return time ? inWords(time, language) : "";
}

/**
 * One of our properties, read with our descriptor or without.
 * @param {Business} element
 * @param {string} name
 */
function property(element, name) {
  for (const holder of element?.extensionElements?.values ?? []) {
    if (!/^spiffworkflow:properties$/i.test(holder.$type)) continue;
    const found = (holder.properties ?? holder.$children ?? []).find((one) => one.name === name);
    if (found?.value) return found.value;
  }
  return "";
}

/**
 * @param {string} text
 * @param {Rect} place
 * @param {Language} language
 */
function badge(text, { width: wide }, language) {
  const made = document.createElement("span");
  made.className = LIMIT;
  made.textContent = text;
  made.style.width = `${wide}px`;
  made.setAttribute("aria-label", filled(WORDS[language].label, text));
  return made;
}

/** @param {string} text */
function width(text) {
  const letters = [...text].slice(0, MOST).reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? LETTER.wide : LETTER.narrow), 0);
  return Math.ceil(letters) + 12;
}

/**
 * Where a badge may stand at its shape, the best first: on the edge of a wide one, beside a small one.
 * @param {Rect} shape
 * @param {number} wide
 * @returns {Rect[]}
 */
export function candidates({ x, y, width: w, height: h }, wide) {
  const half = LINE / 2;
  const middle = x + w / 2 - wide / 2;
  /** @type {[x: number, y: number][]} */
  const places =
    w > wide + 2 * GAP
      ? [[x + w - wide - GAP, y + h - half], [x + GAP, y + h - half], [x + w - wide - GAP, y - half], [x + GAP + LINE, y - half], [middle, y + h + 2], [middle, y - LINE - 2]]
      : [[middle, y - LINE - 1], [x + w - GAP, y - half], [x - wide + GAP, y - half], [middle, y + h + 1], [x + w - GAP, y + h - half], [x - wide + GAP, y + h - half]];
  return places.map(([left, top]) => ({ x: left, y: top, width: wide, height: LINE }));
}
