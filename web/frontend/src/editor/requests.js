/* The server's answers about a draft as values: JSON in, JSON out, and every way it can fail as one kind of error. */

import { element } from "../elements.js";

/** @import { Refusal } from "../../types/draft" */
/** @typedef {"conflict" | "submitted" | "refused" | "session" | "offline"} Kind */

export class Refused extends Error {
  /**
   * kind: submitted: saving would take a submission back; session: no longer logged in. answer: what the server said, if anything.
   * @param {Kind} kind
   * @param {Refusal} answer
   */
  constructor(kind, answer = {}) {
    super(answer.title ?? kind);
    this.kind = kind;
    this.answer = answer;
  }
}

/**
 * The answer, which is null when the server has nothing to say. Errors: Refused.
 * @param {string} method
 * @param {string} address
 * @param {object} [content]
 */
export async function ask(method, address, content) {
  let response;
  try {
    response = await fetch(address, { method, credentials: "same-origin", headers: headers(content), body: content === undefined ? undefined : JSON.stringify(content) });
  } catch {
    throw new Refused("offline");
  }
  return answered(response);
}

/**
 * @param {object | undefined} content
 * @returns {Record<string, string>}
 */
function headers(content) {
  const token = element(document, 'meta[name="csrf-token"]', HTMLMetaElement)?.content ?? "";
  return { Accept: "application/json", "X-CSRFToken": token, ...(content === undefined ? {} : { "Content-Type": "application/json" }) };
}

/** @param {Response} response */
async function answered(response) {
  if (response.status === 204) return null;
  const spoken = (response.headers.get("Content-Type") ?? "").includes("json") ? await response.json() : null;
  if (response.ok && spoken) return spoken;
  if (response.redirected || response.status === 401) throw new Refused("session");
  if (response.status === 409) throw new Refused(spoken?.code === "SubmittedDraft" ? "submitted" : "conflict", spoken ?? {});
  if (response.status >= 500) throw new Refused("offline", spoken ?? {});
  if (response.status === 400 && !spoken) throw new Refused("session");
  throw new Refused("refused", spoken ?? {});
}
