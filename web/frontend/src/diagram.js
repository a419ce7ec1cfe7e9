/* Every .desk-diagram of the page: fetches its XML, draws and marks it, and offers it to other scripts by events. */
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import { elements } from "./elements.js";
import { language } from "./language.js";
import { Diagram, fetched } from "./viewer.js";

const TEXTS = {
  zh: { now: "当前", fit: "全图", go: "看当前", error: "流程图暂时打不开，请刷新页面再试。", label: "流程图。方向键移动，加号和减号缩放，0 看全图。" },
  en: { now: "now", fit: "Zoom to fit", go: "Current step", error: "The diagram cannot be shown now. Please reload the page.", label: "Process diagram. Arrow keys move, plus and minus zoom, 0 shows all." },
};

function texts() {
  return TEXTS[language()];
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/**
 * @param {HTMLElement} element
 * @param {Diagram} diagram
 */
function tools(element, diagram) {
  const bar = document.createElement("div");
  bar.className = "desk-diagram-tools";
  if (diagram.active.length) bar.append(button(element.dataset.nowLabel ?? texts().go, () => diagram.showActive()));
  bar.append(button(element.dataset.fitLabel ?? texts().fit, () => diagram.fit()));
  element.append(bar);
}

/** @param {string | undefined} json */
function parsed(json) {
  return json ? JSON.parse(json) : {};
}

/**
 * @param {HTMLElement} element
 * @param {unknown} error
 */
function fail(element, error) {
  const note = document.createElement("p");
  note.className = "desk-empty";
  note.setAttribute("role", "alert");
  note.textContent = element.dataset.errorText ?? texts().error;
  element.replaceChildren(note);
  element.dataset.failed = "true";
  console.error(error);
}

/** @param {HTMLElement} element */
async function show(element) {
  if (element.dataset.drawing) return;
  element.dataset.drawing = "true";
  try {
    const xml = await fetched(element.dataset.src);
    const diagram = new Diagram(element, {
      names: parsed(element.dataset.names),
      nowLabel: element.dataset.activeLabel ?? texts().now,
      label: element.dataset.label ?? texts().label,
      near: !element.classList.contains("desk-diagram-large"),
    });
    await diagram.draw(xml, parsed(element.dataset.marking));
    tools(element, diagram);
    element.addEventListener("desk:diagram-mark", ({ detail }) => diagram.mark(detail));
    diagram.viewer.get("eventBus").on("element.click", ({ element: clicked }) => announce(element, "desk:diagram-select", { id: clicked.id }));
    element.dataset.ready = "true";
    announce(element, "desk:diagram-ready", { diagram });
  } catch (error) {
    fail(element, error);
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {object} detail
 */
function announce(element, name, detail) {
  element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

function showAll() {
  elements(document, ".desk-diagram[data-src]", HTMLElement).forEach(show);
}

showAll();
document.addEventListener("htmx:afterSettle", showAll);
