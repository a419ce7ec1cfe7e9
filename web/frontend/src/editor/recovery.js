/* Unsaved changes kept in this browser, so that a crash, a lost session or a conflict loses nothing. Every visit to an editor has an entry of its own, so that two windows with one draft leave each other's alone. */

const PREFIX = "desk-draft:";

/** A name for a visit that no other has. */
export function newVisit() {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (one) => one.toString(36)).join("");
}

/** unsaved: {files: {name: text or null}, revision, at (ISO 8601)}. False when the browser has no room for it. */
export function keep(key, visit, unsaved) {
  try {
    localStorage.setItem(place(key, visit), JSON.stringify(unsaved));
    return true;
  } catch {
    return false;
  }
}

/** Forget what a visit left. With `at`, only what was kept then: its window may still be open, and have gone on. */
export function forget(key, visit, at) {
  try {
    if (!at || read(place(key, visit))?.at === at) localStorage.removeItem(place(key, visit));
  } catch {
    return;
  }
}

/** What visits left, the latest first, each with its `visit`; what cannot be read counts as nothing. */
export function recall(key) {
  const found = visits(key).map((visit) => ({ ...read(place(key, visit)), visit }));
  return found.filter(({ files }) => files && typeof files === "object" && Object.keys(files).length).sort((one, other) => String(other.at).localeCompare(String(one.at)));
}

/** Earlier versions of this page had one entry for all visits, which has no name of its own. */
function place(key, visit) {
  return visit ? `${PREFIX}${key}:${visit}` : PREFIX + key;
}

function visits(key) {
  try {
    const own = PREFIX + key;
    return Object.keys(localStorage).filter((name) => name === own || name.startsWith(`${own}:`)).map((name) => name.slice(own.length + 1));
  } catch {
    return [];
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}
