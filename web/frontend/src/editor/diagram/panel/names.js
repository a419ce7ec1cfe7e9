/* What things are called: Chinese name, English name, id; the process itself and its lanes. */
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";
import { either, say } from "../../messages.js";
import { english } from "../catalogue.js";
import { carrier, property } from "../extensions.js";
import { wrongId } from "../naming.js";
import { choice, line, text } from "./entries.js";

/** @import { Business, Drawn } from "../../../../types/drawing" */
/** @import { Editing } from "../../../../types/draft" */
/** @import { AnyEntry, EntryServices } from "../../../../types/panel" */

/** @param {Editing} bench */
function catalogueName({ draft }) {
  return `translations/${draft.key}.en.yaml`;
}

/** @param {Drawn} element */
const itsId = (element) => element.id;
const ofProcess = () => "";

/**
 * An entry for the English of an element. section: "" for its name. The empty id is the process.
 * @param {string} id
 * @param {string} label
 */
export function englishEntry(id, label, { section = "", elementId = itsId, kind = line } = {}) {
  return kind(id, {
    label: say(label),
    get: (element, { bench }) => english(bench.draft.text(catalogueName(bench)), elementId(element), section),
    set: (element, value, { shown }) => shown.write(element, elementId(element), value, section),
  });
}

/** @returns {AnyEntry[]} */
export function nameEntries() {
  return [
    line("name", { label: say("name_zh"), get: (element) => getBusinessObject(element).name, set: (element, name, { modeling }) => modeling.updateProperties(element, { name: name || undefined }) }),
    englishEntry("name-en", "name_en"),
    line("id", {
      label: say("element_id"),
      hint: say("id_hint"),
      get: (element) => element.id,
      set: (element, id, { modeling }) => modeling.updateProperties(element, { id }),
      keeps: false,
      wrong: (id, element, { moddle }) => {
        const why = wrongId(id, getBusinessObject(element), moddle);
        return why && say(why);
      },
    }),
  ];
}

/**
 * The process and its pool are called the same.
 * @param {Drawn} element
 * @param {string} name
 * @param {EntryServices} services
 */
function setName(element, name, { extensions, registry }) {
  const process = carrier(element);
  const pool = registry.find(({ businessObject }) => businessObject?.processRef === process);
  /** @type {[Business, object][]} */
  const same = pool ? [[getBusinessObject(pool), { name }]] : [];
  extensions.change(pool ?? element, [[process, { name }], ...same]);
}

/**
 * @param {Drawn} element
 * @returns {AnyEntry[]}
 */
export function processEntries(element) {
  if (!carrier(element)) return [];
  return [
    line("process-name", { label: say("process_zh"), get: (one) => carrier(one)?.name ?? getBusinessObject(one).name, set: setName }),
    englishEntry("process-name-en", "name_en", { elementId: ofProcess }),
    text("process-about", { label: say("process_about"), get: documentation, set: setDocumentation }),
    englishEntry("process-about-en", "process_about_en", { section: "documentation", elementId: ofProcess, kind: text }),
  ];
}

/** @param {Drawn} element */
export function documentation(element) {
  return carrier(element)?.documentation?.[0]?.text ?? "";
}

/**
 * @param {Drawn} element
 * @param {string} words
 * @param {EntryServices} services
 */
export function setDocumentation(element, words, { extensions }) {
  const owner = carrier(element);
  const made = words ? [extensions.create("bpmn:Documentation", { text: words }, owner)] : [];
  extensions.change(element, [[owner, { documentation: made }]]);
}

/**
 * @param {Drawn} _element
 * @param {Editing} bench
 * @returns {AnyEntry[]}
 */
export function laneEntries(_element, { config }) {
  /** @type {[name: string, text: string][]} */
  const departments = config.departments.map(({ name, name_en }) => [name, either(name, name_en)]);
  return [
    choice("lane-department", {
      label: say("lane_department"),
      get: (element) => getBusinessObject(element).name,
      set: (element, name, { modeling }) => modeling.updateProperties(element, { name }),
      options: () => [["", say("none")], ...departments],
    }),
    line("lane-group-from", {
      label: say("group_from"),
      hint: say("group_from_hint"),
      get: (element) => property(element, "groupFrom"),
      set: (element, value, { extensions }) => extensions.setProperty(element, "groupFrom", value),
    }),
    englishEntry("lane-en", "name_en"),
  ];
}
