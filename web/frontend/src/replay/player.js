/* Playing: which event stands now, and going on by itself. Knows no diagram and no page. */

const PACE = 1100;

export class Player {
  /** count of events; arrived(place) is told where it stands, changed(playing) whether it goes on by itself. */
  constructor(count, arrived, changed) {
    Object.assign(this, { count, arrived, changed, place: 0, speed: 1, timer: 0 });
  }

  stand(place) {
    this.place = Math.max(0, Math.min(this.count - 1, place));
    this.arrived(this.place);
  }

  go(command) {
    if (command === "play") return this.timer ? this.pause() : this.play();
    this.pause();
    this.stand({ first: 0, back: this.place - 1, on: this.place + 1, last: this.count - 1 }[command]);
  }

  play() {
    if (this.place === this.count - 1) this.stand(0);
    this.changed(true);
    this.timer = setTimeout(() => this.next(), PACE / this.speed);
  }

  next() {
    this.stand(this.place + 1);
    if (this.place === this.count - 1) return this.pause();
    this.timer = setTimeout(() => this.next(), PACE / this.speed);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.changed(false);
  }
}
