/* What a form is called that no step of the own diagram has: by the step of a called process, with its key. No drawing here. */
import { either } from "../messages.js";
import { english } from "./catalogue.js";

/** @import { Draft } from "../draft.js" */

/**
 * "" when no diagram of the draft has a step with the form.
 * @param {Pick<Draft, "names" | "key" | "text">} draft
 * @param {string} form
 */
export function stepElsewhere(draft, form) {
  for (const name of draft.names.filter((one) => one.endsWith(".bpmn") && one !== `${draft.key}.bpmn`)) {
    const key = name.slice(0, -".bpmn".length);
    const [before = "", after] = (draft.text(name) ?? "").split(`value="${form}"`);
    const step = after === undefined ? "" : ([...before.matchAll(/<(?:\w+:)?userTask\b[^>]*>/g)].at(-1)?.[0] ?? "");
    const [, id] = /\sid="([^"]*)"/.exec(step) ?? [];
    const [, chinese] = /\sname="([^"]*)"/.exec(step) ?? [];
    if (id) return `${key} ${either(chinese, english(draft.text(`translations/${key}.en.yaml`), id))}`.trim();
  }
  return "";
}
