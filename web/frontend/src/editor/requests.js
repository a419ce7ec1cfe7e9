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
  const body = content === undefined ? undefined : JSON.stringify(content);
  const send = () => sent(address, { method, headers: headers(content), body });
  const response = await send();
  return answered(ofAnEarlierLogIn(response) && (await renewToken()) ? await send() : response);
}

/**
 * @param {string} address
 * @param {RequestInit} options
 */
async function sent(address, options) {
  try {
    return await fetch(address, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused("offline");
  }
}

/**
 * The page's token is of a log-in that has ended; which answer says so is for web/edge/errors.py to know.
 * @param {Response} response
 */
function ofAnEarlierLogIn(response) {
  return response.status === 400 && !isJson(response);
}

/** @param {Response} response */
function isJson(response) {
  return (response.headers.get("Content-Type") ?? "").includes("json");
}

/** Take the token of the log-in that there is now from the page itself; whether it is the same person's. */
async function renewToken() {
  const mine = token(document);
  const response = await sent(location.pathname, { headers: { Accept: "text/html" } });
  if (!mine || !response.ok || response.redirected) return false;
  const now = token(new DOMParser().parseFromString(await response.text(), "text/html"));
  if (!now || now.dataset.person !== mine.dataset.person) return false;
  mine.content = now.content;
  return true;
}

/** @param {ParentNode} page */
function token(page) {
  return element(page, 'meta[name="csrf-token"]', HTMLMetaElement);
}

/**
 * @param {object | undefined} content
 * @returns {Record<string, string>}
 */
function headers(content) {
  return { Accept: "application/json", "X-CSRFToken": token(document)?.content ?? "", ...(content === undefined ? {} : { "Content-Type": "application/json" }) };
}

/** @param {Response} response */
async function answered(response) {
  if (response.status === 204) return null;
  const spoken = isJson(response) ? await response.json() : null;
  if (response.ok && spoken) return spoken;
  if (response.redirected || response.status === 401) throw new Refused("session");
  if (response.status === 409) throw new Refused(spoken?.code === "SubmittedDraft" ? "submitted" : "conflict", spoken ?? {});
  if (response.status >= 500) throw new Refused("offline", spoken ?? {});
  if (response.status === 400 && !spoken) throw new Refused("session");
  throw new Refused("refused", spoken ?? {});
}
