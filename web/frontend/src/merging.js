/* Fields that come and go with a choice: which of those on the page stand, which are put aside, and which of those put aside come back. Knows no page. */

/**
 * The fields of a place as they are wanted now, in that order. What was typed into a field is in the field, so one that is on the page stays, and one that was there before comes back unless it
 * now offers something else. `aside`: what was taken off before, by key; it is brought up to date.
 * @template Field
 * @param {{ key: string, field: Field }[]} there
 * @param {{ key: string, field: Field }[]} wanted
 * @param {Map<string, Field>} aside
 * @param {(field: Field) => string} offers
 * @returns {{ placed: Field[], gone: Field[] }}
 */
export function merged(there, wanted, aside, offers) {
  const keys = new Set(wanted.map(({ key }) => key));
  const standing = new Map(there.filter(({ key }) => keys.has(key)).map(({ key, field }) => [key, field]));
  const leaving = there.filter(({ key }) => !keys.has(key));
  const placed = wanted.map(({ key, field }) => standing.get(key) ?? back(aside.get(key), field, offers));
  keys.forEach((key) => aside.delete(key));
  leaving.forEach(({ key, field }) => aside.set(key, field));
  return { placed, gone: leaving.map(({ field }) => field) };
}

/**
 * @template Field
 * @param {Field | undefined} before
 * @param {Field} now
 * @param {(field: Field) => string} offers
 */
function back(before, now, offers) {
  return before !== undefined && offers(before) === offers(now) ? before : now;
}
