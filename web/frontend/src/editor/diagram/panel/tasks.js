/* What a user task carries: form, department, limit, what to watch; and the manual's reference, which every step has. */
import { either, say } from "../../messages.js";
import { property } from "../extensions.js";
import { stepElsewhere } from "../elsewhere.js";
import { choice, feel, known, line, text, tick } from "./entries.js";
import { documentation, englishEntry, setDocumentation } from "./names.js";

/** @import { Drawn } from "../../../../types/drawing" */
/** @import { Editing } from "../../../../types/draft" */
/** @import { AnyEntry, Declared, EntryServices, Kind } from "../../../../types/panel" */

/**
 * An entry for one of our properties.
 * @param {Kind} kind
 * @param {string} name
 * @param {Omit<Declared, "get" | "set">} more
 */
export function propertyEntry(kind, name, more) {
  return kind(name, { get: (element) => property(element, name), set: (element, value, { extensions }) => extensions.setProperty(element, name, value), ...more });
}

/** Whether the case has kept its limit once this activity is done. */
export function caseLimitEntry() {
  return tick("caseLimit", {
    label: say("case_limit"),
    get: (element) => property(element, "caseLimit") === "met",
    set: (element, value, { extensions }) => extensions.setProperty(element, "caseLimit", value ? "met" : ""),
  });
}

/**
 * A title with the code that files use.
 * @param {string | undefined} title
 * @param {string} code
 */
export function titled(title, code) {
  return title && title !== code ? `${title} · ${code}` : code;
}

/**
 * Forms and tables have no title in both languages: they are called by the steps that have them. of: what a step has; elsewhere: the step of a called process.
 * @param {string[]} ids
 * @param {(step: Drawn) => string} of
 * @param {EntryServices} services
 * @param {(id: string) => string} elsewhere
 * @returns {[id: string, text: string][]}
 */
export function calledByStep(ids, of, { registry, shown }, elsewhere = () => "") {
  const steps = registry.filter((one) => !one.labelTarget && one.businessObject);
  return ids.map((id) => [id, titled(steps.filter((one) => of(one) === id).map((one) => shown.of(one)).filter(Boolean).join(", ") || elsewhere(id), id)]);
}

/**
 * @param {Drawn} _element
 * @param {Editing} bench
 * @returns {AnyEntry[]}
 */
export function taskEntries(_element, { draft, config }) {
  const forms = draft.names.filter((name) => name.startsWith("forms/")).map((name) => name.slice("forms/".length, -".form".length));
  /** @type {[code: string, text: string][]} */
  const departments = config.departments.map(({ code, name, name_en }) => [code, either(name, name_en)]);
  return [
    propertyEntry(choice, "form", { label: say("form"), hint: say("form_hint"), options: (_chosen, services) => [["", say("none")], ...calledByStep(forms, (one) => property(one, "form"), services, (id) => stepElsewhere(draft, id))] }),
    propertyEntry(choice, "group", { label: say("group"), options: () => [["", say("group_lane")], ...departments] }),
    propertyEntry(feel, "groupFrom", { label: say("group_from"), hint: say("group_from_hint") }),
    propertyEntry(feel, "skippedWhen", { label: say("skipped_when"), hint: say("skipped_when_hint") }),
    propertyEntry(feel, "due", { label: say("due"), hint: say("due_hint") }),
    propertyEntry(line, "dueGroup", { label: say("due_group") }),
    tick("customerWaits", {
      label: say("customer_waits"),
      get: (element) => property(element, "customerWaits") === "true",
      set: (element, value, { extensions }) => extensions.setProperty(element, "customerWaits", value ? "true" : ""),
    }),
    tick("awaitsCustomer", {
      label: say("awaits_customer"),
      get: (element) => property(element, "awaitsCustomer") === "true",
      set: (element, value, { extensions }) => extensions.setProperty(element, "awaitsCustomer", value ? "true" : ""),
    }),
    caseLimitEntry(),
    propertyEntry(line, "notBy", { label: say("not_by"), hint: say("not_by_hint") }),
    propertyEntry(line, "approves", { label: say("approves"), hint: say("approves_hint") }),
    ...["When", "Amount", "Kind", "Payee", "Lines"].map((part) => propertyEntry(feel, `approved${part}`, { label: say(`approved_${part.toLowerCase()}`) })),
    propertyEntry(line, "tries", { label: say("tries"), hint: say("tries_hint") }),
    propertyEntry(feel, "triesWhen", { label: say("tries_when") }),
    propertyEntry(line, "paper", { label: say("papers"), hint: say("papers_hint") }),
    known(),
  ];
}

/** @returns {AnyEntry[]} */
export function watchEntries() {
  return [
    text("documentation", { label: say("watch_zh"), rows: 3, get: documentation, set: setDocumentation }),
    englishEntry("documentation-en", "watch_en", { section: "documentation", kind: text }),
  ];
}

/** @param {string} value */
function references(value) {
  return value.split(",").map((one) => one.trim()).filter(Boolean);
}

/**
 * @param {Drawn} element
 * @param {Editing} bench
 * @returns {AnyEntry[]}
 */
export function manualEntries(element, { config }) {
  const titles = new Map(config.manual.map(({ id, title_zh, title_en }) => [id, either(title_zh, title_en)]));
  const told = references(property(element, "manualRef")).filter((id) => titles.get(id)).map((id) => `${id} ${titles.get(id)}`);
  return [
    propertyEntry(line, "manualRef", {
      label: say("manual_ref"),
      hint: told.length ? told.join("; ") : say("manual_hint"),
      wrong: (value) => {
        const unknown = titles.size ? references(value).find((id) => !titles.has(id)) : "";
        return unknown ? say("manual_unknown", { id: unknown }) : "";
      },
    }),
  ];
}
