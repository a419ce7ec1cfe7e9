/* Our properties panel: which groups an element has. The entries of each group are beside it. */
import { Group } from "@bpmn-io/properties-panel";
import { is } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../messages.js";
import { translate } from "../../translation.js";
import { callEntries } from "./calls.js";
import { eventEntries } from "./events.js";
import { flowEntries } from "./flows.js";
import { REPEATED, itemEntries } from "./items.js";
import { laneEntries, nameEntries, processEntries } from "./names.js";
import { decisionEntries, operatorEntries } from "./operators.js";
import { manualEntries, taskEntries, watchEntries } from "./tasks.js";

/** @import { Drawn } from "../../../../types/drawing" */
/** @import { Editing } from "../../../../types/draft" */
/** @import { AnyEntry } from "../../../../types/panel" */

const NODE = ["bpmn:Activity", "bpmn:Gateway", "bpmn:Event"];
const PROCESS = ["bpmn:Participant", "bpmn:Process", "bpmn:Collaboration"];
/** @type {[id: string, types: string[], entries: (element: Drawn, bench: Editing) => AnyEntry[]][]} */
const GROUPS = [
  ["process", PROCESS, processEntries],
  ["lane", ["bpmn:Lane"], laneEntries],
  ["general", [...NODE, "bpmn:SequenceFlow"], nameEntries],
  ["task", ["bpmn:UserTask"], taskEntries],
  ["operator", ["bpmn:ServiceTask", "bpmn:SendTask"], operatorEntries],
  ["decision", ["bpmn:BusinessRuleTask"], decisionEntries],
  ["call", ["bpmn:CallActivity"], callEntries],
  ["items", REPEATED, itemEntries],
  ["event", ["bpmn:Event", "bpmn:SendTask", "bpmn:ReceiveTask"], eventEntries],
  ["condition", ["bpmn:SequenceFlow"], flowEntries],
  ["manual", [...NODE, ...PROCESS], manualEntries],
  ["watch", ["bpmn:UserTask"], watchEntries],
];

class Provider {
  static $inject = ["propertiesPanel", "config.bench"];

  /**
   * @param {{ registerProvider(provider: object): void }} propertiesPanel
   * @param {Editing} bench
   */
  constructor(propertiesPanel, bench) {
    this.bench = bench;
    propertiesPanel.registerProvider(this);
  }

  /** @param {Drawn} element */
  getGroups(element) {
    return () =>
      GROUPS.filter(([, types]) => types.some((type) => is(element, type)))
        .map(([id, , entries]) => ({ id, label: say(id), component: Group, translate, shouldOpen: true, entries: entries(element, this.bench).map((entry) => ({ ...entry, element })) }))
        .filter(({ entries }) => entries.length);
  }
}

/**
 * For every entry, bench is the service config.bench.
 * @param {Editing} bench
 * @returns {import("didi").ModuleDeclaration}
 */
export function panel(bench) {
  return { __init__: ["deskProvider"], deskProvider: ["type", Provider], "config.bench": ["value", bench] };
}
