/* Call activities: which process is called, and which variables go in and come back. */
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../texts.js";
import { propertiesUnder } from "../extensions.js";
import { choice, known, text } from "./entries.js";

const PAIR = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(\S.*)$/;

function lines(value) {
  return value.split("\n").map((raw) => raw.trim()).filter(Boolean);
}

function wrongLine(value) {
  const place = lines(value).findIndex((raw) => !PAIR.test(raw));
  return place < 0 ? "" : say("mapping_bad", { line: place + 1 });
}

function mappingEntry(id, label, prefix) {
  return text(id, {
    label: say(label),
    hint: say("mapping_hint"),
    monospace: true,
    get: (element) => propertiesUnder(element, prefix).map(([name, value]) => `${name} = ${value}`).join("\n"),
    set: (element, value, { extensions }) => extensions.setPropertiesUnder(element, prefix, lines(value).map((raw) => PAIR.exec(raw).slice(1, 3).map((part) => part.trim()))),
    wrong: wrongLine,
    keeps: false,
  });
}

export function callEntries(_element, { draft, config }) {
  const others = config.processes.filter(({ key }) => key !== draft.key);
  return [
    choice("called", {
      label: say("called"),
      get: (element) => getBusinessObject(element).calledElement,
      set: (element, calledElement, { modeling }) => modeling.updateProperties(element, { calledElement: calledElement || undefined }),
      options: () => [["", say("none")], ...others.map(({ key, name }) => [key, `${key} ${name}`])],
    }),
    mappingEntry("inputs", "inputs", "in."),
    mappingEntry("outputs", "outputs", "out."),
    known(),
  ];
}
