/* Playing: which event stands now, and going on by itself. Knows no diagram and no page. */

const PACE = 1100;

export class Player {
  /** count of events; arrived(place) is told where it stands, changed(playing) whether it goes on by itself; beyond(where, playing) leads out of this part of a long case and says whether there is more. */
  constructor(count, arrived, changed, beyond) {
    Object.assign(this, { count, arrived, changed, beyond, place: 0, speed: 1, timer: 0 });
  }

  stand(place) {
    this.place = Math.max(0, Math.min(this.count - 1, place));
    this.arrived(this.place);
  }

  go(command) {
    if (command === "play") return this.timer ? this.pause() : this.play();
    this.pause();
    const [first, last] = [this.place === 0, this.place === this.count - 1];
    const out = { first: "first", back: first && "earlier", on: last && "later", last: "last" }[command];
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
    if (this.place === this.count - 1) return this.beyond("later", true) || this.pause();
    this.stand(this.place + 1);
    if (this.place === this.count - 1 && !this.beyond("later")) return this.pause();
    this.timer = setTimeout(() => this.next(), PACE / this.speed);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.changed(false);
  }
}
