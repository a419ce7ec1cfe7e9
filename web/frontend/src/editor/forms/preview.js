/* The form as the clerk sees it, drawn by the server with the clerk's own page parts. Nothing entered here goes anywhere. */
import { make } from "../dom.js";
import { Refused, ask } from "../requests.js";
import { say } from "../messages.js";

const PAUSE = 400;

/** @import { Refusal } from "../../../types/draft" */

export class Preview {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  wanted = "";

  /** @param {string} address */
  constructor(address) {
    this.address = address;
    this.body = make("div", { class: "desk-panel-body desk-form-preview", on: { submit: (event) => event.preventDefault() } });
    this.element = make("section", { class: "desk-panel", "aria-label": say("preview") }, make("div", { class: "desk-panel-head" }, make("h2", {}, say("preview"))), this.body);
  }

  clear() {
    clearTimeout(this.timer);
    this.body.replaceChildren();
  }

  /** @param {string} form */
  draw(form) {
    clearTimeout(this.timer);
    this.wanted = form;
    if (!this.body.childElementCount) this.body.append(make("p", { class: "desk-muted" }, say("preview_wait")));
    this.timer = setTimeout(() => this.fetch(form), PAUSE);
  }

  /** @param {string} form */
  async fetch(form) {
    try {
      const { html } = await ask("POST", this.address, { form });
      if (form === this.wanted) this.body.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (form === this.wanted) this.body.replaceChildren(this.told(error));
    }
  }

  /** @param {{ answer: Refusal }} refused */
  told({ answer }) {
    const problems = answer.problems ?? [];
    const lines = problems.length ? problems.map(({ text }) => text) : [say("preview_failed")];
    return make("ul", { class: "desk-plain", role: "status" }, lines.map((line) => make("li", { class: "desk-field-error" }, line)));
  }
}
