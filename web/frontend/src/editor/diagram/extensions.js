/* Reading and writing what our diagrams carry beside BPMN. Every change is one step on the undo stack. */
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";

/** @import CommandStack from "diagram-js/lib/command/CommandStack" */
/** @import { Business, Drawn, Factory } from "../../../types/drawing" */

/** @typedef {[name: string, value: string]} Pair */

const PROPERTIES = "spiffworkflow:Properties";
const OPERATOR = "spiffworkflow:ServiceTaskOperator";
const DECISION = "spiffworkflow:CalledDecisionId";

/**
 * The element that carries the extensions: the process itself for its pool and for the ground it stands on, if there is one.
 * @param {Drawn} element
 * @returns {Business | undefined}
 */
export function carrier(element) {
  /** @type {Business} */
  const business = getBusinessObject(element);
  if (business.$type === "bpmn:Collaboration") return business.participants?.find(({ processRef }) => processRef)?.processRef;
  return business.$type === "bpmn:Participant" ? business.processRef : business;
}

/**
 * @param {Business | undefined} owner
 * @param {string} type
 */
function extension(owner, type) {
  return owner?.extensionElements?.values?.find((value) => value.$type === type);
}

/** @param {Drawn} element */
function operator(element) {
  return extension(carrier(element), OPERATOR);
}

/**
 * @param {Drawn} element
 * @param {string} name
 */
export function property(element, name) {
  return extension(carrier(element), PROPERTIES)?.properties?.find((one) => one.name === name)?.value ?? "";
}

/**
 * The properties whose names begin with prefix, by their names without it.
 * @param {Drawn} element
 * @param {string} prefix
 * @returns {Pair[]}
 */
export function propertiesUnder(element, prefix) {
  const all = extension(carrier(element), PROPERTIES)?.properties ?? [];
  return all.flatMap(({ name, value = "" }) => (name?.startsWith(prefix) ? [[name.slice(prefix.length), value]] : []));
}

/** @param {Drawn} element */
export function topic(element) {
  return operator(element)?.id ?? "";
}

/**
 * @param {Drawn} element
 * @param {string} id
 */
export function parameter(element, id) {
  return operator(element)?.parameterList?.parameters?.find((one) => one.id === id)?.value ?? "";
}

/** @param {Drawn} element */
export function givenParameters(element) {
  return (operator(element)?.parameterList?.parameters ?? []).map((one) => one.id);
}

/** @param {Drawn} element */
export function operatorResult(element) {
  return operator(element)?.resultVariable ?? "";
}

/** @param {Drawn} element */
export function decision(element) {
  return extension(carrier(element), DECISION)?.value ?? "";
}

/** Writes through one command each; the services of one modeler. */
export class Extensions {
  static $inject = ["commandStack", "bpmnFactory"];

  /**
   * @param {CommandStack} commandStack
   * @param {Factory} bpmnFactory
   */
  constructor(commandStack, bpmnFactory) {
    this.commandStack = commandStack;
    this.factory = bpmnFactory;
  }

  /**
   * Changes of what elements of the file hold, as one step.
   * @param {Drawn} element
   * @param {[business: Business | undefined, properties: object][]} changes
   */
  change(element, changes) {
    const commands = changes.map(([moddleElement, properties]) => ({ cmd: "element.updateModdleProperties", context: { element, moddleElement, properties } }));
    this.commandStack.execute("properties-panel.multi-command-executor", commands);
  }

  /**
   * A moddle element inside another.
   * @param {string} type
   * @param {object} properties
   * @param {Business} [parent]
   */
  create(type, properties, parent) {
    const made = this.factory.create(type, properties);
    made.$parent = parent;
    return made;
  }

  /**
   * @param {Drawn} element
   * @param {string} name
   * @param {string} value
   */
  setProperty(element, name, value) {
    this.setProperties(element, { [name]: value });
  }

  /**
   * Empty values remove their property.
   * @param {Drawn} element
   * @param {Record<string, string>} values
   */
  setProperties(element, values) {
    const known = extension(carrier(element), PROPERTIES);
    const left = (known?.properties ?? []).filter(({ name = "" }) => !(name in values && !values[name]));
    const changed = left.map((one) => (one.name && one.name in values ? this.factory.create("spiffworkflow:Property", { name: one.name, value: values[one.name] }) : one));
    const fresh = Object.entries(values).filter(([name, value]) => value && !left.some((one) => one.name === name));
    const properties = [...changed, ...fresh.map(([name, value]) => this.factory.create("spiffworkflow:Property", { name, value }))];
    this.put(element, PROPERTIES, properties.length ? { properties } : null);
  }

  /**
   * Replace all properties under a prefix.
   * @param {Drawn} element
   * @param {string} prefix
   * @param {Pair[]} pairs
   */
  setPropertiesUnder(element, prefix, pairs) {
    const wanted = Object.fromEntries(pairs.map(([name, value]) => [prefix + name, value]));
    const gone = propertiesUnder(element, prefix).map(([name]) => [prefix + name, ""]);
    this.setProperties(element, { ...Object.fromEntries(gone), ...wanted });
  }

  /**
   * Choose an operation: parameters that both the old and the new one have keep their expressions.
   * @param {Drawn} element
   * @param {string} id
   * @param {{ name: string, required: boolean }[]} parameters
   */
  setTopic(element, id, parameters) {
    const kept = parameters.filter(({ name, required }) => required || parameter(element, name));
    this.setOperator(element, id, operatorResult(element), kept.map(({ name }) => [name, parameter(element, name)]));
  }

  /**
   * @param {Drawn} element
   * @param {string} id
   * @param {string} value
   */
  setParameter(element, id, value) {
    /** @type {Pair[]} */
    const others = givenParameters(element).map((name) => [name, name === id ? value : parameter(element, name)]);
    /** @type {Pair[]} */
    const pairs = others.some(([name]) => name === id) ? others : [...others, [id, value]];
    this.setOperator(element, topic(element), operatorResult(element), pairs.filter(([name, text]) => text || name !== id));
  }

  /**
   * @param {Drawn} element
   * @param {string} name
   */
  setOperatorResult(element, name) {
    this.setOperator(element, topic(element), name, givenParameters(element).map((id) => [id, parameter(element, id)]));
  }

  /**
   * @param {Drawn} element
   * @param {string} id
   * @param {string} resultVariable
   * @param {Pair[]} pairs
   */
  setOperator(element, id, resultVariable, pairs) {
    const parameters = pairs.map(([name, value]) => this.factory.create("spiffworkflow:Parameter", { id: name, type: "any", value }));
    const parameterList = this.create("spiffworkflow:Parameters", { parameters });
    parameters.forEach((one) => (one.$parent = parameterList));
    this.put(element, OPERATOR, id ? { id, resultVariable: resultVariable || undefined, parameterList: parameters.length ? parameterList : undefined } : null);
  }

  /**
   * @param {Drawn} element
   * @param {string} id
   */
  setDecision(element, id) {
    this.put(element, DECISION, id ? { value: id } : null);
  }

  /**
   * Replace one extension element, making the container when there is none and dropping it when it is empty.
   * @param {Drawn} element
   * @param {string} type
   * @param {Partial<Business> | null} properties
   */
  put(element, type, properties) {
    const owner = carrier(element);
    if (!owner) return;
    const container = owner.extensionElements ?? this.create("bpmn:ExtensionElements", { values: [] }, owner);
    const made = properties && this.create(type, properties, container);
    for (const inner of [properties?.parameterList, ...(properties?.properties ?? [])]) if (inner && made) inner.$parent = made;
    const before = container.values ?? [];
    const place = before.findIndex((value) => value.$type === type);
    const values = place < 0 ? [...before, made] : before.map((value, index) => (index === place ? made : value));
    const left = values.filter((value) => !!value);
    /** @type {[Business, object][]} */
    const changes = owner.extensionElements ? [] : left.length ? [[owner, { extensionElements: container }]] : [];
    this.change(element, left.length ? [...changes, [container, { values: left }]] : owner.extensionElements ? [[owner, { extensionElements: undefined }]] : []);
  }
}
