/* What the search over the drawing finds: elements by their names in both languages and by id. Nothing found is said. */
import { isLabel } from "bpmn-js/lib/util/LabelUtil";
import { needed } from "../../elements.js";
import { make } from "../dom.js";
import { say } from "../messages.js";

/** @import { Canvas, Drawn, EventBus, Registry } from "../../../types/drawing" */
/** @import { ShownNames } from "./shown.js" */

/** @typedef {{ element: Drawn, label: string, other: string, id: string }} Item */
/** @typedef {{ value: string, match?: boolean, index: number }} Token */
/** @typedef {(items: Item[], pattern: string, options: { keys: string[] }) => { item: Item, tokens: Record<keyof Item, Token[]> }[]} Search */

export class Finding {
  static $inject = ["elementRegistry", "searchPad", "canvas", "search", "shownNames", "eventBus"];

  /**
   * @param {Registry} registry
   * @param {{ registerProvider(provider: object): void, toggle(): void }} pad
   * @param {Canvas} canvas
   * @param {Search} search
   * @param {ShownNames} shown
   * @param {EventBus} eventBus
   */
  constructor(registry, pad, canvas, search, shown, eventBus) {
    this.registry = registry;
    this.canvas = canvas;
    this.search = search;
    this.shown = shown;
    this.pad = pad;
    this.note = make("p", { class: "desk-search-note", role: "status" });
    pad.registerProvider(this);
    eventBus.on("searchPad.opened", () => this.opened());
    eventBus.on("searchPad.cleared", () => this.note.replaceChildren());
  }

  /** @param {string} pattern */
  find(pattern) {
    const roots = this.canvas.getRootElements();
    const items = this.registry
      .filter((element) => !isLabel(element) && !roots.includes(element))
      .map((element) => ({ element, label: this.shown.of(element), other: this.shown.other(element), id: element.id }));
    const found = this.search(items, pattern, { keys: ["label", "other", "id"] });
    this.note.textContent = found.length ? "" : say("nothing_found");
    return found.map(({ item: { element }, tokens }) => ({ element, ...lines(tokens) }));
  }

  /** The key that opened the pad is not yet an answer to it; what is pasted or composed counts as typed, though no key comes up after it. */
  opened() {
    const box = needed(this.canvas.getContainer(), ".djs-search-container", HTMLElement);
    const field = needed(box, "input", HTMLInputElement);
    if (!this.note.isConnected) {
      box.append(this.note);
      field.placeholder = say("search_hint");
      field.addEventListener("input", () => field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true, key: "Process" })));
    }
    const awaited = new AbortController();
    const options = { capture: true, signal: awaited.signal };
    ["keydown", "input"].forEach((name) => box.addEventListener(name, () => awaited.abort(), options));
    box.addEventListener("keyup", (event) => event.stopPropagation(), options);
  }

  toggle() {
    this.pad.toggle();
  }
}

/**
 * The name above, then the other name and the id. An empty text is left out: the pad would write "undefined" for it.
 * @param {Record<keyof Item, Token[]>} tokens
 */
function lines({ label, other, id }) {
  const others = other.filter(({ value }) => value);
  return { primaryTokens: label.filter(({ value }) => value), secondaryTokens: others.length ? [...others, { value: " · " }, ...id] : id };
}
