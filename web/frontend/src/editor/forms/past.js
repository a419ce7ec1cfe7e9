/* What a form was like before, and what was undone of it: texts of its file. Typing without a pause is one step. */
const ONE_STEP = 1_000;
const MOST = 200;

export class Past {
  place = 0;
  at = -ONE_STEP;

  /** @param {string} text */
  constructor(text) {
    this.texts = [text];
  }

  /**
   * @param {string} text
   * @param {boolean} typed
   */
  keep(text, typed) {
    if (text === this.texts[this.place]) return;
    const typing = typed && performance.now() - this.at < ONE_STEP && this.place > 0 && this.place === this.texts.length - 1;
    this.texts.splice(typing ? this.place : this.place + 1, this.texts.length, text);
    this.texts.splice(0, this.texts.length - MOST);
    this.place = this.texts.length - 1;
    this.at = typed ? performance.now() : -ONE_STEP;
  }

  /** The state before, or after what was undone; nothing at either end. */
  back() {
    return this.go(-1);
  }

  again() {
    return this.go(1);
  }

  /** @param {1 | -1} step */
  can(step) {
    return this.place + step in this.texts;
  }

  /** @param {1 | -1} step */
  go(step) {
    if (!this.can(step)) return undefined;
    this.place += step;
    this.at = -ONE_STEP;
    return this.texts[this.place];
  }
}
