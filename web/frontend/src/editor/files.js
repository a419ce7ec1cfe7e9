/* The list of one kind of file in the draft, each with the steps that use it; making a new one, and deleting one that no step uses. */
import { element, elements } from "../elements.js";
import { english } from "./diagram/catalogue.js";
import { button, field, make } from "./dom.js";
import { either, say } from "./messages.js";

const KEY = /^[a-z_][a-z0-9_]*$/;

/** @import { Draft } from "./draft.js" */

/**
 * A kind of file: where it lies, what the list says, and what follows. uses(id): what a diagram that uses it looks like; blank(id): the text of a new one;
 * titleOf(text, id): what it is called in itself, where it is called something.
 * @typedef {{ folder: string, suffix: string, heading: string, empty: string, create: string, remove: string, keyLabel: string, uses: (id: string) => RegExp, blank: (id: string) => string, titleOf?: (text: string, id: string) => string, choose: (name: string) => unknown }} FileKind
 */

export class FileList {
  /** @type {string | null} */
  chosen = null;
  /** @type {Map<string, { text: string, steps: { node: Element, text: string }[] }>} */
  read = new Map();

  /**
   * @param {Draft} draft
   * @param {FileKind} kind
   */
  constructor(draft, kind) {
    this.draft = draft;
    this.kind = kind;
    this.list = make("ul", { class: "desk-editor-list" });
    this.maker = make("div", { class: "desk-editor-maker" });
    this.deleting = button(kind.remove, () => this.delete(), { hidden: true });
    this.element = make("nav", { class: "desk-panel desk-editor-side", "aria-label": kind.heading }, make("div", { class: "desk-panel-head" }, make("h2", {}, kind.heading)), this.list, this.maker);
    this.offer();
  }

  /** Files of our own diagram, then such as no diagram uses; those of called processes are edited with them. */
  get names() {
    const files = this.draft.names.filter((name) => name.startsWith(this.kind.folder));
    const own = files.filter((name) => this.usedBy(name).length);
    return [...own, ...files.filter((name) => !own.includes(name) && !this.usedElsewhere(name))];
  }

  /** @param {string} name */
  idOf(name) {
    return name.slice(this.kind.folder.length, -this.kind.suffix.length);
  }

  /** @param {string} name */
  usedBy(name) {
    return this.usersIn(`${this.draft.key}.bpmn`, name).filter((node) => node.hasAttribute("name")).map((node) => this.called(node));
  }

  /**
   * The steps of a diagram that use a file, however the attributes of the diagram are quoted.
   * @param {string} diagram
   * @param {string} name
   */
  usersIn(diagram, name) {
    const uses = this.kind.uses(this.idOf(name));
    return this.stepsOf(diagram).filter(({ text }) => uses.test(text)).map(({ node }) => node);
  }

  /**
   * Every step of a diagram with its text; a diagram is read again only when it has changed.
   * @param {string} diagram
   */
  stepsOf(diagram) {
    const text = this.draft.text(diagram) ?? "";
    const before = this.read.get(diagram);
    if (before?.text === text) return before.steps;
    const drawn = new DOMParser().parseFromString(text, "application/xml");
    const nodes = [...drawn.getElementsByTagName("*")].filter((node) => node.hasAttribute("id") && /Task$|Activity$/.test(node.localName));
    const writer = new XMLSerializer();
    const steps = nodes.map((node) => ({ node, text: writer.serializeToString(node) }));
    this.read.set(diagram, { text, steps });
    return steps;
  }

  /** @param {Element} node */
  called(node) {
    const names = this.draft.text(`translations/${this.draft.key}.en.yaml`);
    return either(node.getAttribute("name"), english(names, node.id));
  }

  /** @param {string} name */
  usedElsewhere(name) {
    return this.draft.names.some((other) => other.endsWith(".bpmn") && other !== `${this.draft.key}.bpmn` && this.usersIn(other, name).length);
  }

  draw() {
    const names = this.names;
    this.list.replaceChildren(...names.map((name) => this.item(name)));
    if (!names.length) this.list.append(make("li", { class: "desk-empty" }, this.kind.empty));
    this.mark(names.find((name) => name === this.chosen));
  }

  /** @param {string} name */
  item(name) {
    const used = this.usedBy(name).join(" · ");
    const [id, title] = [this.idOf(name), this.titleOf(name, used)];
    const told = used ? used !== title && say("used_in", { names: used }) : say("not_used");
    const lines = [make("strong", {}, title), title !== id && make("small", { translate: "no" }, id), told && make("small", {}, told)];
    return make("li", {}, make("button", { type: "button", data: { file: name }, on: { click: () => this.kind.choose(name) } }, ...lines.filter((line) => !!line)));
  }

  /**
   * What a file is called in the language of the page: as it says itself, which is in Chinese, else as the steps that use it; its id when nobody calls it anything.
   * @param {string} name
   * @param {string} used
   */
  titleOf(name, used) {
    const id = this.idOf(name);
    const own = this.kind.titleOf?.(this.draft.text(name) ?? "", id) ?? "";
    return either(own, used) || used || id;
  }

  /** @param {string | null | undefined} name */
  mark(name) {
    this.chosen = name ?? null;
    this.deleting.hidden = !name || this.isUsed(name);
    elements(this.list, "[data-file]", HTMLElement).forEach((one) => {
      if (one.dataset.file === name) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
  }

  focus() {
    element(this.list, "[aria-current]", HTMLElement)?.focus();
  }

  /** @param {string} name */
  isUsed(name) {
    return this.draft.names.some((diagram) => diagram.endsWith(".bpmn") && this.usersIn(diagram, name).length);
  }

  offer() {
    this.maker.replaceChildren(make("div", { class: "desk-row" }, button(this.kind.create, () => this.ask()), this.deleting));
  }

  /** Only what no step uses; what was deleted can be put back. */
  delete() {
    const { chosen } = this;
    const text = chosen && this.draft.text(chosen);
    if (!chosen || !text || this.isUsed(chosen)) return;
    this.put(chosen, null, this.names.find((name) => name !== chosen));
    this.maker.append(make("div", { class: "desk-row", role: "status" }, say("file_deleted", { id: this.idOf(chosen) }), button(say("file_back"), () => this.put(chosen, text, chosen))));
  }

  /**
   * @param {string} name
   * @param {string | null} text
   * @param {string | undefined} next which file is shown then
   */
  put(name, text, next) {
    this.draft.change(name, text);
    this.offer();
    this.draw();
    this.kind.choose(next ?? "");
  }

  ask() {
    const wrong = make("p", { class: "desk-field-error", role: "alert", hidden: true });
    /** @type {HTMLInputElement} */
    const key = make("input", { class: "form-control", autocomplete: "off", on: { keydown: (event) => event.key === "Enter" && this.make(key, wrong) } });
    this.maker.replaceChildren(field(this.kind.keyLabel, key, say("key_hint")), wrong, make("div", { class: "desk-row" }, button(say("create"), () => this.make(key, wrong), { class: "btn btn-sm btn-primary" }), button(say("cancel"), () => this.offer())));
    key.focus();
  }

  /**
   * @param {HTMLInputElement} key
   * @param {HTMLElement} wrong
   */
  make(key, wrong) {
    const id = key.value.trim();
    const name = `${this.kind.folder}${id}${this.kind.suffix}`;
    const why = this.wrongKey(id, name);
    wrong.hidden = !why;
    wrong.textContent = why;
    key.setAttribute("aria-invalid", String(Boolean(why)));
    if (why) key.focus();
    else this.put(name, this.kind.blank(id), name);
  }

  /**
   * Why a new file cannot be called so; nothing when it can.
   * @param {string} id
   * @param {string} name
   */
  wrongKey(id, name) {
    if (!id) return say("key_missing");
    if (!KEY.test(id)) return say("key_bad", { id });
    return this.draft.text(name) === null ? "" : say("key_taken");
  }
}
