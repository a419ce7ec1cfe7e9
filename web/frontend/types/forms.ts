/* A form-js schema as text holds it. Which parts a component has depends on its type. */

export type Plain = string | number | boolean;

export interface Option {
  label?: string;
  value?: string;
  properties?: Record<string, Plain>;
}

export interface Component {
  type: string;
  key?: string;
  label?: string;
  text?: string;
  description?: string;
  subtype?: string;
  decimalDigits?: number;
  components?: Component[];
  values?: Option[];
  validate?: Record<string, Plain>;
  conditional?: { hide?: string };
  properties?: Record<string, Plain>;
}

export interface Schema {
  type?: string;
  id?: string;
  schemaVersion?: number;
  manualRef?: string;
  components: Component[];
}

/** A component in reading order, with the list it stands in and how deep. */
export interface Row {
  component: Component;
  siblings: Component[];
  depth: number;
}
