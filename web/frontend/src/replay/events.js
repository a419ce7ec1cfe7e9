/* The events of a replay: what each did, what stands after it, and which is nearest to a place on the time scale. Knows no page. */

/** @import { Marking } from "../../types/page" */

/**
 * A change of how often something stands, is done or was passed.
 * @typedef {[kind: "active" | "done" | "flows", scope: string, name: string, change: number]} Move
 */

/**
 * An event as the page lists it. position: its place on the time scale; scope: the process it happened in.
 * @typedef {{ item: HTMLElement, moment: string, scope: string, element: string, kind: string, position: number, moves: Move[] }} Event
 */

/**
 * What each event did, added up to and with the one at `place`, by scope.
 * @param {Pick<Event, "moves">[]} events
 * @param {number} place
 */
export function marking(events, place) {
  /** @type {Record<string, Required<Marking>>} */
  const standing = {};
  for (const { moves } of events.slice(0, place + 1)) {
    for (const [kind, scope, name, change] of moves) {
      const counts = (standing[scope] ??= { active: {}, done: {}, flows: {} })[kind];
      counts[name] = (counts[name] ?? 0) + change;
      if (counts[name] <= 0) delete counts[name];
    }
  }
  return standing;
}

/**
 * The place of the event that is nearest; of two at one distance the earlier.
 * @param {Pick<Event, "position">[]} events
 * @param {number} value
 */
export function nearest(events, value) {
  const distances = events.map(({ position }) => Math.abs(position - value));
  return distances.indexOf(Math.min(...distances));
}
