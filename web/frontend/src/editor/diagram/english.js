/* The English of the elements goes where they go: it follows a change of id, a copy takes it along, what is deleted gives it up, undo brings it back.

The catalogue is a file of its own, which the undo stack of the diagram does not know; so what is drawn is compared after every step with what was drawn before. */
import { textsOf, withTexts } from "./catalogue.js";

/** @import { Business, Copied, Drawn, EventBus, Registry } from "../../../types/drawing" */
/** @import { Editing } from "../../../types/draft" */

/** @typedef {Partial<Record<string, string>>} Texts */
/** @typedef {Map<Business, string>} IdsByElement */

export class EnglishNames {
  static $inject = ["eventBus", "elementRegistry", "config.bench"];

  /** @type {IdsByElement} */
  ids = new Map();
  /** @type {WeakMap<Business, Texts>} */
  kept = new WeakMap();

  /**
   * @param {EventBus} eventBus
   * @param {Registry} elementRegistry
   * @param {Editing} bench
   */
  constructor(eventBus, elementRegistry, bench) {
    this.registry = elementRegistry;
    this.bench = bench;
    eventBus.on("import.done", () => (this.ids = this.drawn()));
    eventBus.on("copyPaste.copyElement", 500, ({ descriptor, element }) => this.copied(descriptor, element));
    eventBus.on("copyPaste.pasteElement", 500, ({ descriptor }) => this.pasted(descriptor));
    eventBus.on("commandStack.changed", () => this.follow());
  }

  get file() {
    return `translations/${this.bench.draft.key}.en.yaml`;
  }

  /**
   * The id of every element, by what it means: a label and its shape are one.
   * @returns {IdsByElement}
   */
  drawn() {
    return new Map(this.registry.filter(({ businessObject }) => businessObject?.id).map(({ businessObject }) => [businessObject, businessObject.id]));
  }

  /**
   * @param {Copied} descriptor
   * @param {Drawn} element
   */
  copied(descriptor, { labelTarget, businessObject }) {
    if (!labelTarget) descriptor.english = textsOf(this.bench.draft.text(this.file), businessObject.id);
  }

  /** @param {Copied} descriptor */
  pasted({ labelTarget, businessObject, english }) {
    if (!labelTarget && english) this.kept.set(businessObject, english);
  }

  follow() {
    const { ids: before } = this;
    const after = this.drawn();
    this.ids = after;
    const moved = this.moved(before, after);
    if (!moved.size) return;
    const text = this.bench.draft.text(this.file) ?? "";
    const written = [...moved].reduce((changed, [id, texts]) => withTexts(changed, id, texts), text);
    if (written.trim() !== text.trim()) this.bench.draft.change(this.file, written);
  }

  /**
   * What has to stand under which id now.
   * @param {IdsByElement} before
   * @param {IdsByElement} after
   */
  moved(before, after) {
    const text = this.bench.draft.text(this.file);
    /** @type {Map<string, Texts>} */
    const moved = new Map();
    const there = new Set(after.values());
    for (const [element, id] of before) {
      if (after.get(element) === id) continue;
      this.kept.set(element, textsOf(text, id));
      if (!there.has(id)) moved.set(id, {});
    }
    const stood = new Set(before.values());
    for (const [element, id] of after) {
      const renamed = before.has(element) && before.get(element) !== id;
      if (renamed || (!before.has(element) && !stood.has(id))) moved.set(id, this.kept.get(element) ?? {});
    }
    return moved;
  }
}
