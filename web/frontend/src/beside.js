/* Where a badge stands so that it covers nothing of the element it belongs to. diagram.css moves it the way that data-side says. */

/** On top of a shape, left or right of an event that sits on a border, at the middle of a flow's longest line. Returns a position for an overlay, and side. */
export function beside({ waypoints, host, x, y, width, height }) {
  if (waypoints) return besideFlow(waypoints);
  if (!host) return { left: 0, top: 0, side: "above" };
  const below = y + height / 2 >= host.y + host.height / 2;
  const left = x + width / 2 < host.x + host.width - 1;
  return { left: left ? 0 : width, top: height / 2, side: `${below ? "below" : "above"}-${left ? "left" : "right"}` };
}

function besideFlow(waypoints) {
  const lines = waypoints.slice(1).map((to, index) => ({ from: waypoints[index], to, long: Math.hypot(to.x - waypoints[index].x, to.y - waypoints[index].y) }));
  const { from, to } = lines.reduce((longest, one) => (one.long > longest.long ? one : longest));
  const left = (from.x + to.x) / 2 - Math.min(...waypoints.map(({ x }) => x));
  const top = (from.y + to.y) / 2 - Math.min(...waypoints.map(({ y }) => y));
  return { left, top, side: Math.abs(to.x - from.x) < Math.abs(to.y - from.y) ? "right" : "above" };
}
