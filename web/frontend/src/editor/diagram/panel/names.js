/* What things are called: Chinese name, English name, id; the process itself and its lanes. */
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";
import { either, say } from "../../texts.js";
import { english } from "../catalogue.js";
import { carrier } from "../extensions.js";
import { wrongId } from "../ids.js";
import { choice, line, text } from "./entries.js";

function catalogueName({ draft }) {
  return `translations/${draft.key}.en.yaml`;
}

/** An entry for the English of an element. section: "" for its name. The empty id is the process. */
export function englishEntry(id, label, { section = "", elementId = (element) => element.id, kind = line } = {}) {
  return kind(id, {
    label: say(label),
    get: (element, { bench }) => english(bench.draft.text(catalogueName(bench)), elementId(element), section),
    set: (element, value, { shown }) => shown.write(element, elementId(element), value, section),
  });
}

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

/** The process and its pool are called the same. */
function setName(element, name, { extensions, registry }) {
  const process = carrier(element);
  const pool = registry.find(({ businessObject }) => businessObject?.processRef === process);
  extensions.change(pool ?? element, [[process, { name }], ...(pool ? [[getBusinessObject(pool), { name }]] : [])]);
}

export function processEntries(element) {
  if (!carrier(element)) return [];
  return [
    line("process-name", { label: say("process_zh"), get: (one) => carrier(one).name ?? getBusinessObject(one).name, set: setName }),
    englishEntry("process-name-en", "name_en", { elementId: () => "" }),
    text("process-about", { label: say("process_about"), get: documentation, set: setDocumentation }),
    englishEntry("process-about-en", "process_about_en", { section: "documentation", elementId: () => "", kind: text }),
  ];
}

export function documentation(element) {
  return carrier(element).documentation?.[0]?.text ?? "";
}

export function setDocumentation(element, words, { extensions }) {
  const owner = carrier(element);
  const made = words ? [extensions.create("bpmn:Documentation", { text: words }, owner)] : [];
  extensions.change(element, [[owner, { documentation: made }]]);
}

export function laneEntries(_element, { config }) {
  return [
    choice("lane-department", {
      label: say("lane_department"),
      get: (element) => getBusinessObject(element).name,
      set: (element, name, { modeling }) => modeling.updateProperties(element, { name }),
      options: () => [["", say("none")], ...config.departments.map(({ name, name_en }) => [name, either(name, name_en)])],
    }),
    englishEntry("lane-en", "name_en"),
  ];
}
