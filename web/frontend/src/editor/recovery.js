/* Unsaved changes kept in this browser, so that a crash, a lost session or a conflict loses nothing. Every visit to an editor has an entry of its own, so that two windows with one draft leave each other's alone. */

/** @import { Left } from "../../types/draft" */

const PREFIX = "desk-draft:";

/** A name for a visit that no other has. */
export function newVisit() {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (one) => one.toString(36)).join("");
}

/**
 * False when the browser has no room for it.
 * @param {string} key
 * @param {string} visit
 * @param {Left} unsaved
 */
export function keep(key, visit, unsaved) {
  try {
    localStorage.setItem(place(key, visit), JSON.stringify(unsaved));
    return true;
  } catch {
    return false;
  }
}

/**
 * Forget what a visit left. With `at`, only what was kept then: its window may still be open, and have gone on.
 * @param {string} key
 * @param {string} visit
 * @param {string} [at]
 */
export function forget(key, visit, at) {
  try {
    if (!at || read(place(key, visit))?.at === at) localStorage.removeItem(place(key, visit));
  } catch {
    return;
  }
}

/**
 * What visits left, the latest first, each with its `visit`; what cannot be read counts as nothing.
 * @param {string} key
 * @returns {(Left & { visit: string })[]}
 */
export function recall(key) {
  const left = visits(key).flatMap((visit) => [read(place(key, visit))].filter((kept) => kept !== null).map((kept) => ({ ...kept, visit })));
  return left.filter(({ files }) => files && typeof files === "object" && Object.keys(files).length).sort((one, other) => String(other.at).localeCompare(String(one.at)));
}

/**
 * Earlier versions of this page had one entry for all visits, which has no name of its own.
 * @param {string} key
 * @param {string} visit
 */
function place(key, visit) {
  return visit ? `${PREFIX}${key}:${visit}` : PREFIX + key;
}

/** @param {string} key */
function visits(key) {
  try {
    const own = PREFIX + key;
    return Object.keys(localStorage).filter((name) => name === own || name.startsWith(`${own}:`)).map((name) => name.slice(own.length + 1));
  } catch {
    return [];
  }
}

/**
 * @param {string} name
 * @returns {Left | null}
 */
function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}
