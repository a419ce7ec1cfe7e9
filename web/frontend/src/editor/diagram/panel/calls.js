/* Call activities: which process is called, and which variables go in and come back. */
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../messages.js";
import { propertiesUnder } from "../extensions.js";
import { choice, known, text } from "./entries.js";

/** @import { Drawn } from "../../../../types/drawing" */
/** @import { AnyEntry } from "../../../../types/panel" */
/** @import { Editing } from "../../../../types/draft" */
/** @import { Pair } from "../extensions.js" */

const PAIR = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(\S.*)$/;

/** @param {string} value */
function lines(value) {
  return value.split("\n").map((raw) => raw.trim()).filter(Boolean);
}

/**
 * What a line says, `name = expression`; nothing for what is none.
 * @param {string} raw
 * @returns {Pair[]}
 */
function pairOf(raw) {
  const [, name, expression] = PAIR.exec(raw) ?? [];
  return name && expression ? [[name, expression.trim()]] : [];
}

/** @param {string} value */
function wrongLine(value) {
  const place = lines(value).findIndex((raw) => !PAIR.test(raw));
  return place < 0 ? "" : say("mapping_bad", { line: place + 1 });
}

/**
 * @param {string} id
 * @param {string} label
 * @param {string} prefix
 */
function mappingEntry(id, label, prefix) {
  return text(id, {
    label: say(label),
    hint: say("mapping_hint"),
    monospace: true,
    get: (element) => propertiesUnder(element, prefix).map(([name, value]) => `${name} = ${value}`).join("\n"),
    set: (element, value, { extensions }) => extensions.setPropertiesUnder(element, prefix, lines(value).flatMap(pairOf)),
    wrong: wrongLine,
    keeps: false,
  });
}

/**
 * @param {Drawn} _element
 * @param {Editing} bench
 * @returns {AnyEntry[]}
 */
export function callEntries(_element, { draft, config }) {
  /** @type {[key: string, text: string][]} */
  const others = config.processes.filter(({ key }) => key !== draft.key).map(({ key, name }) => [key, `${key} ${name}`]);
  return [
    choice("called", {
      label: say("called"),
      get: (element) => getBusinessObject(element).calledElement,
      set: (element, calledElement, { modeling }) => modeling.updateProperties(element, { calledElement: calledElement || undefined }),
      options: () => [["", say("none")], ...others],
    }),
    mappingEntry("inputs", "inputs", "in."),
    mappingEntry("outputs", "outputs", "out."),
    known(),
  ];
}
