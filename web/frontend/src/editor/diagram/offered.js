/* What may be drawn: the constructs that the engine executes and the lint allows, and no others, in palette, context pad and replace menu. */
import { is } from "bpmn-js/lib/util/ModelUtil";
import { REPEATED } from "./panel/items.js";

/** @import { PaletteEntries } from "diagram-js/lib/features/palette/PaletteProvider" */
/** @import Palette from "diagram-js/lib/features/palette/Palette" */
/** @import { Create, Drawn, ElementFactory, Translate } from "../../../types/drawing" */

/**
 * Entries of the context pad or of the menu of replacements, by name: ours are added and theirs are passed on.
 * @typedef {Record<string, object>} Entries
 */

const PALETTE = [
  "hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator", "create.start-event", "create.end-event", "create.exclusive-gateway", "create.subprocess-expanded",
];
const PAD = /^(delete|connect|replace|append\.(end-event|gateway|receive-task|message-intermediate-event|timer-intermediate-event)|append\.text-annotation|lane-.*|set-color)$/;
const REPLACEMENTS = new Set(
  [
    "user-task", "service-task", "rule-task", "send-task", "receive-task", "call-activity", "expanded-subprocess",
    "exclusive-gateway", "parallel-gateway", "inclusive-gateway", "event-based-gateway",
    "none-start", "none-end", "error-end", "terminate-end",
    "message-intermediate-catch", "timer-intermediate-catch",
    "message-boundary", "timer-boundary", "error-boundary", "non-interrupting-message-boundary", "non-interrupting-timer-boundary",
    "sequence-flow", "default-flow",
  ].map((name) => `replace-with-${name}`),
);
const MARKERS = new Set(["toggle-parallel-mi", "toggle-sequential-mi"]);
/** @type {[name: string, type: string, icon: string, title: string][]} */
const STEPS = [
  ["user-task", "bpmn:UserTask", "bpmn-icon-user-task", "User task"],
  ["service-task", "bpmn:ServiceTask", "bpmn-icon-service-task", "Service task"],
  ["rule-task", "bpmn:BusinessRuleTask", "bpmn-icon-business-rule-task", "Business rule task"],
  ["call-activity", "bpmn:CallActivity", "bpmn-icon-call-activity", "Call activity"],
];
/** @type {[name: string, type: string, definition: string, icon: string, title: string][]} */
const EVENTS = [
  ["timer-event", "bpmn:IntermediateCatchEvent", "bpmn:TimerEventDefinition", "bpmn-icon-intermediate-event-catch-timer", "Timer intermediate catch event"],
  ["message-event", "bpmn:IntermediateCatchEvent", "bpmn:MessageEventDefinition", "bpmn-icon-intermediate-event-catch-message", "Message intermediate catch event"],
  ["error-boundary", "bpmn:BoundaryEvent", "bpmn:ErrorEventDefinition", "bpmn-icon-intermediate-event-catch-error", "Error boundary event"],
];
const LATEST = 100;

/**
 * The entries whose names are wanted.
 * @template Entry
 * @param {Record<string, Entry>} entries
 * @param {(name: string) => boolean} wanted
 * @returns {Record<string, Entry>}
 */
function only(entries, wanted) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => wanted(name)));
}

class OfferedPalette {
  static $inject = ["palette", "create", "elementFactory", "translate"];

  /**
   * @param {Palette} palette
   * @param {Create} create
   * @param {ElementFactory} elementFactory
   * @param {Translate} translate
   */
  constructor(palette, create, elementFactory, translate) {
    this.create = create;
    this.elementFactory = elementFactory;
    this.translate = translate;
    palette.registerProvider(LATEST, this);
  }

  getPaletteEntries() {
    return (/** @type {PaletteEntries} */ entries) => {
      const kept = only(entries, (name) => PALETTE.includes(name));
      const steps = STEPS.map(([name, type, icon, title]) => [`create.${name}`, this.entry("activity", icon, title, { type })]);
      const events = EVENTS.map(([name, type, eventDefinitionType, icon, title]) => [`create.${name}`, this.entry("event", icon, title, { type, eventDefinitionType })]);
      return { ...kept, ...Object.fromEntries([...steps, ...events]) };
    };
  }

  /**
   * @param {string} group
   * @param {string} className
   * @param {string} title
   * @param {{ type: string, eventDefinitionType?: string }} shape
   */
  entry(group, className, title, shape) {
    /** @param {Event} event */
    const begin = (event) => this.create.start(event, this.elementFactory.createShape(shape));
    return { group, className, title: this.translate(title), action: { click: begin, dragstart: begin } };
  }
}

class OfferedPad {
  static $inject = ["contextPad", "create", "autoPlace", "elementFactory", "translate"];

  /**
   * @param {{ registerProvider(priority: number, provider: object): void }} contextPad
   * @param {Create} create
   * @param {{ append(source: Drawn, shape: Drawn): unknown }} autoPlace
   * @param {ElementFactory} elementFactory
   * @param {Translate} translate
   */
  constructor(contextPad, create, autoPlace, elementFactory, translate) {
    this.create = create;
    this.autoPlace = autoPlace;
    this.elementFactory = elementFactory;
    this.translate = translate;
    contextPad.registerProvider(LATEST, this);
  }

  getMultiElementContextPadEntries() {
    return (/** @type {Entries} */ entries) => entries;
  }

  getContextPadEntries() {
    return (/** @type {Entries} */ entries) => {
      const kept = only(entries, (name) => PAD.test(name));
      if (!("append.gateway" in kept)) return kept;
      const steps = STEPS.map(([name, type, icon, title]) => [`append.${name}`, this.entry(icon, title, type)]);
      return { ...Object.fromEntries(steps), ...kept };
    };
  }

  /**
   * @param {string} className
   * @param {string} title
   * @param {string} type
   */
  entry(className, title, type) {
    const shape = () => this.elementFactory.createShape({ type });
    /**
     * @param {Event} _event
     * @param {Drawn} element
     */
    const click = (_event, element) => this.autoPlace.append(element, shape());
    /**
     * @param {Event} event
     * @param {Drawn} element
     */
    const dragstart = (event, element) => this.create.start(event, shape(), { source: element });
    return { group: "model", className, title: this.translate(title), action: { click, dragstart } };
  }
}

class OfferedReplacements {
  static $inject = ["popupMenu"];

  /** @param {{ registerProvider(id: string, priority: number, provider: object): void }} popupMenu */
  constructor(popupMenu) {
    popupMenu.registerProvider("bpmn-replace", LATEST, this);
  }

  getPopupMenuEntries() {
    return (/** @type {Entries} */ entries) => only(entries, (name) => REPLACEMENTS.has(name));
  }

  /** @param {Drawn} element */
  getPopupMenuHeaderEntries(element) {
    return (/** @type {Entries} */ entries) => (REPEATED.some((type) => is(element, type)) ? only(entries, (name) => MARKERS.has(name)) : {});
  }
}

export const offered = {
  __init__: ["offeredPalette", "offeredPad", "offeredReplacements"],
  offeredPalette: ["type", OfferedPalette],
  offeredPad: ["type", OfferedPad],
  offeredReplacements: ["type", OfferedReplacements],
};
