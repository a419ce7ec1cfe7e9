/* Where a diagram is zoomed about: never an empty middle. */

/** @import { Canvas, Drawn, Point, Rect, Registry } from "../types/drawing" */

const AROUND = new Set(["bpmn:Participant", "bpmn:Lane", "bpmn:Process", "bpmn:Collaboration"]);

/**
 * The point of the screen that stays where it is: of the element that is chosen and in view, else of the one nearest to the middle. "auto" where nothing is drawn.
 * @param {Pick<Canvas, "viewbox">} canvas
 * @param {Pick<Registry, "filter">} elementRegistry
 * @param {Drawn[]} chosen
 * @returns {Point | "auto"}
 */
export function still(canvas, elementRegistry, chosen = []) {
  const view = canvas.viewbox();
  const middle = { x: view.x + view.width / 2, y: view.y + view.height / 2 };
  const shapes = elementRegistry.filter(({ waypoints, width, type, businessObject }) => !waypoints && width && type !== "label" && businessObject && !AROUND.has(businessObject.$type));
  const own = chosen.filter((one) => shapes.includes(one) && within(centre(one), view));
  const near = (own.length ? own : shapes).map(centre).sort((a, b) => far(a, middle) - far(b, middle))[0];
  return near ? { x: (near.x - view.x) * view.scale, y: (near.y - view.y) * view.scale } : "auto";
}

/** @param {Rect} place */
function centre({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}

/**
 * @param {Point} point
 * @param {Rect} view
 */
function within({ x, y }, view) {
  return x >= view.x && y >= view.y && x <= view.x + view.width && y <= view.y + view.height;
}

/**
 * @param {Point} a
 * @param {Point} b
 */
function far(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
