/* What happens on a page beside the browser's own events: htmx's, and ours between scripts. */
import type { Diagram } from "../src/viewer.js";

/** The languages of the office. */
export type Language = "zh" | "en";

/** Which elements of a diagram stand, are done or were passed, each with how often. */
export interface Marking {
  active?: Record<string, number>;
  done?: Record<string, number>;
  flows?: Record<string, number>;
}

/** A change between two versions of a process. */
export interface Change {
  element: string;
  kind: string;
}

interface Request {
  elt: Element;
  xhr: XMLHttpRequest;
  target: HTMLElement;
  headers: Record<string, string>;
  requestConfig: { triggeringEvent?: Event };
  serverResponse: string;
  shouldSwap: boolean;
  isError: boolean;
}

declare global {
  interface DocumentEventMap {
    "desk:diagram-ready": CustomEvent<{ diagram: Diagram }>;
    "desk:fields": CustomEvent;
    "desk:kept": CustomEvent<{ status: number }>;
    "htmx:afterRequest": CustomEvent<Request>;
    "htmx:afterSettle": CustomEvent<Request>;
    "htmx:beforeRequest": CustomEvent<Request>;
    "htmx:beforeSend": CustomEvent<Request>;
    "htmx:beforeSwap": CustomEvent<Request>;
    "htmx:configRequest": CustomEvent<Request>;
    "htmx:load": CustomEvent<{ elt: Element }>;
    "htmx:responseError": CustomEvent<Request>;
    "htmx:sendError": CustomEvent<Request>;
    "htmx:timeout": CustomEvent<Request>;
  }
  interface HTMLElementEventMap {
    "desk:diagram-mark": CustomEvent<Marking>;
    "desk:editor-problem": CustomEvent<{ element: string }>;
  }
}
