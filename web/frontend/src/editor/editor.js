/* The page on which a process is edited: one draft, three tabs, the problems, and whether it is saved. Each tab loads what it needs when it is first opened. */
import "./editor.css";
import "./theme.css";
import { elements } from "../elements.js";
import { button, make } from "./dom.js";
import { Draft } from "./draft.js";
import { ProblemList } from "./problems.js";
import { Refused, ask } from "./requests.js";
import { Saving } from "./saving.js";
import { say } from "./messages.js";
import { missing, translateWithin } from "./translation.js";

/** @import { Bench, Config, Place, Problem, Tab } from "../../types/draft" */
/** @typedef {"diagram" | "decisions" | "forms"} TabName */

/** @type {Record<TabName, () => Promise<{ open: (panel: HTMLElement, bench: Bench) => Promise<Tab> }>>} */
const TABS = {
  diagram: () => import("./diagram/index.js"),
  decisions: () => import("./decisions/index.js"),
  forms: () => import("./forms/index.js"),
};

/** @type {TabName[]} */
const NAMES = ["diagram", "decisions", "forms"];

/** @type {Record<string, number>} */
const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };

class Editor {
  /** @type {Partial<Record<TabName, Tab>>} */
  opened = {};
  /** @type {TabName} */
  current = "diagram";
  count = button("", () => this.problems.enter(), { class: "btn btn-sm desk-problem-link", hidden: true });
  buttons = NAMES.map((name) => make("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, data: { tab: name }, on: { click: () => this.choose(name) } }, say(name)));
  panels = NAMES.map((name) => make("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, hidden: true }));

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const { key = "", draftUrl = "", checkUrl = "", variablesUrl = "", previewUrl = "", configUrl = "", publishUrl = "", tryUrl = "" } = root.dataset;
    this.urls = { variables: variablesUrl, preview: previewUrl, config: configUrl, publish: publishUrl, try: tryUrl };
    this.draft = new Draft(key, { draft: draftUrl, check: checkUrl });
    this.saving = new Saving(this.draft, { logInUrl: `/login?next=${encodeURIComponent(location.pathname)}` });
    /** @type {ProblemList} */
    this.problems = new ProblemList({ go: (problem) => this.go(problem), nameOf: (problem) => this.nameOf(problem) });
  }

  async start() {
    this.root.replaceChildren(make("p", { class: "desk-empty", role: "status" }, say("loading")));
    const [config] = await Promise.all([this.configured(), this.draft.load()]);
    this.config = config;
    this.frame();
    this.follow();
    await this.choose(NAMES.find((name) => location.hash === `#${name}`) ?? "diagram");
    this.showProblems();
    this.saving.draw();
    this.saving.offerRecovery();
    await this.goWhereAsked();
    this.root.dataset.ready = "true";
    this.root.dispatchEvent(new CustomEvent("desk:editor-ready", { bubbles: true, detail: { editor: this, missing } }));
  }

  /** @returns {Promise<Config>} */
  configured() {
    return ask("GET", this.urls.config);
  }

  frame() {
    const tabs = make("div", { class: "desk-tabs desk-editor-tabs", role: "tablist", "aria-label": say("tabs"), on: { keydown: (event) => this.arrow(event) } }, this.buttons);
    const save = button(say("save"), () => this.draft.save(), { title: "Ctrl+S" });
    const publish = make("a", { class: "btn btn-sm btn-primary", href: this.urls.publish, on: { click: (event) => this.leave(event, this.urls.publish) } }, say("publish"));
    const attempt = make("a", { class: "btn btn-sm", href: this.urls.try, on: { click: (event) => this.leave(event, this.urls.try) } }, say("try"));
    const bar = make("div", { class: "desk-editor-bar" }, tabs, make("div", { class: "desk-row desk-editor-actions" }, this.saving.line, this.count, save, attempt, publish));
    this.root.replaceChildren(bar, this.saving.pressing, this.saving.banners, ...this.panels, this.problems.element);
    translateWithin(this.root);
  }

  follow() {
    this.draft.addEventListener("problems", () => this.showProblems());
    this.draft.addEventListener("judging", () => this.judge());
    this.draft.addEventListener("loaded", () => Object.values(this.opened).forEach((tab) => tab.reload()));
    this.root.addEventListener("desk:editor-problem", ({ detail }) => this.problems.focus(detail.element));
    document.addEventListener("keydown", (event) => this.key(event), true);
  }

  showProblems() {
    this.problems.show(this.draft.problems, this.draft.verdict);
    this.count.hidden = !this.draft.problems.length;
    this.count.textContent = this.problems.count.textContent;
    this.opened.diagram?.mark?.();
  }

  judge() {
    this.problems.judge(this.draft.verdict);
    this.count.textContent = this.problems.count.textContent;
  }

  /** @param {TabName} name */
  async choose(name) {
    this.current = name;
    this.buttons.forEach((one) => {
      one.setAttribute("aria-selected", String(one.dataset.tab === name));
      one.tabIndex = one.dataset.tab === name ? 0 : -1;
    });
    this.panels.forEach((panel) => (panel.hidden = panel.id !== `panel-${name}`));
    history.replaceState(null, "", `#${name}`);
    await this.open(name);
  }

  /** @param {TabName} name */
  async open(name) {
    const panel = this.panels.find(({ id }) => id === `panel-${name}`);
    const tab = this.opened[name];
    tab?.shown?.();
    if (tab || !panel || !this.config) return;
    try {
      const { open } = await TABS[name]();
      this.opened[name] ??= await open(panel, { draft: this.draft, config: this.config, urls: this.urls });
    } catch (error) {
      panel.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("editor_failed")));
      console.error(error);
    }
  }

  /** @param {KeyboardEvent} event */
  arrow(event) {
    const step = ARROWS[event.key];
    const next = step && NAMES.at((NAMES.indexOf(this.current) + step) % NAMES.length);
    if (!next) return;
    this.choose(next);
    this.buttons.find(({ dataset }) => dataset.tab === next)?.focus();
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const key = event.key.toLowerCase();
    if (key === "s") this.draft.save();
    else if (key === "f" && this.current === "diagram") this.opened.diagram?.search?.();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Trying and publishing look at what is saved.
   * @param {MouseEvent} event
   * @param {string} address
   */
  async leave(event, address) {
    event.preventDefault();
    await this.draft.save();
    if (!this.draft.isUnsaved) location.assign(address);
  }

  /**
   * @param {Place} place
   * @returns {TabName}
   */
  tabOf({ file }) {
    if (file?.startsWith("decisions/")) return "decisions";
    return file?.startsWith("forms/") ? "forms" : "diagram";
  }

  /** @param {Place} problem */
  async go(problem) {
    const name = this.tabOf(problem);
    await this.choose(name);
    await this.opened[name]?.show(problem);
  }

  /** Another page may name a place: ?file=forms/x.form&element=… */
  async goWhereAsked() {
    const { file, element } = Object.fromEntries(new URLSearchParams(location.search));
    if (file || element) await this.go({ file, element });
  }

  /** @param {Problem} problem */
  nameOf({ file, element }) {
    return !file || file === `${this.draft.key}.bpmn` ? (this.opened.diagram?.nameOf?.(element) ?? "") : "";
  }
}

/** @param {HTMLElement} root */
async function start(root) {
  try {
    await new Editor(root).start();
  } catch (error) {
    root.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, (error instanceof Refused && error.answer.title) || say("load_failed")));
    console.error(error);
  }
}

elements(document, "[data-modeler]", HTMLElement).forEach(start);
