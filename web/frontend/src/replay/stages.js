/* The diagrams of a replay: one per called process, drawn when it is first entered, shown when something happens in it. */
import { Diagram } from "../viewer.js";

const READABLE = 0.9;

export class Stages {
  constructor(root) {
    this.root = root;
    this.elements = new Map([...root.querySelectorAll("[data-stage]")].map((one) => [one.dataset.stage, one]));
    this.buttons = [...root.querySelectorAll("[data-show-stage]")];
    this.diagrams = new Map();
    this.standing = {};
    root.querySelector(".desk-replay-stages").hidden = this.buttons.length < 2;
    this.buttons.forEach((button) => button.addEventListener("click", () => this.bring(button.dataset.showStage)));
  }

  /** Bring the diagram of an event forward and mark every diagram as it was then. */
  show(event, markings) {
    this.standing = markings;
    this.event = event;
    this.bring(event.scope);
  }

  bring(scope) {
    this.elements.forEach((element, of) => (element.hidden = of !== scope));
    this.buttons.forEach((button) => {
      const of = button.dataset.showStage;
      button.setAttribute("aria-pressed", String(of === scope));
      button.hidden = of !== "0" && !this.standing[of];
    });
    this.drawn(scope).then((diagram) => diagram && this.mark(diagram, scope));
  }

  mark(diagram, scope) {
    diagram.mark(this.standing[scope] ?? {});
    if (diagram.here) diagram.canvas.removeMarker(diagram.here, "desk-here");
    diagram.here = this.event.scope === scope && diagram.has(this.event.element) ? this.event.element : null;
    if (diagram.here) diagram.canvas.addMarker(diagram.here, "desk-here");
    if (diagram.here && this.following) lookAt(diagram);
  }

  /** Keep what happens in the middle and readable, or show the whole diagram. */
  follow(following) {
    this.following = following;
    for (const drawn of this.diagrams.values()) drawn.then((diagram) => diagram && !following && diagram.fit());
    this.bring(this.event.scope);
  }

  drawn(scope) {
    if (!this.diagrams.has(scope)) this.diagrams.set(scope, draw(this.elements.get(scope), this.root.dataset.now));
    return this.diagrams.get(scope);
  }
}

/** The element of the event in the middle, at a size one can read. */
function lookAt(diagram) {
  const { x, y, width, height } = diagram.viewer.get("elementRegistry").get(diagram.here);
  const size = diagram.canvas.getSize();
  if (!size.width) return;
  const [wide, high] = [size.width / READABLE, size.height / READABLE];
  diagram.canvas.viewbox({ x: x + width / 2 - wide / 2, y: y + height / 2 - high / 2, width: wide, height: high });
  diagram.moved = true;
}

async function draw(element, nowLabel) {
  try {
    const response = await fetch(element.dataset.xml, { credentials: "same-origin", headers: { Accept: "application/xml" } });
    if (!response.ok) throw new Error(`${response.status} ${element.dataset.xml}`);
    const diagram = new Diagram(element, { names: JSON.parse(element.dataset.names), nowLabel, label: element.dataset.label, near: false });
    diagram.countScale = 0.8;
    await diagram.draw(await response.text(), {});
    element.dataset.ready = "true";
    return diagram;
  } catch (error) {
    const note = document.createElement("p");
    note.className = "desk-empty";
    note.textContent = element.dataset.errorText;
    element.replaceChildren(note);
    console.error(error);
    return null;
  }
}
