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
import { button, make } from "../dom.js";
import { say } from "../texts.js";
import { translation } from "../words.js";
import { SPIFF } from "./descriptor.js";
import { EnglishNames } from "./english.js";
import { Extensions } from "./extensions.js";
import { ForeignParts } from "./foreign.js";
import { FlowNames, LabelNames, NamedTasks, ReadableFactory } from "./ids.js";
import { Marks } from "./marks.js";
import { offered } from "./offered.js";
import { PictureNames } from "./pictures.js";
import { FreePlaces } from "./places.js";
import { panel } from "./panel/index.js";
import { Variables } from "./variables.js";

const PAUSE = 300;
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';
const ROOM = { left: 124, top: 16, right: 16, bottom: 48 };
const LARGEST = 1;

const ours = {
  __init__: ["englishNames", "flowNames", "foreignParts", "freePlaces", "labelNames", "namedTasks", "pictureNames"],
  bpmnFactory: ["type", ReadableFactory],
  flowNames: ["type", FlowNames],
  foreignParts: ["type", ForeignParts],
  freePlaces: ["type", FreePlaces],
  englishNames: ["type", EnglishNames],
  extensions: ["type", Extensions],
  labelNames: ["type", LabelNames],
  marks: ["type", Marks],
  namedTasks: ["type", NamedTasks],
  pictureNames: ["type", PictureNames],
};

const appearance = {
  bpmnRenderer: { defaultFillColor: "var(--diagram-fill)", defaultStrokeColor: "var(--diagram-stroke)", defaultLabelColor: "var(--diagram-label)" },
  textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: 12 }, externalStyle: { fontFamily: FONT, fontSize: 11 } },
};

/** bench: {draft, config, urls}. The diagram is drawn when `open` has resolved. */
export async function open(container, bench) {
  const tab = new DiagramTab(container, bench);
  await tab.draw();
  return tab;
}

class DiagramTab {
  constructor(container, { draft, config, urls }) {
    this.draft = draft;
    this.file = `${draft.key}.bpmn`;
    this.canvasElement = make("div", { class: "desk-diagram desk-editor-canvas" });
    this.panelElement = make("aside", { class: "desk-editor-panel", "aria-label": say("general") });
    this.unread = make("p", { class: "desk-note desk-note-warn", role: "alert", hidden: true });
    container.append(this.unread, make("div", { class: "desk-editor-split" }, this.canvasElement, this.panelElement));
    const variables = new Variables(urls.variables, this.file, draft);
    this.modeler = new Modeler({
      container: this.canvasElement,
      propertiesPanel: { parent: this.panelElement, feelPopupContainer: this.canvasElement },
      moddleExtensions: { spiffworkflow: SPIFF },
      additionalModules: [BpmnPropertiesPanelModule, minimap, translation, ours, offered, panel({ draft, config, variables })],
      ...appearance,
    });
    this.canvasElement.append(this.tools());
    this.follow();
    new ResizeObserver(() => this.resized()).observe(this.canvasElement);
  }

  get(service) {
    return this.modeler.get(service);
  }

  tools() {
    const act = (name) => () => this.get(name[0])[name[1]]();
    return make("div", { class: "desk-diagram-tools", role: "group", "aria-label": say("tools") },
      button(say("undo"), act(["commandStack", "undo"]), { title: "Ctrl+Z" }),
      button(say("redo"), act(["commandStack", "redo"]), { title: "Ctrl+Y" }),
      button(say("search"), () => this.search(), { title: "Ctrl+F" }),
      button(say("whole"), () => this.fit()));
  }

  follow() {
    this.modeler.on("commandStack.changed", () => {
      clearTimeout(this.timer);
      this.waiting = true;
      this.timer = setTimeout(() => this.flush(), PAUSE);
    });
    this.modeler.on("desk.problem", ({ id }) => this.canvasElement.dispatchEvent(new CustomEvent("desk:editor-problem", { bubbles: true, detail: { element: id } })));
    this.draft.beforeSave(() => this.flush(), () => this.waiting);
  }

  async draw() {
    const { warnings } = await this.modeler.importXML(this.draft.text(this.file));
    this.warn(warnings);
    this.fit();
    this.mark();
  }

  /** What a save would leave out is said before anything is drawn. */
  warn(warnings) {
    const told = [warnings.length && say("diagram_unread", { n: warnings.length, why: warnings[0].message }), this.draft.text(this.file).includes("<!--") && say("comments")].filter(Boolean);
    this.unread.hidden = !told.length;
    this.unread.textContent = told.join(" ");
  }

  /** After recovery or another's version: drawn anew when it differs from what is drawn. */
  async reload() {
    clearTimeout(this.timer);
    this.waiting = false;
    await this.draw();
  }

  async flush() {
    if (!this.waiting) return;
    clearTimeout(this.timer);
    const { xml } = await this.modeler.saveXML({ format: true });
    this.waiting = false;
    this.draft.change(this.file, xml);
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

  resized() {
    this.get("canvas").resized();
    if (!this.fitted && this.modeler.getDefinitions()) this.fit();
  }

  search() {
    this.get("searchPad").toggle();
  }

  /** Select an element and bring it into view, large enough to read; the way that leads there, if a problem has one, is marked until another is shown. */
  show({ element, values }) {
    this.get("marks").way(values?.way);
    const shape = this.get("elementRegistry").get(element);
    if (!shape) return;
    const canvas = this.get("canvas");
    if (canvas.zoom() < 0.6) canvas.zoom(0.8, "auto");
    canvas.scrollToElement(shape, { top: 100, bottom: 100, left: 120, right: 100 });
    this.get("selection").select(shape);
    canvas.focus();
  }

  nameOf(element) {
    return this.get("elementRegistry").get(element)?.businessObject.name ?? "";
  }
}
