/* Names on the canvas in the language that is shown: the diagram holds the Chinese, the catalogue the English. What is typed on the canvas goes where it was read.

An element without any name takes the first one in both languages, so that nobody sees an empty box. */
import LabelEditingProvider from "bpmn-js/lib/features/label-editing/LabelEditingProvider";
import { is } from "bpmn-js/lib/util/ModelUtil";
import { isAbove, widestWord } from "../../labels.js";
import { language } from "../messages.js";
import { english, namesOf, withEnglish } from "./catalogue.js";

/** @import CommandStack from "diagram-js/lib/command/CommandStack" */
/** @import { Drawn, EventBus, Rect, Registry, Renderer, Rendering, Texts } from "../../../types/drawing" */
/** @import { Editing } from "../../../types/draft" */
/** @import { Language } from "../../../types/page" */

/**
 * A text of the catalogue that is changed as one step.
 * @typedef {{ element: Drawn, id: string, value: string, section: string, before?: string }} Change
 */

const BEFORE_BPMN = 1_100;
const COMMAND = "desk.english";
const BOTH = "properties-panel.multi-command-executor";

export class ShownNames {
  static $inject = ["eventBus", "bpmnRenderer", "elementRegistry", "commandStack", "textRenderer", "config.bench"];

  language = language();
  /** @type {{ text: string, names: Map<string, string> } | undefined} */
  read;
  writing = false;

  /**
   * @param {EventBus} eventBus
   * @param {Renderer} renderer
   * @param {Registry} registry
   * @param {CommandStack} commandStack
   * @param {Texts} texts
   * @param {Editing} bench
   */
  constructor(eventBus, renderer, registry, commandStack, texts, { draft, config }) {
    const { departments } = config;
    this.departments = new Map([...departments.map(({ name, name_en }) => pair(name, name_en)), ...departments.map(({ code, name_en }) => pair(code, name_en))]);
    this.eventBus = eventBus;
    this.registry = registry;
    this.commandStack = commandStack;
    this.texts = texts;
    this.draft = draft;
    this.file = `translations/${draft.key}.en.yaml`;
    eventBus.on("render.shape", BEFORE_BPMN, (_event, /** @type {Rendering} */ { gfx, element, attrs }) => this.under(element, () => this.roomy(element, () => renderer.drawShape(gfx, element, attrs))));
    eventBus.on("render.connection", BEFORE_BPMN, (_event, /** @type {Rendering} */ { gfx, element, attrs }) => this.under(element, () => renderer.drawConnection(gfx, element, attrs)));
    commandStack.register(COMMAND, { execute: (/** @type {Change} */ context) => this.execute(context), revert: (/** @type {Change} */ context) => this.put(context, context.before ?? "") });
    draft.addEventListener("changed", (event) => event instanceof CustomEvent && event.detail.name === this.file && !this.writing && this.redraw(this.changed()));
  }

  /** The English by id, read once for every state of the catalogue. */
  get names() {
    const text = this.draft.text(this.file) ?? "";
    if (this.read?.text !== text) this.read = { text, names: namesOf(text) };
    return this.read.names;
  }

  /**
   * Under which id the catalogue has an element: the pool is the process.
   * @param {Pick<Drawn, "businessObject">} element
   */
  idOf({ businessObject }) {
    return is(businessObject, "bpmn:Participant") && businessObject.processRef && !this.names.has(businessObject.id) ? "" : (businessObject?.id ?? "");
  }

  /**
   * A lane without English of its own is called as the department is whose name stands on it.
   * @param {Drawn} element
   */
  englishOf(element) {
    return this.names.get(this.idOf(element)) ?? (is(element, "bpmn:Lane") ? this.departments.get(element.businessObject.name ?? "") : "") ?? "";
  }

  /**
   * What an element is called on the canvas.
   * @param {Drawn} element
   */
  of(element) {
    const chinese = element.businessObject?.name ?? "";
    return this.language === "en" ? this.englishOf(element) || chinese : chinese;
  }

  /**
   * What it is called in the other language.
   * @param {Drawn} element
   */
  other(element) {
    return this.language === "en" ? (element.businessObject?.name ?? "") : this.englishOf(element);
  }

  /**
   * Do something while an element bears the name that is shown.
   * @template Result
   * @param {Drawn} element
   * @param {() => Result} act
   */
  under(element, act) {
    const { businessObject } = element;
    const name = businessObject?.name;
    const shown = this.of(element);
    if (!shown || shown === name) return act();
    businessObject.name = shown;
    try {
      return act();
    } finally {
      if (name === undefined) delete businessObject.name;
      else businessObject.name = name;
    }
  }

  /**
   * The place of a label was measured for Chinese: English keeps its words whole, and grows upwards over what it names.
   * @param {Drawn} label
   * @param {() => SVGElement} draw
   */
  roomy(label, draw) {
    if (this.language !== "en" || !label.labelTarget || !this.englishOf(label)) return draw();
    const { width, y, height, labelTarget: owner } = label;
    const { fontSize, fontFamily, lineHeight } = this.texts.getExternalStyle();
    label.width = Math.max(width, widestWord(this.of(label), `${fontSize}px ${fontFamily}`));
    const drawn = draw();
    label.width = width;
    const bottom = owner.waypoints ? y + height : Math.min(y + height, owner.y - 2);
    const over = y + drawn.querySelectorAll("tspan").length * fontSize * lineHeight - bottom;
    if (over > 0 && isAbove(label, owner)) drawn.setAttribute("transform", `translate(0, ${-over})`);
    return drawn;
  }

  /** @param {Language} chosen */
  show(chosen) {
    this.language = chosen;
    this.redraw(this.registry.filter(({ parent }) => parent));
  }

  /** @param {Drawn[]} elements */
  redraw(elements) {
    if (elements.length) this.eventBus.fire("elements.changed", { elements });
  }

  /** Elements whose English is no longer what was drawn. */
  changed() {
    const before = this.read?.names ?? new Map();
    return this.registry.filter((element) => element.parent && before.get(this.idOf(element)) !== this.englishOf(element));
  }

  /**
   * A text of the catalogue, as one step on the undo stack.
   * @param {Drawn} element
   * @param {string} id
   * @param {string} value
   */
  write(element, id, value, section = "") {
    if (english(this.draft.text(this.file), id, section) !== value) this.commandStack.execute(COMMAND, { element, id, value, section });
  }

  /**
   * A name typed on the canvas; false when it belongs into the diagram alone.
   * @param {Drawn} element
   * @param {string} text
   * @param {Rect} bounds
   */
  type(element, text, bounds) {
    if (this.language !== "en" || is(element, "bpmn:TextAnnotation") || is(element, "bpmn:Group")) return false;
    const id = this.idOf(element);
    const value = text.trim();
    if (element.businessObject.name) this.write(element, id, value);
    else if (value) this.commandStack.execute(BOTH, [{ cmd: COMMAND, context: { element, id, value, section: "" } }, { cmd: "element.updateLabel", context: { element, newLabel: value, newBounds: bounds } }]);
    return true;
  }

  /** @param {Change} context */
  execute(context) {
    context.before = english(this.draft.text(this.file), context.id, context.section);
    return this.put(context, context.value);
  }

  /**
   * @param {Change} context
   * @param {string} value
   */
  put({ element, id, section }, value) {
    this.writing = true;
    this.draft.change(this.file, withEnglish(this.draft.text(this.file), id, value, section));
    this.writing = false;
    return [element.labelTarget ?? element, ...(element.labels ?? []), element];
  }
}

/**
 * @param {string} chinese
 * @param {string} other
 * @returns {[chinese: string, other: string]}
 */
function pair(chinese, other) {
  return [chinese, other];
}

/** @typedef {ConstructorParameters<typeof LabelEditingProvider>} Services */

export class TypedNames extends LabelEditingProvider {
  /** @override */
  static $inject = [...LabelEditingProvider.$inject, "shownNames"];

  /** @param {[...services: Services, shown: ShownNames]} services */
  constructor(...services) {
    const [bus, factory, canvas, editing, modeling, handles, texts, shown] = services;
    super(bus, factory, canvas, editing, modeling, handles, texts);
    this.shown = shown;
  }

  /**
   * @override
   * @param {Drawn & Parameters<LabelEditingProvider["activate"]>[0]} element
   */
  activate(element) {
    return this.shown.under(element, () => super.activate(element));
  }

  /**
   * @override
   * @param {Drawn} element
   * @param {string} text
   * @param {string} before
   * @param {Rect} bounds
   */
  update(element, text, before, bounds) {
    if (!this.shown.type(element, text, bounds)) super.update(element, text, before, bounds);
  }
}
