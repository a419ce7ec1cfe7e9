/* Where a badge stands so that it covers nothing of the element it belongs to. diagram.css moves it the way that data-side says. */

/** @import { Drawn, Point, Rect } from "../types/drawing" */

/**
 * On top of a shape, left or right of an event that sits on a border, at the middle of a flow's longest line. Returns a position for an overlay, and side.
 * @param {Rect & Pick<Drawn, "waypoints"> & { host?: Rect }} element
 * @returns {{ left: number, top: number, side: string }}
 */
export function beside({ waypoints, host, x, y, width, height }) {
  if (waypoints) return besideFlow(waypoints);
  if (!host) return { left: 0, top: 0, side: "above" };
  const below = y + height / 2 >= host.y + host.height / 2;
  const left = x + width / 2 < host.x + host.width - 1;
  return { left: left ? 0 : width, top: height / 2, side: `${below ? "below" : "above"}-${left ? "left" : "right"}` };
}

/**
 * The lines of a flow, from one bend to the next.
 * @param {Point[]} waypoints
 */
export function linesOf(waypoints) {
  return waypoints.flatMap((from, index) => waypoints.slice(index + 1, index + 2).map((to) => ({ from, to })));
}

/** @param {{ from: Point, to: Point }} line */
function long({ from, to }) {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

/** @param {Point[]} waypoints */
function besideFlow(waypoints) {
  const { from, to } = linesOf(waypoints).reduce((longest, line) => (long(line) > long(longest) ? line : longest));
  const left = (from.x + to.x) / 2 - Math.min(...waypoints.map(({ x }) => x));
  const top = (from.y + to.y) / 2 - Math.min(...waypoints.map(({ y }) => y));
  return { left, top, side: Math.abs(to.x - from.x) < Math.abs(to.y - from.y) ? "right" : "above" };
}
