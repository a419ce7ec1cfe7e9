/* What the server says about a draft and to its editor: see web/drafts.py, web/queries/modeler.py and web/queries/findings.py. */
import type { Draft } from "../src/editor/draft.js";
import type { Variables } from "../src/editor/diagram/variables.js";

/** The files of a draft by name; null takes one out. */
export type Files = Record<string, string | null>;

/** Where in a decision file something is: its table, the number of a rule (from 1), the heading of a column. */
export interface CellPlace {
  table?: string;
  row?: number;
  heading?: string;
}

/** What the checks found, in words. warning: it keeps nothing from being published. */
export interface Problem {
  rule: string;
  text: string;
  file?: string;
  element?: string;
  line?: number;
  warning?: boolean;
  values?: { field?: string; count?: number; way?: string[] } & CellPlace;
}

export interface Returned {
  by: string;
  at: string;
  reason: string;
}

/** Who drew a draft, and who could still approve it once somebody else has changed it. Names of people. */
export interface Hand {
  authors: string[];
  left: string[];
}

/** What is known of a draft after it was saved. Instants are ISO 8601. */
export interface Saved {
  revision: number;
  base_version: number;
  state?: string;
  saved_at?: string;
  saved_by?: string;
  submitted_by?: string;
  submitted_at?: string;
  returned?: Returned | null;
  hand?: Hand | null;
  problems?: Problem[];
}

/** mended: what the server drew or renamed so that everything can be seen; mendings: the same in sentences. */
export interface Document extends Saved {
  files: Record<string, string>;
  mended?: Files;
  mendings?: string[];
}

/** Why the server would not, with what the editor says about it. */
export interface Refusal {
  title?: string;
  code?: string;
  problems?: { text: string }[];
  own?: boolean;
  version?: number;
  saved_by?: string;
  saved_at?: string;
  submitted_by?: string;
  submitted_at?: string;
  ended?: string;
  ended_by?: string;
  ended_at?: string;
}

/** What a visit to the editor left in this browser. at: ISO 8601. */
export interface Left {
  files: Files;
  revision?: number;
  at: string;
  by?: string;
}

/** What a box holds that is not in the draft. */
export interface Held {
  label: string;
  text: string;
  why: string;
}

export interface Parameter {
  name: string;
  zh: string;
  en: string;
  type: string;
  required: boolean;
  unit: string;
}

/** A service task that diagrams may call. */
export interface Operator {
  topic: string;
  title: string;
  title_en: string;
  manual_ref: string;
  errors: string[];
  outside: boolean;
  parameters: Parameter[];
  results: Parameter[];
}

/** What the editor offers to choose from. asked: property names by kind of element, "" for every other kind. */
export interface Config {
  operators: Operator[];
  departments: { code: string; name: string; name_en: string }[];
  processes: { key: string; name: string }[];
  manual: { id: string; title_zh: string; title_en: string }[];
  asked: Record<string, string[]>;
  error_titles: Record<string, string>;
}

/** A variable that is known at an element. from: the element that sets it. */
export interface Variable {
  name: string;
  from: string;
  type: string;
  unit: string;
}

/** A place to show: in which file, at which element or field, and the way there. */
export type Place = Pick<Problem, "file" | "element" | "values">;

/** What the tabs of the editor are given. */
export interface Bench {
  draft: Draft;
  config: Config;
  urls: { variables: string; preview: string };
}

/** What everything on the drawing is given, as the service config.bench. */
export interface Editing {
  draft: Draft;
  config: Config;
  variables: Variables;
}

/** A tab of the editor, once it is open. */
export interface Tab {
  reload(): unknown;
  show(place: Place): unknown;
  shown?(): void;
  mark?(): void;
  search?(): void;
  nameOf?(element: string | undefined): string;
}
