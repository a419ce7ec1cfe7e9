/* Events: the instant, duration or repetition of a timer, the message and its correlation key, the code of an error, whether a boundary event interrupts. */
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../messages.js";
import { choice, feel, known, line, tick } from "./entries.js";
import { propertyEntry, titled } from "./tasks.js";

/** @import { Business, Drawn } from "../../../../types/drawing" */
/** @import { Config, Editing } from "../../../../types/draft" */
/** @import { AnyEntry, EntryServices } from "../../../../types/panel" */

/** @typedef {"timeDate" | "timeDuration" | "timeCycle"} Time */

/** @type {Time[]} */
const TIMES = ["timeDate", "timeDuration", "timeCycle"];

/**
 * @param {Drawn} element
 * @returns {Business}
 */
function businessOf(element) {
  return getBusinessObject(element);
}

/**
 * @param {Drawn} element
 * @param {"Timer" | "Message" | "Error"} type
 * @returns {Business | undefined}
 */
function definition(element, type) {
  return businessOf(element).eventDefinitions?.find((one) => one.$type === `bpmn:${type}EventDefinition`);
}

/**
 * @param {Drawn} element
 * @param {Pick<Editing, "config">} bench
 * @returns {AnyEntry[]}
 */
export function eventEntries(element, { config }) {
  /** @type {AnyEntry[]} */
  const entries = [];
  if (is(element, "bpmn:StartEvent") && element.parent && is(element.parent, "bpmn:Participant")) entries.push(caseDue(), known());
  if (definition(element, "Timer")) entries.push(timeKind(), timeExpression(), known());
  if (is(element, "bpmn:SendTask")) entries.push(message());
  if (definition(element, "Message") || is(element, "bpmn:ReceiveTask")) entries.push(message(), correlation(), known());
  if (definition(element, "Error")) entries.push(error(config));
  if (is(element, "bpmn:BoundaryEvent") && !definition(element, "Error")) entries.push(interrupting());
  return entries;
}

/** @param {Drawn} element */
function kindOf(element) {
  return TIMES.find((kind) => definition(element, "Timer")?.[kind]) ?? "timeDate";
}

/**
 * @param {Drawn} element
 * @param {string} kind
 * @param {string | undefined} body
 * @param {EntryServices} services
 */
function setTime(element, kind, body, { extensions }) {
  const timer = definition(element, "Timer");
  const expression = body ? extensions.create("bpmn:FormalExpression", { body }, timer) : undefined;
  const cleared = Object.fromEntries(TIMES.map((name) => [name, undefined]));
  extensions.change(element, [[timer, { ...cleared, [kind]: expression }]]);
}

/** @param {Drawn} element */
const timeBody = (element) => definition(element, "Timer")?.[kindOf(element)]?.body;

/** @type {() => [string, string]} */
const CYCLE = () => ["timeCycle", say("time_cycle")];

/**
 * Whether a timer may repeat: beside a step that goes on. What repeats already is shown as what it is.
 * @param {Drawn} element
 */
const repeats = (element) => kindOf(element) === "timeCycle" || (is(element, "bpmn:BoundaryEvent") && businessOf(element).cancelActivity === false);

const timeKind = () =>
  choice("timer-kind", {
    label: say("timer_kind"),
    get: kindOf,
    set: (element, kind, services) => setTime(element, kind, timeBody(element), services),
    options: (element) => [["timeDate", say("time_date")], ["timeDuration", say("time_duration")], ...(repeats(element) ? [CYCLE()] : [])],
  });

const timeExpression = () =>
  feel("timer", { label: say("timer"), hint: say("timer_hint"), get: timeBody, set: (element, body, services) => setTime(element, kindOf(element), body, services) });

/**
 * What refers to a root element (message, error): the event definition, or the task itself.
 * @param {Drawn} element
 * @param {"Message" | "Error"} type
 */
function referrer(element, type) {
  return definition(element, type) ?? businessOf(element);
}

/**
 * Refer to the root element whose attribute has this value, made when there is none.
 * @param {Drawn} element
 * @param {"Message" | "Error"} type
 * @param {"name" | "errorCode"} attribute
 * @param {string} value
 * @param {EntryServices} services
 */
function refer(element, type, attribute, value, { extensions, definitions }) {
  const owner = referrer(element, type);
  const reference = `${type.toLowerCase()}Ref`;
  if (!value) return extensions.change(element, [[owner, { [reference]: undefined }]]);
  const roots = definitions.rootElements ?? [];
  const existing = roots.find((root) => root.$type === `bpmn:${type}` && root[attribute] === value);
  const root = existing ?? extensions.create(`bpmn:${type}`, { name: value, [attribute]: value }, definitions);
  /** @type {[Business, object][]} */
  const added = existing ? [] : [[definitions, { rootElements: [...roots, root] }]];
  return extensions.change(element, [...added, [owner, { [reference]: root }]]);
}

const message = () =>
  line("message", { label: say("message"), get: (element) => referrer(element, "Message").messageRef?.name, set: (element, name, services) => refer(element, "Message", "name", name, services) });

const correlation = () => propertyEntry(feel, "correlationKey", { label: say("correlation"), hint: say("correlation_hint") });

const caseDue = () => propertyEntry(feel, "due", { label: say("case_due"), hint: say("case_due_hint") });

/**
 * What an error is called, beside its code.
 * @param {Config} config
 */
function error({ operators, error_titles: titles }) {
  /** @type {[code: string, text: string][]} */
  const codes = [...new Set(operators.flatMap(({ errors }) => errors))].sort().map((code) => [code, titled(titles[code], code)]);
  return choice("error-code", {
    label: say("error_code"),
    get: (element) => definition(element, "Error")?.errorRef?.errorCode,
    set: (element, code, services) => refer(element, "Error", "errorCode", code, services),
    options: () => [["", say("error_any")], ...codes],
  });
}

const interrupting = () =>
  tick("interrupting", {
    label: say("interrupting"),
    get: (element) => getBusinessObject(element).cancelActivity !== false,
    set: (element, value, { modeling }) => modeling.updateProperties(element, { cancelActivity: value }),
  });
