/* What other tools wrote at an element goes with it when it is replaced or copied; bpmn-js by itself takes along only what is described to it. */

/** @import { Business, EventBus, Moddle } from "../../../types/drawing" */

const FIRST = 2_000;

export class ForeignParts {
  static $inject = ["eventBus", "moddle"];

  /**
   * @param {EventBus} eventBus
   * @param {Moddle} moddle
   */
  constructor(eventBus, moddle) {
    this.moddle = moddle;
    eventBus.on("moddleCopy.canCopyProperty", FIRST, ({ property }) => (property?.$descriptor?.isGeneric ? this.copied(property) : undefined));
    eventBus.on("moddleCopy.canCopyProperties", FIRST, ({ sourceElement, targetElement }) => {
      Object.entries(sourceElement.$attrs ?? {}).filter(([name]) => isForeign(name)).forEach(([name, value]) => (targetElement.$attrs[name] = value));
    });
  }

  /**
   * An element that nobody described, with all that is in it.
   * @param {Business} element
   */
  copied(element) {
    const { ns } = element.$descriptor;
    const attributes = Object.fromEntries(Object.entries(element).filter(([name]) => !name.startsWith("$")));
    const made = this.moddle.createAny(element.$type, ns.uri, attributes);
    if (element.$body !== undefined) made.$body = element.$body;
    if (element.$children) made.$children = element.$children.map((child) => this.copied(child));
    return made;
  }
}

/**
 * An attribute of another namespace, or the declaration of one, without which it would not be written.
 * @param {string} name
 */
function isForeign(name) {
  return name.includes(":") && !name.startsWith("xsi:");
}
