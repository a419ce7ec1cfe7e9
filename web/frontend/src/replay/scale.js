/* The time scale: a tick per event at its compressed place, and the slider that stands at the nearest one. */

export class Scale {
  /** chosen(place) is told which event the reader dragged to. */
  constructor(root, events, chosen) {
    this.events = events;
    this.slider = root.querySelector("[data-slider]");
    this.ticks = events.map((event) => tick(event, Number(root.dataset.scale)));
    root.querySelector("[data-ticks]").append(...this.ticks);
    this.slider.addEventListener("input", () => chosen(this.nearest(Number(this.slider.value))));
  }

  nearest(value) {
    const distances = this.events.map(({ position }) => Math.abs(position - value));
    return distances.indexOf(Math.min(...distances));
  }

  stand(place) {
    const { position, item } = this.events[place];
    this.slider.value = position;
    this.slider.setAttribute("aria-valuetext", item.querySelector(".desk-replay-line").textContent.replace(/\s+/g, " ").trim());
    this.ticks.forEach((one, number) => one.classList.toggle("is-past", number <= place));
  }
}

function tick({ position, kind }, scale) {
  const made = document.createElement("span");
  made.className = `desk-replay-tick is-${kind}`;
  made.style.left = `${(100 * position) / scale}%`;
  return made;
}
