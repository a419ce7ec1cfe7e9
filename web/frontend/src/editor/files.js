/* The list of one kind of file in the draft, each with the steps that use it, and making a new one. */
import { english } from "./diagram/catalogue.js";
import { button, field, input, make } from "./dom.js";
import { either, say } from "./texts.js";

const KEY = /^[a-z_][a-z0-9_]*$/;

export class FileList {
  /** kind: {folder, suffix, heading, empty, create, keyLabel, uses(id) → RegExp over a diagram, blank(id) → text, choose(name)}. */
  constructor(draft, kind) {
    Object.assign(this, { draft, kind });
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

  idOf(name) {
    return name.slice(this.kind.folder.length, -this.kind.suffix.length);
  }

  usedBy(name) {
    const drawn = new DOMParser().parseFromString(this.draft.text(`${this.draft.key}.bpmn`) ?? "", "application/xml");
    const uses = this.kind.uses(this.idOf(name));
    const nodes = [...drawn.getElementsByTagName("*")].filter((node) => node.hasAttribute("name") && node.hasAttribute("id") && /Task$|Activity$/.test(node.localName));
    const text = new XMLSerializer();
    return nodes.filter((node) => uses.test(text.serializeToString(node))).map((node) => this.called(node));
  }

  called(node) {
    const names = this.draft.text(`translations/${this.draft.key}.en.yaml`);
    return either(node.getAttribute("name"), english(names, node.getAttribute("id"), ""));
  }

  usedElsewhere(name) {
    const uses = this.kind.uses(this.idOf(name));
    return this.draft.names.some((other) => other.endsWith(".bpmn") && other !== `${this.draft.key}.bpmn` && uses.test(this.draft.text(other)));
  }

  draw() {
    const names = this.names;
    this.list.replaceChildren(...names.map((name) => this.item(name)));
    if (!names.length) this.list.append(make("li", { class: "desk-empty" }, this.kind.empty));
    this.mark(names.includes(this.chosen) ? this.chosen : null);
  }

  item(name) {
    const used = this.usedBy(name);
    const told = used.length ? say("used_in", { names: used.join(" · ") }) : say("not_used");
    return make("li", {}, make("button", { type: "button", data: { file: name }, on: { click: () => this.kind.choose(name) } }, make("strong", {}, this.idOf(name)), make("small", {}, told)));
  }

  mark(name) {
    this.chosen = name ?? null;
    this.list.querySelectorAll("[data-file]").forEach((one) => {
      if (one.dataset.file === name) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
  }

  focus() {
    this.list.querySelector("[aria-current]")?.focus();
  }

  offer() {
    this.maker.replaceChildren(button(this.kind.create, () => this.ask()));
  }

  ask() {
    let id = "";
    const wrong = make("p", { class: "desk-field-error", role: "alert", hidden: true });
    const key = input("", (value) => (id = value.trim()), { on: { input: ({ target }) => (id = target.value.trim()), keydown: (event) => event.key === "Enter" && this.make(id, wrong) } });
    this.maker.replaceChildren(field(this.kind.keyLabel, key, say("key_hint")), wrong, make("div", { class: "desk-row" }, button(say("create"), () => this.make(id, wrong), { class: "btn btn-sm btn-primary" }), button(say("cancel"), () => this.offer())));
    key.focus();
  }

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
