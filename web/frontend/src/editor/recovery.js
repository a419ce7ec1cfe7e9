/* Unsaved changes kept in this browser, so that a crash, a lost session or a conflict loses nothing. One entry per process. */

const PREFIX = "desk-draft:";

/** unsaved: {files: {name: text or null}, revision, at (ISO 8601)}. False when the browser has no room for it. */
export function keep(key, unsaved) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(unsaved));
    return true;
  } catch {
    return false;
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    return;
  }
}

/** What was kept, or null; what cannot be read counts as nothing. */
export function recall(key) {
  try {
    const found = JSON.parse(localStorage.getItem(PREFIX + key));
    return found && typeof found.files === "object" && Object.keys(found.files).length ? found : null;
  } catch {
    return null;
  }
}
