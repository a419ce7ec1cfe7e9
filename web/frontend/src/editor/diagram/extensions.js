/* Reading and writing what our diagrams carry beside BPMN. Every change is one step on the undo stack. */
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";

const PROPERTIES = "spiffworkflow:Properties";
const OPERATOR = "spiffworkflow:ServiceTaskOperator";
const DECISION = "spiffworkflow:CalledDecisionId";

/** The element that carries the extensions: the process itself for its pool and for the ground it stands on. */
export function carrier(element) {
  const business = getBusinessObject(element);
  if (business.$type === "bpmn:Collaboration") return business.participants?.find(({ processRef }) => processRef)?.processRef;
  return business.$type === "bpmn:Participant" ? business.processRef : business;
}

function extension(owner, type) {
  return owner.extensionElements?.values?.find((value) => value.$type === type);
}

function operator(element) {
  return extension(carrier(element), OPERATOR);
}

export function property(element, name) {
  return extension(carrier(element), PROPERTIES)?.properties?.find((one) => one.name === name)?.value ?? "";
}

/** The properties whose names begin with prefix, as [[name without it, value], …]. */
export function propertiesUnder(element, prefix) {
  const all = extension(carrier(element), PROPERTIES)?.properties ?? [];
  return all.filter((one) => one.name?.startsWith(prefix)).map((one) => [one.name.slice(prefix.length), one.value ?? ""]);
}

export function topic(element) {
  return operator(element)?.id ?? "";
}

export function parameter(element, id) {
  return operator(element)?.parameterList?.parameters?.find((one) => one.id === id)?.value ?? "";
}

export function givenParameters(element) {
  return (operator(element)?.parameterList?.parameters ?? []).map((one) => one.id);
}

export function operatorResult(element) {
  return operator(element)?.resultVariable ?? "";
}

export function decision(element) {
  return extension(carrier(element), DECISION)?.value ?? "";
}

/** Writes through one command each; the services of one modeler. */
export class Extensions {
  static $inject = ["commandStack", "bpmnFactory"];

  constructor(commandStack, bpmnFactory) {
    this.commandStack = commandStack;
    this.factory = bpmnFactory;
  }

  /** changes: [[moddle element, properties], …], as one step. */
  change(element, changes) {
    const commands = changes.map(([moddleElement, properties]) => ({ cmd: "element.updateModdleProperties", context: { element, moddleElement, properties } }));
    this.commandStack.execute("properties-panel.multi-command-executor", commands);
  }

  /** A moddle element inside another. */
  create(type, properties, parent) {
    const made = this.factory.create(type, properties);
    made.$parent = parent;
    return made;
  }

  setProperty(element, name, value) {
    this.setProperties(element, { [name]: value });
  }

  /** Empty values remove their property. */
  setProperties(element, values) {
    const owner = carrier(element);
    const known = extension(owner, PROPERTIES);
    const left = (known?.properties ?? []).filter((one) => !(one.name in values && !values[one.name]));
    const changed = left.map((one) => (one.name in values ? this.factory.create("spiffworkflow:Property", { name: one.name, value: values[one.name] }) : one));
    const fresh = Object.entries(values).filter(([name, value]) => value && !left.some((one) => one.name === name));
    const properties = [...changed, ...fresh.map(([name, value]) => this.factory.create("spiffworkflow:Property", { name, value }))];
    this.put(element, PROPERTIES, properties.length ? { properties } : null);
  }

  /** Replace all properties under a prefix by pairs [[name, value], …]. */
  setPropertiesUnder(element, prefix, pairs) {
    const wanted = Object.fromEntries(pairs.map(([name, value]) => [prefix + name, value]));
    const gone = propertiesUnder(element, prefix).map(([name]) => [prefix + name, ""]);
    this.setProperties(element, { ...Object.fromEntries(gone), ...wanted });
  }

  /** Choose an operation: parameters that both the old and the new one have keep their expressions. */
  setTopic(element, id, parameters) {
    const kept = parameters.map(({ name, required }) => [name, parameter(element, name), required]);
    const given = kept.filter(([, value, required]) => value || required).map(([name, value]) => [name, value]);
    this.setOperator(element, id, operatorResult(element), given);
  }

  setParameter(element, id, value) {
    const others = givenParameters(element).map((name) => [name, name === id ? value : parameter(element, name)]);
    const pairs = others.some(([name]) => name === id) ? others : [...others, [id, value]];
    this.setOperator(element, topic(element), operatorResult(element), pairs.filter(([name, text]) => text || name !== id));
  }

  setOperatorResult(element, name) {
    this.setOperator(element, topic(element), name, givenParameters(element).map((id) => [id, parameter(element, id)]));
  }

  setOperator(element, id, resultVariable, pairs) {
    const parameters = pairs.map(([name, value]) => this.factory.create("spiffworkflow:Parameter", { id: name, type: "any", value }));
    const parameterList = this.create("spiffworkflow:Parameters", { parameters });
    parameters.forEach((one) => (one.$parent = parameterList));
    this.put(element, OPERATOR, id ? { id, resultVariable: resultVariable || undefined, parameterList: parameters.length ? parameterList : undefined } : null);
  }

  setDecision(element, id) {
    this.put(element, DECISION, id ? { value: id } : null);
  }

  /** Replace one extension element, making the container when there is none and dropping it when it is empty. */
  put(element, type, properties) {
    const owner = carrier(element);
    const container = owner.extensionElements ?? this.create("bpmn:ExtensionElements", { values: [] }, owner);
    const made = properties && this.create(type, properties, container);
    for (const inner of [properties?.parameterList, ...(properties?.properties ?? [])]) if (inner) inner.$parent = made;
    const before = container.values ?? [];
    const place = before.findIndex((value) => value.$type === type);
    const values = place < 0 ? [...before, made] : before.map((value, index) => (index === place ? made : value));
    const left = values.filter(Boolean);
    const changes = owner.extensionElements ? [] : left.length ? [[owner, { extensionElements: container }]] : [];
    this.change(element, left.length ? [...changes, [container, { values: left }]] : owner.extensionElements ? [[owner, { extensionElements: undefined }]] : []);
  }
}
