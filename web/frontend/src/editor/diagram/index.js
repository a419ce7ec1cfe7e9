/* The diagram tab: bpmn-js over the process's BPMN file, our properties panel beside it. Changes go into the draft as XML. */
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css";
import "@bpmn-io/properties-panel/assets/properties-panel.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "../../diagram.css";
import Modeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule } from "bpmn-js-properties-panel";
import minimap from "diagram-js-minimap";
import { showLimits } from "../../badges.js";
import { look } from "../../look.js";
import { elements, needed } from "../../elements.js";
import { still } from "../../zooming.js";
import { button, make, select } from "../dom.js";
import { language, say } from "../messages.js";
import { translation } from "../translation.js";
import { SPIFF } from "./descriptor.js";
import { EnglishNames } from "./english.js";
import { Extensions } from "./extensions.js";
import { Finding } from "./finding.js";
import { ForeignParts } from "./vendor-extensions.js";
import { FlowNames, LabelNames, NamedTasks, ReadableFactory } from "./ids.js";
import { KeptSettings } from "./kept.js";
import { Keyboard } from "./keyboard.js";
import { Marks } from "./marks.js";
import { offered } from "./offered.js";
import { PictureNames } from "./pictures.js";
import { FreePlaces } from "./places.js";
import { PanelHead } from "./panel/head.js";
import { panel } from "./panel/index.js";
import { RefusedPlaces } from "./refused.js";
import { ShownNames, TypedNames } from "./shown.js";
import { Variables } from "./variables.js";
import { View } from "./view.js";

/** @import { Bench, Place } from "../../../types/draft" */
/** @import { Rect, Services } from "../../../types/drawing" */
/** @import { Language } from "../../../types/page" */

const PAUSE = 300;
const ROOM = { left: 16, top: 16, right: 16, bottom: 48 };
const LARGEST = 1;
const STEP = 1.25;
const RANGE = { smallest: 0.1, readable: 0.6, shown: 0.8, largest: 4 };
const SIZES = { zh: { inside: 12, external: 11 }, en: { inside: 11, external: 10 } }[language()];

const ours = {
  __init__: ["englishNames", "flowNames", "foreignParts", "freePlaces", "keptSettings", "keyboardFocus", "labelNames", "namedTasks", "panelHead", "pictureNames", "refusedPlaces", "shownNames"],
  bpmnFactory: ["type", ReadableFactory],
  bpmnSearch: ["type", Finding],
  flowNames: ["type", FlowNames],
  foreignParts: ["type", ForeignParts],
  freePlaces: ["type", FreePlaces],
  englishNames: ["type", EnglishNames],
  extensions: ["type", Extensions],
  keptSettings: ["type", KeptSettings],
  keyboardFocus: ["type", Keyboard],
  labelEditingProvider: ["type", TypedNames],
  labelNames: ["type", LabelNames],
  marks: ["type", Marks],
  namedTasks: ["type", NamedTasks],
  panelHead: ["type", PanelHead],
  pictureNames: ["type", PictureNames],
  refusedPlaces: ["type", RefusedPlaces],
  shownNames: ["type", ShownNames],
};

/**
 * The diagram is drawn when `open` has resolved.
 * @param {HTMLElement} container
 * @param {Bench} bench
 */
export async function open(container, bench) {
  const tab = new DiagramTab(container, bench);
  await tab.draw();
  return tab;
}

class DiagramTab {
  waiting = false;
  leading = false;
  fitted = false;
  given = "";
  asGiven = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  /** @type {Rect | null} Where the canvas stood before a flow was led. */
  stood = null;
  undo = button(say("undo"), () => this.get("commandStack").undo());
  redo = button(say("redo"), () => this.get("commandStack").redo());
  map = button(say("map"), () => this.get("minimap").toggle(), { "aria-pressed": "false", title: say("map_hint") });

  /**
   * @param {HTMLElement} container
   * @param {Bench} bench
   */
  constructor(container, { draft, config, urls }) {
    this.draft = draft;
    this.file = `${draft.key}.bpmn`;
    this.canvasElement = make("div", { class: "desk-diagram desk-editor-canvas" });
    this.panelElement = make("aside", { class: "desk-editor-panel", "aria-label": say("general") });
    this.unread = make("p", { class: "desk-note desk-note-warn", role: "alert", hidden: true });
    this.paletteElement = make("div", { class: "desk-editor-palette djs-parent bio-theme-parent" });
    this.mapElement = make("div", { class: "desk-editor-map djs-parent bio-theme-parent" });
    const side = make("div", { class: "desk-editor-side-panel" }, this.mapElement, this.panelElement);
    this.bar = make("div", { class: "desk-editor-toolbar" });
    const drawing = make("div", { class: "desk-editor-drawing" }, this.bar, make("div", { class: "desk-editor-stage" }, this.paletteElement, this.canvasElement));
    container.append(this.unread, make("div", { class: "desk-editor-split" }, drawing, side));
    const variables = new Variables(urls.variables, this.file, draft);
    /** @type {Modeler<Services>} */
    this.modeler = new Modeler({
      container: this.canvasElement,
      propertiesPanel: { parent: this.panelElement, feelPopupContainer: this.canvasElement },
      moddleExtensions: { spiffworkflow: SPIFF },
      additionalModules: [BpmnPropertiesPanelModule, minimap, translation, ours, offered, panel({ draft, config, variables })],
      ...look(SIZES),
    });
    this.paletteElement.append(needed(this.canvasElement, ".djs-palette", HTMLElement));
    this.titled();
    this.mapElement.append(needed(this.canvasElement, ".djs-minimap", HTMLElement));
    this.panelElement.prepend(this.get("panelHead").element);
    this.bar.append(this.tools(), this.names());
    this.view = new View(draft.key, this.get("canvas"), this.get("eventBus"));
    this.follow();
    new ResizeObserver(() => this.resized()).observe(this.canvasElement);
  }

  /**
   * @template {keyof Services} Name
   * @param {Name} service
   * @returns {Services[Name]}
   */
  get(service) {
    return this.modeler.get(service);
  }

  tools() {
    this.undoable();
    return make("div", { class: "desk-row", role: "group", "aria-label": say("tools") },
      this.undo,
      this.redo,
      button(say("search"), (event) => this.search(event), { title: "Ctrl+F" }),
      button("−", () => this.zoom(1 / STEP), { title: say("smaller"), "aria-label": say("smaller") }),
      button("+", () => this.zoom(STEP), { title: say("larger"), "aria-label": say("larger") }),
      button(say("whole"), () => this.fit(), { title: say("whole_hint") }),
      this.map);
  }

  /** What a tool of the palette does stands at it for whoever only sees it, too. */
  titled() {
    const title = () => elements(this.paletteElement, ".entry[aria-label]", HTMLElement).forEach((entry) => (entry.title = entry.ariaLabel ?? ""));
    title();
    this.get("eventBus").on("palette.changed", title);
  }

  /** What cannot be taken back or done again says so. */
  undoable() {
    const stack = this.get("commandStack");
    offer(this.undo, stack.canUndo(), "Ctrl+Z", "nothing_to_undo");
    offer(this.redo, stack.canRedo(), "Ctrl+Y", "nothing_to_redo");
  }

  /** Which language the names on the canvas are in: that one is read and typed there. */
  names() {
    const shown = this.get("shownNames");
    /** @type {[Language, string][]} */
    const languages = [["zh", "中文"], ["en", "English"]];
    const choice = select(shown.language, languages, (chosen) => (shown.show(chosen), this.limits()), { id: "names-shown", class: "form-select form-select-sm", title: say("names_hint") });
    return make("div", { class: "desk-row desk-editor-names" }, make("label", { for: "names-shown" }, say("names_shown")), choice);
  }

  follow() {
    const bus = this.get("eventBus");
    bus.on("commandStack.changed", () => {
      this.undoable();
      this.limits();
      clearTimeout(this.timer);
      this.waiting = true;
      this.draft.touch();
      this.timer = setTimeout(() => this.flush(), PAUSE);
    });
    bus.on("minimap.toggle", ({ open: isOpen }) => this.map.setAttribute("aria-pressed", String(isOpen)));
    bus.on("connect.init", () => this.lead());
    bus.on("connect.cleanup", () => this.back());
    this.still();
    this.canvasElement.addEventListener("mouseleave", () => this.leading && this.reach());
    bus.on("searchPad.selected", ({ id }) => this.show({ element: id }));
    bus.on("desk.problem", ({ id }) => this.choose(id));
    bus.on("desk.problem", ({ id }) => this.canvasElement.dispatchEvent(new CustomEvent("desk:editor-problem", { bubbles: true, detail: { element: id } })));
    this.draft.beforeSave(() => this.flush(), () => this.waiting);
  }

  async draw() {
    this.given = this.draft.text(this.file) ?? "";
    const { warnings } = await this.modeler.importXML(this.given);
    this.asGiven = await this.written();
    this.warn(warnings);
    this.undoable();
    this.limits();
    if (this.view.restore()) this.fitted = true;
    else this.fit();
    this.mark();
  }

  /**
   * What a save would leave out is said before anything is drawn.
   * @param {(string | { message: string })[]} warnings
   */
  warn(warnings) {
    const [first = ""] = warnings;
    const told = [warnings.length && say("diagram_unread", { n: warnings.length, why: typeof first === "string" ? first : first.message }), this.given.includes("<!--") && say("comments")].filter(Boolean);
    this.unread.hidden = !told.length;
    this.unread.textContent = told.join(" ");
  }

  /** After recovery or another's version: drawn anew when it differs from what is drawn. */
  async reload() {
    clearTimeout(this.timer);
    this.waiting = false;
    this.view.keep();
    await this.draw();
  }

  async flush() {
    if (!this.waiting) return;
    clearTimeout(this.timer);
    const xml = await this.written();
    this.waiting = false;
    this.draft.change(this.file, xml === this.asGiven ? this.given : xml);
  }

  /** The diagram as a file. One in which nothing has changed keeps the letters in which it was given. */
  async written() {
    return (await this.modeler.saveXML({ format: true })).xml ?? "";
  }

  /** The limits as they stand now, in the language of the names. */
  limits() {
    showLimits({ overlays: this.get("overlays"), elementRegistry: this.get("elementRegistry") }, this.get("shownNames").language);
  }

  mark() {
    this.get("marks").show(this.draft.problems.filter(({ file, element }) => element && (!file || file === this.file)));
  }

  fit() {
    const canvas = this.get("canvas");
    const { width, height } = canvas.getSize();
    if (!width || !height) return;
    const { inner } = canvas.viewbox();
    const scale = Math.min(LARGEST, (width - ROOM.left - ROOM.right) / inner.width, (height - ROOM.top - ROOM.bottom) / inner.height);
    canvas.viewbox({ x: inner.x - ROOM.left / scale, y: inner.y - ROOM.top / scale, width: width / scale, height: height / scale });
    this.fitted = true;
  }

  /** While a flow is led to its target nothing covers it, and the view stays under the pointer: what one sees is where one clicks. */
  lead() {
    this.leading = true;
    const { x, y, width, height } = this.get("canvas").viewbox();
    this.stood = { x, y, width, height };
    this.canvasElement.classList.add("is-leading");
    this.bar.classList.add("is-aside");
  }

  /** Near the border the canvas would scroll under the pointer: not while a flow is led. */
  still() {
    const scroll = this.get("autoScroll");
    const start = scroll.startScroll.bind(scroll);
    scroll.startScroll = (point) => !this.leading && start(point);
  }

  /** Whoever leaves the canvas looks for a target that is out of view: then the whole drawing is shown. */
  reach() {
    const { x, y, width, height, inner } = this.get("canvas").viewbox();
    if (inner.x >= x && inner.y >= y && inner.x + inner.width <= x + width && inner.y + inner.height <= y + height) return;
    this.fit();
  }

  /** Afterwards one stands where one stood. */
  back() {
    this.leading = false;
    this.canvasElement.classList.remove("is-leading");
    this.bar.classList.remove("is-aside");
    if (this.stood) this.get("canvas").viewbox(this.stood);
    this.stood = null;
  }

  /** Behind another tab the canvas has no size, and would forget where it stood. */
  resized() {
    if (!this.canvasElement.clientWidth) return;
    this.get("canvas").resized();
    if (this.fitted || !this.modeler.getDefinitions()) return;
    if (this.view.restore()) this.fitted = true;
    else this.fit();
  }

  /** Another tab was open before. */
  shown() {
    this.resized();
  }

  /** @param {number} factor */
  zoom(factor) {
    const canvas = this.get("canvas");
    canvas.zoom(Math.min(RANGE.largest, Math.max(RANGE.smallest, canvas.zoom() * factor)), still(canvas, this.get("elementRegistry"), this.get("selection").get()));
  }

  /**
   * A click that opens the search is no click outside of it.
   * @param {Event} [event]
   */
  search(event) {
    event?.stopPropagation();
    this.get("searchPad").toggle();
  }

  /**
   * Select an element and bring it into view, large enough to read; the way that leads there, if a problem has one, is marked until another is shown.
   * @param {Place} place
   */
  show({ element, values }) {
    this.get("marks").way(values?.way);
    const shape = this.drawn(element);
    if (!shape) return;
    const canvas = this.get("canvas");
    if (canvas.zoom() < RANGE.readable) canvas.zoom(RANGE.shown, "auto");
    canvas.scrollToElement(shape, { top: 100, bottom: 100, left: 120, right: 100 });
    this.choose(shape.id);
    canvas.focus();
  }

  /** @param {string} id */
  choose(id) {
    this.get("selection").select(this.get("elementRegistry").get(id));
  }

  /**
   * What stands for an element on the canvas: the pool for its process.
   * @param {string | undefined} element
   */
  drawn(element) {
    const registry = this.get("elementRegistry");
    return registry.get(element) ?? registry.find(({ businessObject }) => businessObject?.processRef?.id === element);
  }

  /** @param {string | undefined} element */
  nameOf(element) {
    const shape = this.drawn(element);
    return shape ? this.get("shownNames").of(shape) : "";
  }
}

/**
 * A button for what can be done; what cannot says so.
 * @param {HTMLButtonElement} one
 * @param {boolean} can
 * @param {string} keys
 * @param {string} none
 */
function offer(one, can, keys, none) {
  one.disabled = !can;
  one.title = can ? keys : say(none);
}
