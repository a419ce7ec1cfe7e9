/* The decisions tab: the decision tables of the process, edited with dmn-js as a table. Changes go into the draft as XML. */
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn-embedded.css";
import "./decisions.css";
import { make } from "../dom.js";
import { FileList } from "../files.js";
import { say } from "../texts.js";
import { translation } from "../words.js";
import { blank } from "./blank.js";
import { Tables } from "./tables.js";

const FOLDER = "decisions/";
const SUFFIX = ".dmn";
const PAUSE = 400;

export async function open(container, { draft }) {
  const tab = new DecisionsTab(container, draft);
  await tab.reload();
  return tab;
}

class DecisionsTab {
  constructor(container, draft) {
    this.draft = draft;
    this.table = make("div", { class: "desk-editor-table" });
    this.list = new FileList(draft, {
      folder: FOLDER, suffix: SUFFIX, heading: say("decision_list"), empty: say("no_decisions"), create: say("new_decision"), keyLabel: say("decision_key"),
      uses: (id) => new RegExp(`calledDecisionId[^>]*>\\s*${id}\\s*<`), blank, choose: (name) => this.choose(name),
    });
    container.append(make("div", { class: "desk-editor-files" }, this.list.element, this.table));
    draft.beforeSave(() => this.flush());
  }

  async reload() {
    this.waiting = false;
    this.list.draw();
    await this.choose(this.list.chosen ?? this.list.names[0]);
  }

  async choose(name) {
    await this.flush();
    this.editor?.destroy();
    this.editor = null;
    this.table.replaceChildren();
    this.list.mark(name);
    if (!name) return;
    this.file = name;
    this.editor = new Tables({ container: this.table, decisionTable: { additionalModules: [translation] } });
    await this.drawn(name);
  }

  async drawn(name) {
    try {
      await this.editor.importXML(this.draft.text(name));
      this.editor.getActiveViewer().get("eventBus").on("commandStack.changed", () => this.changed());
    } catch (error) {
      this.table.replaceChildren(make("p", { class: "desk-empty", role: "alert" }, say("decision_broken")));
      console.error(error);
    }
  }

  changed() {
    clearTimeout(this.timer);
    this.waiting = true;
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  async flush() {
    if (!this.waiting) return;
    clearTimeout(this.timer);
    this.waiting = false;
    const { xml } = await this.editor.saveXML({ format: true });
    this.draft.change(this.file, xml);
  }

  async show({ file }) {
    if (file && file !== this.list.chosen) await this.choose(file);
    this.list.focus();
  }
}
