/* A diagram as bpmn-js holds it: what is drawn, what that means, and the services of a viewer or modeler. */
import type TextRenderer from "bpmn-js/lib/draw/TextRenderer";
import type CommandStack from "diagram-js/lib/command/CommandStack";
import type LibraryCanvas from "diagram-js/lib/core/Canvas";
import type LibraryBus from "diagram-js/lib/core/EventBus";
import type GraphicsFactory from "diagram-js/lib/core/GraphicsFactory";
import type { OverlayAttrs, OverlaysFilter } from "diagram-js/lib/features/overlays/Overlays";
import type SearchPad from "diagram-js/lib/features/search-pad/SearchPad";
import type { Point, Rect } from "diagram-js/lib/util/Types";
import type { Editing } from "./draft";
import type { Marks } from "../src/editor/diagram/marks.js";
import type { PanelHead } from "../src/editor/diagram/panel/head.js";
import type { ShownNames } from "../src/editor/diagram/shown.js";
import type { Extensions } from "../src/editor/diagram/extensions.js";

export type { Point, Rect };

/** One attribute or part that the standard, or our descriptor, gives a type. */
export interface Described {
  name: string;
  isReference?: boolean;
  isAttr?: boolean;
}

/** An element of the file: of the standard, of our extensions, or of another tool. Which parts it has depends on $type. */
export interface Business {
  $type: string;
  $parent?: Business;
  $attrs: Record<string, string>;
  $body?: string;
  $children?: Business[];
  $descriptor: { isGeneric?: boolean; ns: { uri: string }; properties?: Described[] };
  $instanceOf?(type: string): boolean;
  get(part: string): Business | Business[] | undefined;
  id: string;
  name?: string;
  value?: string;
  text?: string;
  body?: string;
  extensionElements?: Business;
  values?: Business[];
  properties?: Business[];
  parameterList?: Business;
  parameters?: Business[];
  resultVariable?: string;
  documentation?: Business[];
  participants?: Business[];
  processRef?: Business;
  rootElements?: Business[];
  diagrams?: Picture[];
  eventDefinitions?: Business[];
  timeDate?: Business;
  timeDuration?: Business;
  timeCycle?: Business;
  messageRef?: Business;
  errorRef?: Business;
  errorCode?: string;
  cancelActivity?: boolean;
  calledElement?: string;
  default?: Business;
  conditionExpression?: Business;
  completionCondition?: Business;
  loopCharacteristics?: Business;
  isSequential?: boolean;
  sourceRef?: Business;
  targetRef?: Business;
}

/** A diagram, a plane, a shape or an edge of the file. */
export interface Picture {
  id?: string;
  bpmnElement?: Business;
  plane?: Picture;
  planeElement?: Picture[];
}

/** What is drawn: a shape, a flow (which has waypoints) or a label. */
export interface Drawn extends Rect {
  id: string;
  type: string;
  businessObject: Business;
  di?: { label?: { bounds?: Rect } };
  waypoints?: Point[];
  parent?: Drawn;
  host?: Drawn;
  label?: Drawn;
  labels?: Drawn[];
  labelTarget?: Drawn;
  source?: Drawn;
  target?: Drawn;
  collapsed?: boolean;
}

export interface Registry {
  get(id: string | undefined): Drawn | undefined;
  filter(wanted: (element: Drawn) => unknown): Drawn[];
  find(wanted: (element: Drawn) => unknown): Drawn | undefined;
  getGraphics(element: Drawn): SVGElement;
  updateId(element: Drawn, id: string): void;
}

export interface Canvas extends Omit<LibraryCanvas, "zoom" | "getRootElements" | "getRootElement" | "scrollToElement"> {
  zoom(scale?: number, about?: Point | "auto"): number;
  getRootElements(): Drawn[];
  getRootElement(): Drawn | undefined;
  scrollToElement(element: Drawn, padding: { top: number; right: number; bottom: number; left: number }): void;
}

export interface Overlays {
  add(element: string | Drawn, attributes: OverlayAttrs): string;
  add(element: string | Drawn, type: string, attributes: OverlayAttrs): string;
  remove(filter: OverlaysFilter): void;
}

/** What a place of an element being copied holds besides: its English. */
export interface Copied {
  labelTarget?: Drawn;
  businessObject: Business;
  english?: Partial<Record<string, string>>;
}

/** What is told on the bus, and to whom listens here. */
export interface DrawingEvents {
  "autoPlace": { source: Drawn; shape: Drawn };
  "canvas.viewbox.changed": { viewbox: Rect & { scale: number } };
  "commandStack.changed": object;
  "commandStack.connection.create.postExecuted": { context: { connection: Drawn } };
  "commandStack.element.updateProperties.postExecuted": { context: { oldProperties: { id?: string }; properties: { id?: string } } };
  "autoPlace.end": { source: Drawn; shape: Drawn };
  "connect.cleanup": object;
  "connect.init": object;
  "copyPaste.copyElement": { descriptor: Copied; element: Drawn };
  "copyPaste.pasteElement": { descriptor: Copied };
  "create.end": { context: { shape: Drawn; canExecute?: unknown } };
  "desk.problem": { id: string };
  "directEditing.cancel": object;
  "directEditing.complete": object;
  "element.click": { element: Drawn };
  "element.hover": object;
  "element.updateId": { element: Drawn; newId: string };
  "import.done": object;
  "import.parse.complete": { definitions?: Business; elementsById: Record<string, Business> };
  "minimap.toggle": { open: boolean };
  "moddleCopy.canCopyProperties": { sourceElement: Business; targetElement: Business };
  "moddleCopy.canCopyProperty": { property?: Business; parent?: Business };
  "palette.changed": object;
  "popupMenu.close": object;
  "render.connection": Rendering;
  "render.shape": Rendering;
  "saveXML.start": { definitions: Business };
  "shape.move.end": { context: { canExecute?: unknown } };
  "searchPad.cleared": object;
  "searchPad.opened": object;
  "searchPad.selected": Drawn;
}

export type EventBus = LibraryBus<DrawingEvents>;

/** What follows an order to draw. */
export interface Rendering {
  gfx: SVGElement;
  element: Drawn;
  attrs: object;
}

/** What the words of an element look like beside it. */
export type Texts = Pick<TextRenderer, "getExternalStyle">;

export interface Renderer {
  drawShape(graphics: SVGElement, element: Drawn, attributes: object): SVGElement;
  drawConnection(graphics: SVGElement, element: Drawn, attributes: object): SVGElement;
}

export interface Selection {
  get(): Drawn[];
  select(element: Drawn | undefined): void;
}

export interface Modeling {
  updateProperties(element: Drawn, properties: object): void;
}

export interface Factory {
  create(type: string, properties?: object): Business;
}

/** Which ids are taken, and by what. */
export interface Ids {
  assigned(id: string): Business | false | undefined;
  claim(id: string, element: Business): void;
}

export interface Moddle {
  ids: Ids;
  createAny(type: string, uri: string, attributes: object): Business;
}

export interface Create {
  start(event: Event, shape: Drawn, context?: { source: Drawn }): void;
}

export interface ElementFactory {
  createShape(attributes: { type: string; eventDefinitionType?: string }): Drawn;
}

export type Translate = (template: string, values?: Record<string, string>) => string;

/** A part of a BPMN element that is being read or written. */
export type Extensible = Extensions;

/** The services that are asked for by name. */
export interface Services {
  "autoScroll": { startScroll(point: Point): unknown };
  "bpmnFactory": Factory;
  "bpmnjs": { getDefinitions(): Business };
  "canvas": Canvas;
  "commandStack": CommandStack;
  "config.bench": Editing;
  "debounceInput": unknown;
  "elementRegistry": Registry;
  "eventBus": EventBus;
  "extensions": Extensions;
  "graphicsFactory": GraphicsFactory;
  "marks": Marks;
  "minimap": { toggle(): void };
  "moddle": Moddle;
  "modeling": Modeling;
  "overlays": Overlays;
  "panelHead": PanelHead;
  "searchPad": SearchPad;
  "selection": Selection;
  "shownNames": ShownNames;
  "zoomScroll": { toggle(on: boolean): void };
}
