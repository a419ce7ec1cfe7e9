/* Playing: which event stands now, and going on by itself. Knows no diagram and no page. */

const PACE = 1100;

/** @typedef {"first" | "back" | "on" | "last" | "play"} Command */
/** @typedef {"first" | "earlier" | "later" | "last"} Part */

export class Player {
  place = 0;
  speed = 1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * count of events; arrived(place) is told where it stands, changed(playing) whether it goes on by itself; beyond(where, playing) leads out of this part of a long case and says whether there is more.
   * @param {number} count
   * @param {(place: number) => void} arrived
   * @param {(playing: boolean) => void} changed
   * @param {(where: Part, playing?: boolean) => boolean} beyond
   */
  constructor(count, arrived, changed, beyond) {
    this.count = count;
    this.arrived = arrived;
    this.changed = changed;
    this.beyond = beyond;
  }

  /** @param {number} place */
  stand(place) {
    this.place = Math.max(0, Math.min(this.count - 1, place));
    this.arrived(this.place);
  }

  /**
   * Which other part a command leads to; none while it leads to another event of this one.
   * @param {Exclude<Command, "play">} command
   * @returns {Part | undefined}
   */
  outside(command) {
    if (command === "first" || command === "last") return command;
    if (command === "back") return this.place === 0 ? "earlier" : undefined;
    return this.place === this.count - 1 ? "later" : undefined;
  }

  /** @param {Command} command */
  go(command) {
    if (command === "play") return this.timer ? this.pause() : this.play();
    this.pause();
    const out = this.outside(command);
    if (out && this.beyond(out, false)) return;
    this.stand({ first: 0, back: this.place - 1, on: this.place + 1, last: this.count - 1 }[command]);
  }

  play() {
    if (this.place === this.count - 1 && this.beyond("later", true)) return;
    if (this.place === this.count - 1) this.stand(0);
    this.changed(true);
    this.timer = setTimeout(() => this.next(), PACE / this.speed);
  }

  next() {
    if (this.place === this.count - 1) {
      if (!this.beyond("later", true)) this.pause();
      return;
    }
    this.stand(this.place + 1);
    if (this.place === this.count - 1 && !this.beyond("later")) this.pause();
    else this.timer = setTimeout(() => this.next(), PACE / this.speed);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changed(false);
  }
}
