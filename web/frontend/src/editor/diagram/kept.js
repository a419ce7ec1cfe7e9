/* Of our own settings an element that becomes one of another kind keeps what means something there. The rest would be refused before publication, and no field of the panel could take it out. */

/** @import { Business, EventBus } from "../../../types/drawing" */
/** @import { Editing } from "../../../types/draft" */

const FIRST = 2_000;
/** @type {Record<string, string[]>} */
const PARTS = { "spiffworkflow:ServiceTaskOperator": ["serviceTask", "sendTask", "intermediateThrowEvent"], "spiffworkflow:CalledDecisionId": ["businessRuleTask"] };

export class KeptSettings {
  static $inject = ["eventBus", "config.bench"];

  /**
   * @param {EventBus} eventBus
   * @param {Pick<Editing, "config">} bench
   */
  constructor(eventBus, { config }) {
    this.asked = config.asked;
    eventBus.on("moddleCopy.canCopyProperty", FIRST, ({ property, parent }) => (this.isLost(property, parent) ? false : undefined));
  }

  /**
   * @param {Business | undefined} property
   * @param {Business | undefined} parent
   */
  isLost(property, parent) {
    const kind = kindOf(parent);
    if (!kind || !property?.$type) return false;
    if (property.$type in PARTS) return !PARTS[property.$type]?.includes(kind);
    return property.$type === "spiffworkflow:Property" && this.isOurs(property.name) && !this.means(property.name ?? "", kind);
  }

  /** A name that no kind of element asks for is told as misspelt, wherever it stands. */
  isOurs(name = "") {
    return /^(in|out)\./.test(name) || Object.values(this.asked).some((names) => names.includes(name));
  }

  /**
   * @param {string} name
   * @param {string} kind
   */
  means(name, kind) {
    return /^(in|out)\./.test(name) ? kind === "callActivity" : (this.asked[kind] ?? this.asked[""] ?? []).includes(name);
  }
}

/**
 * What the extensions belong to that are being copied: "userTask" …; nothing for the process, a pool or a flow.
 * @param {Business | undefined} parent
 */
function kindOf(parent) {
  let owner = parent;
  while (owner && !owner.$instanceOf?.("bpmn:FlowNode")) owner = owner.$parent;
  const name = owner?.$type.replace("bpmn:", "") ?? "";
  return name.charAt(0).toLowerCase() + name.slice(1);
}
