/* One decision file on the page: its table, the choice of a table when it holds several, and what of it could not be read. */
import { make, select } from "../dom.js";
import { say } from "../texts.js";
import { translation } from "../words.js";
import { distinct } from "./distinct.js";
import { Tables } from "./tables.js";

const PAUSE = 400;

export class Sheet {
  /** changed(): called after every step, for the buttons. `ready` resolves when the table is drawn or is known not to be drawable. */
  constructor(name, draft, changed) {
    Object.assign(this, { name, draft, changed, waiting: false, heard: new Set() });
    this.above = make("div", {});
    this.table = make("div", { class: "desk-editor-table" });
    this.element = make("div", { class: "desk-stack" }, this.above, this.table);
    this.editor = new Tables({ container: this.table, decisionTable: { additionalModules: [translation] } });
    this.ready = this.draw();
  }

  async draw() {
    try {
      const { warnings } = await this.editor.importXML(distinct(this.draft.text(this.name)));
      this.head(warnings);
      this.listen();
    } catch (error) {
      this.broken = true;
      this.element.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("decision_broken")));
      console.error(error);
    }
  }

  /** What a save would leave out is said before anything is typed. */
  head(warnings) {
    const told = [warnings.length && say("decision_unread", { n: warnings.length, why: warnings[0].message }), this.draft.text(this.name).includes("<!--") && say("comments")].filter(Boolean);
    const lost = told.length > 0 && make("p", { class: "desk-note desk-note-warn", role: "alert" }, told.join(" "));
    const views = this.editor.getViews();
    const several = views.length > 1 && select(this.editor.getActiveView().id, views.map(({ id, name }) => [id, name ?? id]), (id) => this.turn(views.find((view) => view.id === id)), { "aria-label": say("decision_of_file") });
    this.above.replaceChildren(...[lost, several].filter(Boolean));
  }

  async turn(view) {
    await this.flush();
    await this.editor.open(view);
    this.listen();
    this.changed();
  }

  listen() {
    const viewer = this.editor.getActiveViewer();
    if (this.heard.has(viewer)) return;
    this.heard.add(viewer);
    viewer.get("eventBus").on("commandStack.changed", () => this.stepped());
  }

  get steps() {
    return this.broken ? undefined : this.editor.getActiveViewer()?.get("commandStack", false);
  }

  can(step) {
    return Boolean(step === "undo" ? this.steps?.canUndo() : this.steps?.canRedo());
  }

  step(step) {
    if (this.can(step)) this.steps[step]();
  }

  stepped() {
    clearTimeout(this.timer);
    this.waiting = true;
    this.timer = setTimeout(() => this.flush(), PAUSE);
    this.changed();
  }

  async flush() {
    if (!this.waiting) return;
    clearTimeout(this.timer);
    const { xml } = await this.editor.saveXML({ format: true });
    this.waiting = false;
    this.draft.change(this.name, xml);
  }

  close() {
    clearTimeout(this.timer);
    this.waiting = false;
    this.editor.destroy();
  }
}
