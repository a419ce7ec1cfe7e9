/* The list of problems under the editors: how many, each in words, and the way to where it is. After them come the warnings, which keep nothing from being published. */
import { elements } from "../elements.js";
import { button, make } from "./dom.js";
import { say } from "./messages.js";

/** @import { Problem } from "../../types/draft" */
/** @typedef {"known" | "checking" | "unknown"} Verdict */

// What is looked at once there are no problems any more: said, and counted as nothing.
const LATER = "ways_not_judged";

export class ProblemList {
  told = "";
  /** @type {Record<string, boolean>} */
  signs = {};
  none = make("li", { class: "desk-muted" });

  /**
   * go(problem): show where it is. nameOf(problem): what the element is called.
   * @param {{ go: (problem: Problem) => unknown, nameOf: (problem: Problem) => string }} acts
   */
  constructor({ go, nameOf }) {
    this.go = go;
    this.nameOf = nameOf;
    this.count = make("span", { role: "status", class: "desk-badge" });
    this.list = make("ul", { class: "desk-problem-list" });
    /** @type {HTMLButtonElement} */
    this.toggle = button(say("hide_list"), () => this.open(Boolean(this.list.hidden)), { "aria-expanded": "true" });
    this.element = make("section", { class: "desk-panel desk-problems", "aria-label": say("problems") }, make("div", { class: "desk-panel-head" }, make("h2", {}, say("problems")), this.count, this.toggle), this.list);
  }

  /** @param {boolean} yes */
  open(yes) {
    this.list.hidden = !yes;
    this.toggle.textContent = say(yes ? "hide_list" : "show_list");
    this.toggle.setAttribute("aria-expanded", String(yes));
  }

  /**
   * @param {Problem[]} problems
   * @param {Verdict} verdict
   */
  show(problems, verdict) {
    const wrong = problems.filter(({ warning }) => !warning);
    const last = wrong.at(-1);
    const n = last?.rule === "more_findings" ? (last.values?.count ?? wrong.length) : wrong.length;
    const doubtful = problems.filter(({ warning, rule }) => warning && rule !== LATER);
    this.told = counted(n, doubtful.length);
    this.signs = { "is-problem": wrong.length > 0, "is-warning": !wrong.length && doubtful.length > 0 };
    this.list.replaceChildren(...problems.map((problem) => this.item(problem)));
    if (!problems.length) this.list.append(this.none);
    this.judge(verdict);
  }

  /**
   * As long as what stands in the editor is not judged, no verdict is said of it; what was found before stays in reach.
   * @param {Verdict} verdict
   */
  judge(verdict) {
    const known = verdict === "known";
    this.count.textContent = known ? this.told : say(verdict);
    this.none.textContent = say(known ? "no_problems_hint" : verdict);
    this.list.classList.toggle("is-old", !known);
    Object.entries(this.signs).forEach(([name, yes]) => this.count.classList.toggle(name, known && yes));
  }

  /** @param {Problem} problem */
  item(problem) {
    if (problem.rule === LATER) return make("li", { class: "desk-muted", data: { rule: problem.rule } }, problem.text);
    const where = [this.nameOf(problem), problem.file, problem.line ? say("line", { line: problem.line }) : ""].filter(Boolean).join(" · ");
    return make("li", { data: { rule: problem.rule, element: problem.element } },
      make("button", { type: "button", on: { click: () => this.go(problem) } }, sign(problem.warning), make("span", {}, problem.text), make("small", {}, where), make("span", { class: "desk-problem-go" }, say("go"))));
  }

  /** From the count above the editors to the list, which may lie below the fold. */
  enter() {
    this.open(true);
    this.element.scrollIntoView({ block: "nearest" });
    this.list.querySelector("button")?.focus();
  }

  /**
   * The problems of an element are marked in the list, and the first of them takes the focus.
   * @param {string} element
   */
  focus(element) {
    this.open(true);
    this.list.querySelectorAll("[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    const found = elements(this.list, `[data-element="${CSS.escape(element)}"] button`, HTMLButtonElement);
    found.forEach((one) => one.setAttribute("aria-current", "true"));
    found[0]?.focus();
  }
}

/**
 * What tells a warning from a problem, before its sentence.
 * @param {boolean | undefined} warning
 */
export function sign(warning) {
  return warning ? make("span", { class: "desk-warning-sign" }, say("warning")) : make("span", { "aria-hidden": "true", class: "desk-problem-sign" }, "!");
}

/**
 * How many problems and warnings there are, in words.
 * @param {number} problems
 * @param {number} warnings
 */
function counted(problems, warnings) {
  const doubtful = say("warning_count", { n: warnings });
  if (!problems) return warnings ? say("warnings_only", { warnings: doubtful }) : say("no_problems");
  const told = say("problem_count", { n: problems });
  return warnings ? say("problems_and_warnings", { problems: told, warnings: doubtful }) : told;
}
