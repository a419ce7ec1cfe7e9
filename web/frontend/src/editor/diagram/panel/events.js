/* Events: the instant or duration of a timer, the message and its correlation key, the code of an error, whether a boundary event interrupts. */
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { say } from "../../texts.js";
import { choice, feel, known, line, tick } from "./entries.js";
import { propertyEntry, titled } from "./tasks.js";

const TIMES = ["timeDate", "timeDuration"];

function definition(element, type) {
  return getBusinessObject(element).eventDefinitions?.find((one) => one.$type === `bpmn:${type}EventDefinition`);
}

export function eventEntries(element, { config }) {
  const entries = [];
  if (is(element, "bpmn:StartEvent") && is(element.parent, "bpmn:Participant")) entries.push(caseDue(), known());
  if (definition(element, "Timer")) entries.push(timeKind, timeExpression, known());
  if (definition(element, "Message") || is(element, "bpmn:ReceiveTask")) entries.push(message(), correlation(), known());
  if (definition(element, "Error")) entries.push(error(config));
  if (is(element, "bpmn:BoundaryEvent") && !definition(element, "Error")) entries.push(interrupting);
  return entries.map((one) => (typeof one === "function" ? one() : one));
}

function kindOf(element) {
  return TIMES.find((kind) => definition(element, "Timer")[kind]) ?? "timeDate";
}

function setTime(element, kind, body, { extensions }) {
  const timer = definition(element, "Timer");
  const expression = body ? extensions.create("bpmn:FormalExpression", { body }, timer) : undefined;
  const cleared = Object.fromEntries([...TIMES, "timeCycle"].map((name) => [name, undefined]));
  extensions.change(element, [[timer, { ...cleared, [kind]: expression }]]);
}

const timeBody = (element) => definition(element, "Timer")[kindOf(element)]?.body;

const timeKind = () =>
  choice("timer-kind", {
    label: say("timer_kind"),
    get: kindOf,
    set: (element, kind, services) => setTime(element, kind, timeBody(element), services),
    options: () => [["timeDate", say("time_date")], ["timeDuration", say("time_duration")]],
  });

const timeExpression = () =>
  feel("timer", { label: say("timer"), hint: say("timer_hint"), get: timeBody, set: (element, body, services) => setTime(element, kindOf(element), body, services) });

/** What refers to a root element (message, error): the event definition, or the receive task itself. */
function referrer(element, type) {
  return definition(element, type) ?? getBusinessObject(element);
}

/** Refer to the root element whose attribute has this value, made when there is none. */
function refer(element, type, attribute, value, { extensions, definitions }) {
  const owner = referrer(element, type);
  const reference = `${type.toLowerCase()}Ref`;
  if (!value) return extensions.change(element, [[owner, { [reference]: undefined }]]);
  const existing = definitions.rootElements.find((root) => root.$type === `bpmn:${type}` && root[attribute] === value);
  const root = existing ?? extensions.create(`bpmn:${type}`, { name: value, [attribute]: value }, definitions);
  const added = existing ? [] : [[definitions, { rootElements: [...definitions.rootElements, root] }]];
  return extensions.change(element, [...added, [owner, { [reference]: root }]]);
}

const message = () =>
  line("message", { label: say("message"), get: (element) => referrer(element, "Message").messageRef?.name, set: (element, name, services) => refer(element, "Message", "name", name, services) });

const correlation = () => propertyEntry(feel, "correlationKey", { label: say("correlation"), hint: say("correlation_hint") });

const caseDue = () => propertyEntry(feel, "due", { label: say("case_due"), hint: say("case_due_hint") });

/** What an error is called, beside its code. */
function error({ operators, error_titles: titles }) {
  const codes = [...new Set(operators.flatMap(({ errors }) => errors))].sort();
  return choice("error-code", {
    label: say("error_code"),
    get: (element) => definition(element, "Error").errorRef?.errorCode,
    set: (element, code, services) => refer(element, "Error", "errorCode", code, services),
    options: () => [["", say("error_any")], ...codes.map((code) => [code, titled(titles[code], code)])],
  });
}

const interrupting = () =>
  tick("interrupting", {
    label: say("interrupting"),
    get: (element) => getBusinessObject(element).cancelActivity !== false,
    set: (element, value, { modeling }) => modeling.updateProperties(element, { cancelActivity: value }),
  });
