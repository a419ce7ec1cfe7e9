/* How bpmn.io's own editors are translated: the community's Chinese for bpmn-js, ours over it. Ours stands in words.zh.js. */
import community from "bpmn-js-i18n-zh/lib/bpmn-js/index.js";
import { language } from "./texts.js";
import { DECISIONS, DRAWING, PANEL } from "./words.zh.js";

/** @type {Record<string, string>} */
const zh = { ...community, ...PANEL, ...DECISIONS, ...DRAWING };

/**
 * What was asked for in Chinese and is not there.
 * @type {Set<string>}
 */
export const missing = new Set();

/**
 * Translate as diagram-js wants it.
 * @param {string} template
 * @param {Record<string, string>} replacements
 */
export function translate(template, replacements = {}) {
  if (language() !== "zh") return filled(template, replacements);
  if (!(template in zh) && /[A-Za-z]/.test(template)) missing.add(template);
  return filled(zh[template] ?? template, replacements);
}

/**
 * @param {string} text
 * @param {Record<string, string>} replacements
 */
function filled(text, replacements) {
  return text.replace(/{([^}]+)}/g, (/** @type {string} */ whole, /** @type {string} */ name) => replacements[name.trim()] ?? whole);
}

export const translation = { translate: ["value", translate] };
