/* The time scale: a tick per event at its compressed place, and the slider that stands at the nearest one. */

import { needed } from "../elements.js";
import { nearest } from "./events.js";

/** @import { Event } from "./events.js" */

export class Scale {
  /**
   * chosen(place) is told which event the reader dragged to.
   * @param {HTMLElement} root
   * @param {Event[]} events
   * @param {(place: number) => void} chosen
   */
  constructor(root, events, chosen) {
    this.events = events;
    this.slider = needed(root, "[data-slider]", HTMLInputElement);
    this.ticks = events.map((event) => tick(event, Number(root.dataset.scale)));
    needed(root, "[data-ticks]", HTMLElement).append(...this.ticks);
    this.slider.addEventListener("input", () => chosen(nearest(events, Number(this.slider.value))));
  }

  /** @param {number} place */
  stand(place) {
    const event = this.events[place];
    if (!event) return;
    const { position, item } = event;
    this.slider.value = String(position);
    this.slider.setAttribute("aria-valuetext", needed(item, ".desk-replay-line", HTMLElement).textContent.replace(/\s+/g, " ").trim());
    this.ticks.forEach((one, number) => one.classList.toggle("is-past", number <= place));
  }
}

/**
 * @param {Event} event
 * @param {number} scale
 */
function tick({ position, kind }, scale) {
  const made = document.createElement("span");
  made.className = `desk-replay-tick is-${kind}`;
  made.style.left = `${(100 * position) / scale}%`;
  return made;
}
