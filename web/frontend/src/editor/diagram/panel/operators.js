/* Service tasks and business rules: the operation from the registry with its typed parameters, the decision table, what they leave behind. */
import { either, say } from "../../messages.js";
import { decision, operatorResult, parameter, topic } from "../extensions.js";
import { choice, feel, known, line } from "./entries.js";
import { englishEntry } from "./names.js";
import { calledByStep, caseLimitEntry, propertyEntry, titled } from "./tasks.js";

/** @import { Drawn } from "../../../../types/drawing" */
/** @import { Config, Editing, Operator, Parameter } from "../../../../types/draft" */
/** @import { AnyEntry } from "../../../../types/panel" */

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NOT_IN_A_NAME = /^[0-9]|[^A-Za-z0-9_]/;
/** @param {string} name */
export const notAName = (name) => (name && !NAME.test(name) ? say("name_bad", { name, found: NOT_IN_A_NAME.exec(name)?.[0] }) : "");

/** @param {string} type */
function typeOf(type) {
  const name = `type_${type.replaceAll(" ", "_")}`;
  const word = say(name);
  return word === name ? type : word;
}

/** @param {Operator} operator */
function title({ topic: id, title: zh, title_en: en }) {
  return `${either(zh, en)} · ${id}`;
}

/** @param {Config} config */
function operationEntry({ operators, error_titles: titles }) {
  /** @param {Drawn} element */
  const chosen = (element) => operators.find((one) => one.topic === topic(element));
  /** @type {[topic: string, text: string][]} */
  const named = operators.map((one) => [one.topic, title(one)]);
  return choice("operator", {
    label: say("topic"),
    hint: (element) => explained(chosen(element), titles),
    get: topic,
    set: (element, id, { extensions }) => extensions.setTopic(element, id, operators.find((one) => one.topic === id)?.parameters ?? []),
    options: () => [["", say("none")], ...named.toSorted((a, b) => a[1].localeCompare(b[1]))],
  });
}

/**
 * @param {Operator | undefined} operator
 * @param {Record<string, string>} titles
 */
function explained(operator, titles) {
  if (!operator) return "";
  const { errors, outside, manual_ref: manual } = operator;
  const told = errors.length ? say("operator_errors", { codes: errors.map((code) => titled(titles[code], code)).join(", ") }) : say("no_errors");
  return [manual, told, outside && say("outside")].filter(Boolean).join(" ");
}

/** @param {Parameter} parameter */
function parameterEntry({ name, zh, en, type, required, unit }) {
  const values = { title: either(zh, en) || name, type: typeOf(type) };
  return feel(`parameter-${name}`, {
    label: say(required ? "required_parameter" : "parameter", values),
    hint: [name, unit === "fen" && say("unit_fen")].filter(Boolean).join(" · "),
    get: (element) => parameter(element, name),
    set: (element, value, { extensions }) => extensions.setParameter(element, name, value),
    wrong: (value) => (required && !value ? say("must_fill") : ""),
  });
}

/**
 * The fixed text of a subject is read by people, so it has its English beside it.
 * @param {Parameter} one
 */
function parameterEntries(one) {
  return [parameterEntry(one), ...(one.name === "subject" ? [englishEntry("subject-en", "subject_en", { section: "subject" })] : [])];
}

/**
 * @param {Drawn} element
 * @param {Editing} bench
 * @returns {AnyEntry[]}
 */
export function operatorEntries(element, { config }) {
  const chosen = config.operators.find((one) => one.topic === topic(element));
  if (!chosen) return [operationEntry(config)];
  return [
    operationEntry(config),
    ...chosen.parameters.flatMap(parameterEntries),
    line("result-variable", {
      label: say("result_variable"),
      hint: chosen.results.map(({ name, zh, en, type }) => `${name}: ${either(zh, en) || name} (${typeOf(type)})`).join("; "),
      get: operatorResult,
      set: (one, name, { extensions }) => extensions.setOperatorResult(one, name),
      wrong: notAName,
    }),
    caseLimitEntry(),
    known(),
  ];
}

/**
 * @param {Drawn} _element
 * @param {Editing} bench
 * @returns {AnyEntry[]}
 */
export function decisionEntries(_element, { draft }) {
  const tables = draft.names.filter((name) => name.startsWith("decisions/")).map((name) => name.slice("decisions/".length, -".dmn".length));
  return [
    choice("decision", {
      label: say("decision_table"),
      hint: say("decision_hint"),
      get: decision,
      set: (element, id, { extensions }) => extensions.setDecision(element, id),
      options: (_chosen, services) => [["", say("none")], ...calledByStep(tables, decision, services)],
    }),
    propertyEntry(line, "resultVariable", { label: say("result_variable"), wrong: notAName }),
  ];
}
