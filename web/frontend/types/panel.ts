/* Entries of the properties panel: what each is given, and what it gives to bpmn.io's components. */
import type { Editing } from "./draft";
import type { Business, Drawn, Extensible, Factory, Modeling, Moddle, Registry, Translate } from "./drawing";
import type { ShownNames } from "../src/editor/diagram/shown.js";

export interface Rendered {
  type: unknown;
}

export type EntryComponent<Properties> = (properties: Properties) => Rendered;

/** What entries read from and write through. */
export interface EntryServices {
  modeling: Modeling;
  extensions: Extensible;
  factory: Factory;
  moddle: Moddle;
  registry: Registry;
  bench: Editing;
  shown: ShownNames;
  definitions: Business;
}

type Setting = string | boolean;

/** An entry as our groups declare it. keeps: false when a wrong value is not kept. */
export interface Declared<Value extends Setting = string> {
  label: string;
  hint?: string | ((element: Drawn, services: EntryServices) => string);
  get(element: Drawn, services: EntryServices): Value | undefined;
  set(element: Drawn, value: Value, services: EntryServices): void;
  wrong?(value: string, element: Drawn, services: EntryServices): string;
  keeps?: boolean;
  options?(element: Drawn, services: EntryServices): [value: string, text: string][];
  rows?: number;
  monospace?: boolean;
}

export type Entry<Value extends Setting = string> = Declared<Value> & { id: string; component: EntryComponent<Entry<Value> & { element: Drawn }>; isEdited: (control: HTMLElement) => boolean };

/** The names that are known, which is no field. */
export interface KnownNames {
  id: string;
  component: EntryComponent<{ element: Drawn }>;
}

export type AnyEntry = Entry<string> | Entry<boolean> | KnownNames;

/** A maker of entries of one kind. */
export type Kind<Value extends Setting = string> = (id: string, declared: Declared<Value>) => Entry<Value>;

/** What bpmn.io's components take. */
export interface EntryProperties<Value extends Setting> {
  element: Drawn;
  id: string;
  label: string;
  description?: string;
  debounce: unknown;
  getValue(): Value;
  setValue(value: Value | undefined, error?: string): void;
  validate?: (value: string | undefined) => string | undefined;
  getOptions?: () => { value: string; label: string }[];
  rows?: number;
  autoResize?: boolean;
  monospace?: boolean;
  translate?: Translate;
  feel?: "required";
  variables?: { name: string; info: string }[];
}
