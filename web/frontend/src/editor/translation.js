/* How bpmn.io's own editors are translated: the community's Chinese for bpmn-js, ours over it. Ours stands in translation.zh.js. */
import community from "bpmn-js-i18n-zh/lib/bpmn-js/index.js";
import { elements } from "../elements.js";
import { language } from "./messages.js";
import { DECISIONS, DRAWING, PANEL } from "./translation.zh.js";

/** @type {Record<string, string>} */
const zh = { ...community, ...PANEL, ...DECISIONS, ...DRAWING };

/**
 * What the editors call by its name in a file, in English.
 * @type {Record<string, string>}
 */
const en = {
  "string": "text", "boolean": "yes or no", "dateTime": "date and time", "dayTimeDuration": "duration (days, hours)", "yearMonthDuration": "duration (years, months)",
  "Collaboration": "Process", "Activate hand tool": "Hand tool: move the drawing", "Activate lasso tool": "Lasso tool: select several elements",
  "Activate create/remove space tool": "Space tool: make or remove room", "Activate global connect tool": "Connect tool: draw a flow",
};

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
  if (language() !== "zh") return filled(en[template] ?? template, replacements);
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

const SAID_IN = ["title", "aria-label", "placeholder"];

/**
 * Titles and labels that the editors write in English without asking for a translation.
 * @param {Element} root
 */
export function translateWithin(root) {
  if (language() !== "zh") return;
  /** @param {Element} element */
  const put = (element) => SAID_IN.forEach((name) => {
    const chinese = zh[element.getAttribute(name) ?? ""];
    if (chinese) element.setAttribute(name, chinese);
  });
  /** @param {Element} top */
  const all = (top) => [top, ...elements(top, SAID_IN.map((name) => `[${name}]`).join(), Element)].forEach(put);
  all(root);
  new MutationObserver((changes) => changes.forEach(({ target, addedNodes, attributeName }) => {
    if (attributeName && target instanceof Element) put(target);
    addedNodes.forEach((node) => node instanceof Element && all(node));
  })).observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: SAID_IN });
}

export const translation = { translate: ["value", translate] };
