/* dmn-js with its decision table only: our decisions are tables, one in each file. */
import EditingManager from "dmn-js-shared/lib/base/EditingManager";
import { is } from "dmn-js-shared/lib/util/ModelUtil";
import DecisionTableEditor from "dmn-js-decision-table/lib/Editor";

/** @import { ViewProvider } from "../../../types/tables" */

export class Tables extends EditingManager {
  /**
   * @override
   * @returns {ViewProvider[]}
   */
  _getViewProviders() {
    return [{ id: "decisionTable", constructor: DecisionTableEditor, opens: (element) => is(element, "dmn:Decision") && is(element.decisionLogic, "dmn:DecisionTable") }];
  }
}
