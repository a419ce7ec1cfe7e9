/* The list of one kind of file in the draft, each with the steps that use it, and making a new one. */
import { element, elements } from "../elements.js";
import { english } from "./diagram/catalogue.js";
import { button, field, input, make } from "./dom.js";
import { either, say } from "./texts.js";

const KEY = /^[a-z_][a-z0-9_]*$/;

/** @import { Draft } from "./draft.js" */

/**
 * A kind of file: where it lies, what the list says, and what follows. uses(id): what a diagram that uses it looks like; blank(id): the text of a new one.
 * @typedef {{ folder: string, suffix: string, heading: string, empty: string, create: string, keyLabel: string, uses: (id: string) => RegExp, blank: (id: string) => string, choose: (name: string) => unknown }} FileKind
 */

export class FileList {
  /** @type {string | null} */
  chosen = null;

  /**
   * @param {Draft} draft
   * @param {FileKind} kind
   */
  constructor(draft, kind) {
    this.draft = draft;
    this.kind = kind;
    this.list = make("ul", { class: "desk-editor-list" });
    this.maker = make("div", { class: "desk-editor-maker" });
    this.element = make("nav", { class: "desk-panel desk-editor-side", "aria-label": kind.heading }, make("div", { class: "desk-panel-head" }, make("h2", {}, kind.heading)), this.list, this.maker);
    this.offer();
  }

  /** Files of our own diagram and such as no diagram uses; those of called processes are edited with them. */
  get names() {
    const { folder } = this.kind;
    return this.draft.names.filter((name) => name.startsWith(folder) && (this.usedBy(name).length || !this.usedElsewhere(name)));
  }

  /** @param {string} name */
  idOf(name) {
    return name.slice(this.kind.folder.length, -this.kind.suffix.length);
  }

  /** @param {string} name */
  usedBy(name) {
    const drawn = new DOMParser().parseFromString(this.draft.text(`${this.draft.key}.bpmn`) ?? "", "application/xml");
    const uses = this.kind.uses(this.idOf(name));
    const nodes = [...drawn.getElementsByTagName("*")].filter((node) => node.hasAttribute("name") && node.hasAttribute("id") && /Task$|Activity$/.test(node.localName));
    const text = new XMLSerializer();
    return nodes.filter((node) => uses.test(text.serializeToString(node))).map((node) => this.called(node));
  }

  /** @param {Element} node */
  called(node) {
    const names = this.draft.text(`translations/${this.draft.key}.en.yaml`);
    return either(node.getAttribute("name"), english(names, node.id));
  }

  /** @param {string} name */
  usedElsewhere(name) {
    const uses = this.kind.uses(this.idOf(name));
    return this.draft.names.some((other) => other.endsWith(".bpmn") && other !== `${this.draft.key}.bpmn` && uses.test(this.draft.text(other) ?? ""));
  }

  draw() {
    const names = this.names;
    this.list.replaceChildren(...names.map((name) => this.item(name)));
    if (!names.length) this.list.append(make("li", { class: "desk-empty" }, this.kind.empty));
    this.mark(names.find((name) => name === this.chosen));
  }

  /** @param {string} name */
  item(name) {
    const used = this.usedBy(name);
    const told = used.length ? say("used_in", { names: used.join(" · ") }) : say("not_used");
    return make("li", {}, make("button", { type: "button", data: { file: name }, on: { click: () => this.kind.choose(name) } }, make("strong", {}, this.idOf(name)), make("small", {}, told)));
  }

  /** @param {string | null | undefined} name */
  mark(name) {
    this.chosen = name ?? null;
    elements(this.list, "[data-file]", HTMLElement).forEach((one) => {
      if (one.dataset.file === name) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
  }

  focus() {
    element(this.list, "[aria-current]", HTMLElement)?.focus();
  }

  offer() {
    this.maker.replaceChildren(button(this.kind.create, () => this.ask()));
  }

  ask() {
    let id = "";
    const wrong = make("p", { class: "desk-field-error", role: "alert", hidden: true });
    const key = input("", (value) => (id = value.trim()), { on: { keydown: (event) => event.key === "Enter" && this.make(id, wrong) } });
    this.maker.replaceChildren(field(this.kind.keyLabel, key, say("key_hint")), wrong, make("div", { class: "desk-row" }, button(say("create"), () => this.make(id, wrong), { class: "btn btn-sm btn-primary" }), button(say("cancel"), () => this.offer())));
    key.focus();
  }

  /**
   * @param {string} id
   * @param {HTMLElement} wrong
   */
  make(id, wrong) {
    const name = `${this.kind.folder}${id}${this.kind.suffix}`;
    const why = !KEY.test(id) ? "key_hint" : this.draft.text(name) !== null ? "key_taken" : "";
    wrong.hidden = !why;
    wrong.textContent = why && say(why);
    if (why) return;
    this.draft.change(name, this.kind.blank(id));
    this.offer();
    this.draw();
    this.kind.choose(name);
  }
}
