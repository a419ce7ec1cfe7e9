/* How a diagram is drawn: our colours, and letters as large as their language needs. */

export const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';

/**
 * The settings of a viewer or modeler. Sizes in pixels, of words inside a shape and outside of it.
 * @param {{ inside: number, external: number }} sizes
 */
export function look({ inside, external }) {
  return {
    bpmnRenderer: { defaultFillColor: "var(--diagram-fill)", defaultStrokeColor: "var(--diagram-stroke)", defaultLabelColor: "var(--diagram-label)" },
    textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: inside }, externalStyle: { fontFamily: FONT, fontSize: external } },
  };
}
