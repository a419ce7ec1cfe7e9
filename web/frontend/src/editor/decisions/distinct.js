/* Ids of a decision file told apart before it is read: of two rules or cells of one id dmn-js reads only the first, and the next save would leave the other out. */

const NAMED_FROM_OUTSIDE = new Set(["definitions", "decision", "inputData", "businessKnowledgeModel", "knowledgeSource", "decisionService", "itemDefinition"]);

/**
 * The text with a new id for whatever has that of another; the very text when nothing has, or when it is no XML.
 * @param {string} text
 */
export function distinct(text) {
  const file = new DOMParser().parseFromString(text, "application/xml");
  if (file.querySelector("parsererror")) return text;
  /** @type {Set<string>} */
  const taken = new Set();
  const again = [...file.querySelectorAll("[id]")].filter(({ id }) => taken.has(id) || !taken.add(id));
  const movable = again.filter(({ localName }) => !NAMED_FROM_OUTSIDE.has(localName));
  movable.forEach((element) => element.setAttribute("id", free(taken, element.id)));
  return movable.length ? new XMLSerializer().serializeToString(file) : text;
}

/**
 * @param {Set<string>} taken
 * @param {string} id
 */
function free(taken, id) {
  let number = 2;
  while (taken.has(`${id}_${number}`)) number += 1;
  taken.add(`${id}_${number}`);
  return `${id}_${number}`;
}
