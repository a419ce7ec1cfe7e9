/* Room for translated labels: the drawing was measured for Chinese, so words are kept whole and labels above a shape grow upwards. */
import { element } from "./elements.js";

/** @import { Drawn, Rect, Services } from "../types/drawing" */

/**
 * What a label belongs to.
 * @typedef {Rect & Pick<Drawn, "waypoints">} Owner
 */

const NEAR = 24;

/**
 * How wide a label has to be so that no word breaks. font: the CSS font it is drawn in.
 * @param {string} text
 * @param {string} font
 */
export function widestWord(text, font) {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return 0;
  pen.font = font;
  return Math.ceil(Math.max(...text.split(/\s+/).map((word) => pen.measureText(word).width))) + 6;
}

/**
 * Whether a label stands over what it names.
 * @param {Rect} label
 * @param {Owner} owner
 */
export function isAbove(label, owner) {
  if (!owner.waypoints) return label.y + label.height / 2 < owner.y;
  const middle = label.x + label.width / 2;
  return owner.waypoints.some((point, index, points) => {
    const next = points[index + 1];
    if (!next || Math.abs(next.y - point.y) > 1) return false;
    const gap = point.y - (label.y + label.height);
    return gap > -NEAR / 2 && gap < NEAR && middle > Math.min(point.x, next.x) && middle < Math.max(point.x, next.x);
  });
}

/**
 * @param {Rect} label
 * @param {Owner} owner
 */
function isRightOf(label, owner) {
  if (!owner.waypoints) return label.x >= owner.x + owner.width / 2;
  return owner.waypoints.some(({ x, y }, index, points) => {
    const next = points[index + 1];
    return next && Math.abs(next.x - x) < 1 && label.x >= x && label.x - x < NEAR && label.y < Math.max(y, next.y) && label.y + label.height > Math.min(y, next.y);
  });
}

/**
 * The place a label was given in the diagram: reading it in stretches the height to the lines of the translation.
 * @param {Drawn} label
 */
function placeOf(label) {
  const { x, y, width, height } = label.di?.label?.bounds ?? label;
  return { x, y, width, height };
}

/**
 * Widen and lift the external labels of the elements in names. font: the CSS font they are drawn in.
 * @param {{ get<Name extends keyof Services>(name: Name): Services[Name] }} viewer
 * @param {Record<string, string>} names
 * @param {string} font
 */
export function makeRoom(viewer, names, font) {
  const registry = viewer.get("elementRegistry");
  const graphics = viewer.get("graphicsFactory");
  for (const label of registry.filter(({ labelTarget }) => labelTarget && names[labelTarget.id])) {
    const owner = label.labelTarget ?? label;
    const place = placeOf(label);
    const [above, right] = [isAbove(place, owner), isRightOf(place, owner)];
    const wider = Math.max(0, widestWord(names[owner.id] ?? "", font) - label.width);
    label.width += wider;
    if (!right) label.x -= wider / 2;
    const drawn = registry.getGraphics(label);
    graphics.update("shape", label, drawn);
    const height = element(drawn, ".djs-visual text", SVGGraphicsElement)?.getBBox().height ?? 0;
    if (!above || !height) continue;
    const bottom = owner.waypoints ? place.y + place.height : Math.min(place.y + place.height, owner.y - 2);
    label.y = Math.min(place.y, bottom - height);
    graphics.update("shape", label, drawn);
  }
}
