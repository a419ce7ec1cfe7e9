/* Which cell of a decision table is meant by the number of a rule and the heading of a column, as the checks name them. No page here. */

/** @import { CellPlace } from "../../../types/draft" */
/** @import { Column, Decision } from "../../../types/tables" */

/**
 * What a column is called where a problem is told.
 * @param {Column} column
 */
export function headingOf({ label, name, inputExpression }) {
  return label || name || inputExpression?.text || "";
}

/**
 * The id of the cell; of the first of its rule, or of the head of its column, where only one of the two is named; "" where there is none.
 * @param {Decision | undefined} decision
 * @param {CellPlace} place
 */
export function cellOf(decision, { row, heading }) {
  const { input = [], output = [], rule = [] } = decision?.decisionLogic ?? {};
  const columns = [...input, ...output];
  const called = columns.findIndex((column) => headingOf(column) === heading);
  const at = called < 0 ? Number(heading) - 1 : called; // a column without a heading is called by its number
  const { inputEntry = [], outputEntry = [] } = rule[(row ?? 0) - 1] ?? {};
  const cell = row ? [...inputEntry, ...outputEntry][at > 0 ? at : 0] : columns[at];
  return cell?.id ?? "";
}
