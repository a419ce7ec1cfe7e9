/* Which variables are known at an element, asked of the server and kept until the draft is saved again. */
import { ask } from "../requests.js";

export class Variables {
  constructor(address, file, draft) {
    Object.assign(this, { address, file, known: new Map() });
    draft.addEventListener("state", () => draft.state === "saved" && this.known.clear());
  }

  /** [{name, from, type, unit}]; nothing when the server does not know the element yet. */
  at(element) {
    if (!this.known.has(element)) this.known.set(element, this.fetched(element));
    return this.known.get(element);
  }

  async fetched(element) {
    const query = new URLSearchParams({ file: this.file, element });
    try {
      return (await ask("GET", `${this.address}?${query}`)).variables;
    } catch {
      return [];
    }
  }
}
