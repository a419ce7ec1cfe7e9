/* Room for translated labels: the drawing was measured for Chinese, so words are kept whole and labels above a shape grow upwards. */

const NEAR = 24;

/** How wide a label has to be so that no word breaks. font: the CSS font it is drawn in. */
export function widestWord(text, font) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return Math.ceil(Math.max(...text.split(/\s+/).map((word) => pen.measureText(word).width))) + 6;
}

/** Whether a label stands over what it names. */
export function isAbove(label, owner) {
  if (!owner.waypoints) return label.y + label.height / 2 < owner.y;
  const middle = label.x + label.width / 2;
  return owner.waypoints.some((point, index) => {
    const next = owner.waypoints[index + 1];
    if (!next || Math.abs(next.y - point.y) > 1) return false;
    const gap = point.y - (label.y + label.height);
    return gap > -NEAR / 2 && gap < NEAR && middle > Math.min(point.x, next.x) && middle < Math.max(point.x, next.x);
  });
}

function isRightOf(label, owner) {
  if (!owner.waypoints) return label.x >= owner.x + owner.width / 2;
  return owner.waypoints.some(({ x, y }, index) => {
    const next = owner.waypoints[index + 1];
    return next && Math.abs(next.x - x) < 1 && label.x >= x && label.x - x < NEAR && label.y < Math.max(y, next.y) && label.y + label.height > Math.min(y, next.y);
  });
}

/** Widen and lift the external labels of the elements in names. font: the CSS font they are drawn in. */
export function makeRoom(viewer, names, font) {
  const registry = viewer.get("elementRegistry");
  const graphics = viewer.get("graphicsFactory");
  for (const label of registry.filter((element) => element.labelTarget && names[element.labelTarget.id])) {
    const owner = label.labelTarget;
    const [above, right] = [isAbove(label, owner), isRightOf(label, owner)];
    const wider = Math.max(0, widestWord(names[owner.id], font) - label.width);
    label.width += wider;
    if (!right) label.x -= wider / 2;
    const drawn = registry.getGraphics(label);
    graphics.update("shape", label, drawn);
    const height = drawn.querySelector(".djs-visual text")?.getBBox().height ?? 0;
    if (!above || !height) continue;
    const bottom = owner.waypoints ? label.y + label.height : Math.min(label.y + label.height, owner.y - 2);
    label.y = Math.min(label.y, bottom - height);
    graphics.update("shape", label, drawn);
  }
}
