/* The diagrams of a replay: one per called process, drawn when it is first entered, shown when something happens in it. */
import { elements, needed } from "../elements.js";
import { Diagram, fetched } from "../viewer.js";

/** @import { Event } from "./events.js" */
/** @import { Marking } from "../../types/page" */

const READABLE = 0.9;

export class Stages {
  /** @type {Map<string, Promise<Diagram | null>>} */
  diagrams = new Map();
  /** @type {Record<string, Marking>} */
  standing = {};
  /** @type {Event | undefined} */
  event;
  following = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.elements = new Map(elements(root, "[data-stage]", HTMLElement).map((stage) => [stage.dataset.stage ?? "", stage]));
    this.buttons = elements(root, "[data-show-stage]", HTMLElement);
    needed(root, ".desk-replay-stages", HTMLElement).hidden = this.buttons.length < 2;
    this.buttons.forEach((button) => button.addEventListener("click", () => this.bring(button.dataset.showStage ?? "")));
  }

  /**
   * Bring the diagram of an event forward and mark every diagram as it was then.
   * @param {Event} event
   * @param {Record<string, Marking>} markings
   */
  show(event, markings) {
    this.standing = markings;
    this.event = event;
    this.bring(event.scope);
  }

  /** @param {string} scope */
  bring(scope) {
    this.elements.forEach((element, of) => (element.hidden = of !== scope));
    this.buttons.forEach((button) => {
      const of = button.dataset.showStage ?? "";
      button.setAttribute("aria-pressed", String(of === scope));
      button.hidden = of !== "0" && !this.standing[of];
    });
    this.drawn(scope)?.then((diagram) => diagram && this.mark(diagram, scope));
  }

  /**
   * @param {Diagram} diagram
   * @param {string} scope
   */
  mark(diagram, scope) {
    diagram.mark(this.standing[scope] ?? {});
    if (diagram.here) diagram.canvas.removeMarker(diagram.here, "desk-here");
    diagram.here = this.event?.scope === scope && diagram.has(this.event.element) ? this.event.element : null;
    if (diagram.here) diagram.canvas.addMarker(diagram.here, "desk-here");
    if (diagram.here && this.following) lookAt(diagram);
  }

  /**
   * Keep what happens in the middle and readable, or show the whole diagram.
   * @param {boolean} following
   */
  follow(following) {
    this.following = following;
    for (const drawn of this.diagrams.values()) drawn.then((diagram) => diagram && !following && diagram.fit());
    if (this.event) this.bring(this.event.scope);
  }

  /** @param {string} scope */
  drawn(scope) {
    const element = this.elements.get(scope);
    if (element && !this.diagrams.has(scope)) this.diagrams.set(scope, draw(element, this.root.dataset.now ?? ""));
    return this.diagrams.get(scope);
  }
}

/**
 * The element of the event in the middle, at a size one can read.
 * @param {Diagram} diagram
 */
function lookAt(diagram) {
  const shape = diagram.here && diagram.shape(diagram.here);
  const size = diagram.canvas.getSize();
  if (!shape || !size.width) return;
  const { x, y, width, height } = shape;
  const [wide, high] = [size.width / READABLE, size.height / READABLE];
  diagram.canvas.viewbox({ x: x + width / 2 - wide / 2, y: y + height / 2 - high / 2, width: wide, height: high });
  diagram.moved = true;
}

/**
 * @param {HTMLElement} element
 * @param {string} nowLabel
 */
async function draw(element, nowLabel) {
  try {
    const xml = await fetched(element.dataset.xml);
    const diagram = new Diagram(element, { names: JSON.parse(element.dataset.names ?? "{}"), nowLabel, label: element.dataset.label ?? "", near: false });
    diagram.countScale = 0.8;
    await diagram.draw(xml, {});
    element.dataset.ready = "true";
    return diagram;
  } catch (error) {
    const note = document.createElement("p");
    note.className = "desk-empty";
    note.textContent = element.dataset.errorText ?? "";
    element.replaceChildren(note);
    console.error(error);
    return null;
  }
}
