/* The kinds of entry our panel is made of, each given how to read and write one value. Components of preact, without its syntax. */
import { CheckboxEntry, FeelTextAreaEntry, SelectEntry, TextAreaEntry, TextFieldEntry, isCheckboxEntryEdited, isFeelEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited } from "@bpmn-io/properties-panel";
import { h } from "@bpmn-io/properties-panel/preact";
import { useEffect, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useService } from "bpmn-js-properties-panel";
import { say } from "../../messages.js";
import { translate } from "../../translation.js";

/** @import { Drawn } from "../../../../types/drawing" */
/** @import { Editing, Variable } from "../../../../types/draft" */
/** @import { Entry, EntryComponent, EntryProperties, EntryServices, Kind, KnownNames } from "../../../../types/panel" */

/** @typedef {Entry<string> & { element: Drawn }} Props */

/**
 * The services that entries write through.
 * @returns {EntryServices}
 */
export function useServices() {
  return {
    modeling: useService("modeling"),
    extensions: useService("extensions"),
    factory: useService("bpmnFactory"),
    moddle: useService("moddle"),
    registry: useService("elementRegistry"),
    bench: useService("config.bench"),
    shown: useService("shownNames"),
    definitions: useService("bpmnjs").getDefinitions(),
  };
}

/**
 * A maker of entries of one kind. The component is one and the same for all, so that typing keeps the focus.
 * @template {string | boolean} Value
 * @param {EntryComponent<Entry<Value> & { element: Drawn }>} component
 * @param {(control: HTMLElement) => boolean} isEdited
 * @returns {Kind<Value>}
 */
function entry(component, isEdited) {
  return (id, declared) => ({ id, component, isEdited, ...declared });
}

/**
 * What cannot be kept as it was typed is told until it is put right or read; everything else is kept, with what is wrong at its box.
 * @param {Props} props
 * @param {EntryServices} services
 */
function setter({ element, label, set, keeps = true }, services) {
  return (/** @type {string | undefined} */ value = "", /** @type {string | undefined} */ error = "") => {
    const refused = error && !keeps;
    services.bench.draft.refuse(refused ? { label, text: value, why: error } : null);
    if (!refused) set(element, value, services);
  };
}

/**
 * @param {Props} props
 * @param {EntryServices} services
 * @returns {EntryProperties<string>}
 */
function common(props, services) {
  const { element, id, label, hint, get, wrong } = props;
  return {
    element,
    id,
    label,
    description: typeof hint === "function" ? hint(element, services) : hint,
    debounce: useService("debounceInput"),
    getValue: () => get(element, services) ?? "",
    setValue: setter(props, services),
    validate: wrong && ((value) => wrong(value ?? "", element, services) || undefined),
  };
}

/** @param {Props} props */
const TextLine = (props) => h(TextFieldEntry, common(props, useServices()));
/** @param {Props} props */
const Text = (props) => h(TextAreaEntry, { ...common(props, useServices()), rows: props.rows ?? 2, autoResize: true, monospace: props.monospace });
/** @param {Props} props */
const Choice = (props) => {
  const services = useServices();
  const value = props.get(props.element, services) ?? "";
  const options = props.options?.(props.element, services) ?? [];
  /** @type {[value: string, text: string][]} */
  const offered = options.some(([option]) => option === value) ? options : [...options, [value, value]];
  return h(SelectEntry, { ...common(props, services), getOptions: () => offered.map(([option, text]) => ({ value: option, label: text })) });
};
/** @param {Entry<boolean> & { element: Drawn }} props */
const Tick = ({ element, id, label, hint, get, set }) => {
  const services = useServices();
  const description = typeof hint === "function" ? hint(element, services) : hint;
  /** @param {boolean} [checked] */
  const setValue = (checked = false) => {
    services.bench.draft.refuse(null);
    set(element, checked, services);
  };
  return h(CheckboxEntry, { element, id, label, description, debounce: useService("debounceInput"), getValue: () => Boolean(get(element, services)), setValue });
};

/**
 * FEEL, stored without the leading equals sign that bpmn.io's editor puts there.
 * @param {Props} props
 */
function Feel(props) {
  const services = useServices();
  const variables = useVariables(props.element, services.bench);
  const shared = common(props, services);
  return h(FeelTextAreaEntry, {
    ...shared,
    translate,
    feel: "required",
    getValue: () => withSign(props.get(props.element, services)),
    setValue: (value, error) => shared.setValue(withoutSign(value), error),
    validate: props.wrong && ((value) => props.wrong?.(withoutSign(value), props.element, services) || undefined),
    variables: variables.map(({ name, type, unit }) => ({ name, info: unit === "fen" ? `${type}, ${say("in_fen")}` : type })),
  });
}

/** @param {string | undefined} text */
function withSign(text) {
  return text ? `=${text}` : "";
}

/** @param {string | undefined} text */
function withoutSign(text) {
  return (text ?? "").replace(/^=\s*/, "").trim();
}

/**
 * What is known at an element, asked again whenever the draft has been saved.
 * @param {Drawn} element
 * @param {Editing} bench
 */
function useVariables(element, { variables, draft }) {
  const [found, setFound] = useState(/** @type {Variable[]} */ ([]));
  useEffect(() => {
    let current = true;
    const ask = () => variables.at(element.id).then((known) => current && setFound(known));
    const again = () => draft.state === "saved" && ask();
    ask();
    draft.addEventListener("state", again);
    return () => {
      current = false;
      draft.removeEventListener("state", again);
    };
  }, [element, element.id]);
  return found;
}

/**
 * The names that can be used in the expressions of an element, folded.
 * @param {{ element: Drawn }} props
 */
function Known({ element }) {
  const { bench } = useServices();
  const found = useVariables(element, bench);
  if (!found.length) return h("p", { class: "desk-editor-known" }, say("none_known"));
  return h("details", { class: "desk-editor-known" }, h("summary", {}, say("known", { n: found.length })), found.map(({ name, unit }) => (unit === "fen" ? `${name} (${say("in_fen")})` : name)).join(" · "));
}

export const line = entry(TextLine, isTextFieldEntryEdited);
export const text = entry(Text, isTextAreaEntryEdited);
export const choice = entry(Choice, isSelectEntryEdited);
export const tick = entry(Tick, isCheckboxEntryEdited);
export const feel = entry(Feel, isFeelEntryEdited);
/** @returns {KnownNames} */
export const known = () => ({ id: "known", component: Known });
