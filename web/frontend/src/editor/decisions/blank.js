/* A decision table to begin with: one input, one output, one rule that always holds. */

/** @param {string} id of letters, digits and underscores */
export function blank(id) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="definitions_${id}" name="${id}" namespace="urn:reception-desk:decisions">
  <decision id="${id}" name="${id}">
    <decisionTable id="${id}_table" hitPolicy="FIRST">
      <input id="${id}_input"><inputExpression id="${id}_input_expression" typeRef="string"><text></text></inputExpression></input>
      <output id="${id}_output" name="result" typeRef="string" />
      <rule id="${id}_rule"><inputEntry id="${id}_rule_in"><text>-</text></inputEntry><outputEntry id="${id}_rule_out"><text>""</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
`;
}
