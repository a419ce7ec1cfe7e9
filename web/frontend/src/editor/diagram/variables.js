/* Which variables are known at an element, asked of the server and kept until the draft is saved again. */
import { ask } from "../requests.js";

/** @import { Variable } from "../../../types/draft" */
/** @import { Draft } from "../draft.js" */

export class Variables {
  /** @type {Map<string, Promise<Variable[]>>} */
  known = new Map();

  /**
   * @param {string} address
   * @param {string} file
   * @param {Draft} draft
   */
  constructor(address, file, draft) {
    this.address = address;
    this.file = file;
    draft.addEventListener("state", () => draft.state === "saved" && this.known.clear());
  }

  /**
   * None when the server does not know the element yet.
   * @param {string} element
   */
  at(element) {
    const known = this.known.get(element) ?? this.fetched(element);
    this.known.set(element, known);
    return known;
  }

  /**
   * @param {string} element
   * @returns {Promise<Variable[]>}
   */
  async fetched(element) {
    const query = new URLSearchParams({ file: this.file, element });
    try {
      return (await ask("GET", `${this.address}?${query}`)).variables;
    } catch {
      return [];
    }
  }
}
