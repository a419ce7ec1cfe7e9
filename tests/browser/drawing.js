/* Draws at random in the editor by way of its own commands: the same seed, the same drawing. Put into the page by test_drawing.py; `window.editor` is the editor. */

const TYPES = ["bpmn:UserTask", "bpmn:ServiceTask", "bpmn:BusinessRuleTask", "bpmn:CallActivity", "bpmn:ReceiveTask", "bpmn:ExclusiveGateway", "bpmn:ParallelGateway", "bpmn:EndEvent"];
const EVENTS = ["bpmn:TimerEventDefinition", "bpmn:MessageEventDefinition", "bpmn:ErrorEventDefinition"];

/** Numbers from 0 to 1, after mulberry32. */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class Draughtsman {
  constructor(modeler, seed) {
    this.modeler = modeler;
    this.next = numbers(seed);
    this.done = [];
    this.count = 0;
  }

  get(service) {
    return this.modeler.get(service);
  }

  /** One of several; undefined when there is none. */
  one(several) {
    return several[Math.floor(this.next() * several.length)];
  }

  elements(test = () => true) {
    return this.get("elementRegistry").filter((element) => element.parent && !element.labelTarget && test(element));
  }

  is(element, ...types) {
    return types.some((type) => element.businessObject.$instanceOf(type));
  }

  nodes() {
    return this.elements((element) => this.is(element, "bpmn:FlowNode"));
  }

  /** Do so many things, each drawn by lot; what cannot be done here is passed over. */
  draw(steps) {
    const things = ["append", "append", "append", "connect", "replace", "rename", "rename", "name", "paste", "remove", "move", "attach", "scope", "collapse", "lane", "note", "undo", "redo", "standard", "drop"];
    for (let step = 0; step < steps; step += 1) {
      const thing = this.one(things);
      if (this[thing]() !== false) this.done.push(thing);
    }
    return this.done;
  }

  append() {
    const source = this.one(this.nodes().filter((node) => !this.is(node, "bpmn:EndEvent")));
    if (!source) return false;
    const shape = this.get("elementFactory").createShape({ type: this.one(TYPES) });
    return this.get("autoPlace").append(source, shape);
  }

  connect() {
    const [source, target] = [this.one(this.nodes()), this.one(this.nodes())];
    const allowed = source && target && source !== target && this.get("rules").allowed("connection.create", { source, target });
    return allowed ? this.get("modeling").connect(source, target, allowed) : false;
  }

  replace() {
    const node = this.one(this.nodes().filter((one) => this.is(one, "bpmn:Task", "bpmn:CallActivity", "bpmn:Gateway")));
    if (!node) return false;
    const gateways = ["bpmn:ExclusiveGateway", "bpmn:ParallelGateway", "bpmn:InclusiveGateway"];
    const type = this.one((this.is(node, "bpmn:Gateway") ? gateways : TYPES.slice(0, 5)).filter((other) => other !== node.type));
    return this.get("bpmnReplace").replaceElement(node, { type });
  }

  rename() {
    const element = this.one(this.elements((one) => this.is(one, "bpmn:FlowElement", "bpmn:Lane")));
    return element ? this.get("modeling").updateProperties(element, { id: `named_${(this.count += 1)}` }) : false;
  }

  name() {
    const element = this.one(this.elements((one) => this.is(one, "bpmn:FlowElement")));
    return element ? this.get("modeling").updateLabel(element, this.next() < 0.2 ? "" : `名称 ${(this.count += 1)}`) : false;
  }

  paste() {
    const chosen = this.nodes().filter((node) => node.parent === this.nodes()[0]?.parent && this.next() < 0.3);
    if (!chosen.length) return false;
    const related = chosen.flatMap((node) => node.outgoing.filter(({ target }) => chosen.includes(target)));
    const into = chosen[0].parent;
    this.get("copyPaste").copy([...chosen, ...related]);
    if (this.next() < 0.3) this.get("modeling").removeElements(chosen.slice());
    return this.get("copyPaste").paste({ element: into, point: { x: 300 + this.next() * 900, y: 150 + this.next() * 600 } });
  }

  remove() {
    const element = this.one(this.elements((one) => this.is(one, "bpmn:FlowElement")));
    return element ? this.get("modeling").removeElements([element]) : false;
  }

  move() {
    const node = this.one(this.nodes().filter((one) => !one.host));
    return node ? this.get("modeling").moveElements([node], { x: Math.round(this.next() * 300 - 150), y: Math.round(this.next() * 200 - 100) }) : false;
  }

  attach() {
    const host = this.one(this.nodes().filter((one) => this.is(one, "bpmn:Activity")));
    if (!host) return false;
    const event = this.get("elementFactory").createShape({ type: "bpmn:BoundaryEvent", eventDefinitionType: this.one(EVENTS) });
    return this.get("modeling").createShape(event, { x: host.x + Math.round(this.next() * host.width), y: host.y + host.height }, host, { attach: true });
  }

  scope() {
    const around = this.one(this.elements((one) => this.is(one, "bpmn:Participant")));
    if (!around) return false;
    const shape = this.get("elementFactory").createShape({ type: "bpmn:SubProcess", isExpanded: true });
    return this.get("modeling").createShape(shape, { x: 400 + this.next() * 800, y: 200 + this.next() * 400 }, around);
  }

  collapse() {
    const scope = this.one(this.elements((one) => this.is(one, "bpmn:SubProcess")));
    return scope ? this.get("bpmnReplace").replaceElement(scope, { type: "bpmn:SubProcess", isExpanded: Boolean(scope.collapsed) }) : false;
  }

  lane() {
    const lane = this.one(this.elements((one) => this.is(one, "bpmn:Lane", "bpmn:Participant") && one.height > 100));
    if (!lane) return false;
    if (this.next() < 0.3) return this.is(lane, "bpmn:Lane") ? this.get("modeling").removeElements([lane]) : false;
    const inside = lane.children.filter((one) => this.is(one, "bpmn:Lane")).length; // the editor splits no more than two
    const add = this.next() < 0.5 || inside > 2;
    return add ? this.get("modeling").addLane(lane, "bottom") : this.get("modeling").splitLane(lane, 2);
  }

  note() {
    const node = this.one(this.nodes());
    return node ? this.get("autoPlace").append(node, this.get("elementFactory").createShape({ type: "bpmn:TextAnnotation" })) : false;
  }

  undo() {
    for (let many = this.next() * 6; many > 0 && this.get("commandStack").canUndo(); many -= 1) this.get("commandStack").undo();
  }

  redo() {
    for (let many = this.next() * 4; many > 0 && this.get("commandStack").canRedo(); many -= 1) this.get("commandStack").redo();
  }

  /** The flow that is taken in every other case. */
  standard() {
    const gateway = this.one(this.nodes().filter((one) => this.is(one, "bpmn:ExclusiveGateway") && one.outgoing.length));
    return gateway ? this.get("modeling").updateProperties(gateway, { default: this.one(gateway.outgoing).businessObject }) : false;
  }

  /** A new element let go over a flow. */
  drop() {
    const flow = this.one(this.elements((one) => this.is(one, "bpmn:SequenceFlow")));
    if (!flow) return false;
    const [from, to] = flow.waypoints;
    const shape = this.get("elementFactory").createShape({ type: this.one(TYPES.slice(0, 5)) });
    return this.get("modeling").createShape(shape, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, flow);
  }
}

/** What is on the canvas, by id: kind, name, place, and what it is joined to. */
export function seen(modeler) {
  const found = {};
  modeler.get("elementRegistry").forEach(({ id, type, parent, labelTarget, businessObject, x, y, width, height, waypoints, source, target, host, collapsed }) => {
    if (!parent || labelTarget) return;
    const place = waypoints ? waypoints.map((point) => [Math.round(point.x), Math.round(point.y)]) : [x, y, width, height].map(Math.round);
    found[id] = { type, name: businessObject.name || businessObject.text || "", place, within: parent.id, ends: [source?.id ?? "", target?.id ?? ""], host: host?.id ?? "", collapsed: Boolean(type === "bpmn:SubProcess" && collapsed), marked: businessObject.default?.id ?? "" };
  });
  return found;
}

/** Save and read again: what was seen before, what after, the text, and what reading complained of. */
export async function reread(modeler) {
  const before = seen(modeler);
  const { xml } = await modeler.saveXML({ format: true });
  const { warnings } = await modeler.importXML(xml);
  return { before, after: seen(modeler), xml, warnings: warnings.map(({ message }) => message) };
}
