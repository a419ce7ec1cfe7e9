/* The extension elements of our diagrams, as moddle reads and writes them. engine/diagrams/diagram.py reads the same. */

/** @param {string} name */
const attribute = (name) => ({ name, isAttr: true, type: "String" });
/** @param {string} name */
const body = (name) => ({ name, superClass: ["Element"], properties: [{ name: "value", isBody: true, type: "String" }] });

export const SPIFF = {
  name: "SpiffWorkflow",
  uri: "http://spiffworkflow.org/bpmn/schema/1.0/core",
  prefix: "spiffworkflow",
  xml: { tagAlias: "lowerCase" },
  associations: [],
  types: [
    { name: "Properties", superClass: ["Element"], properties: [{ name: "properties", type: "Property", isMany: true }] },
    { name: "Property", superClass: ["Element"], properties: [attribute("name"), attribute("value")] },
    {
      name: "ServiceTaskOperator",
      superClass: ["Element"],
      properties: [attribute("id"), attribute("resultVariable"), { name: "parameterList", type: "Parameters" }],
    },
    { name: "Parameters", superClass: ["Element"], properties: [{ name: "parameters", type: "Parameter", isMany: true }] },
    { name: "Parameter", superClass: ["Element"], properties: [attribute("id"), attribute("type"), attribute("value")] },
    body("CalledDecisionId"),
  ],
};
