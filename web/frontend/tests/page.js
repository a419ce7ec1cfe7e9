/* What the scripts ask of a browser, for tests without one: the language of the page, storage, and a server that answers as it is told. */

/**
 * @param {string} name
 * @param {unknown} value
 */
export function provide(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** @param {string} lang */
export function speak(lang) {
  provide("document", { documentElement: { lang }, querySelector: () => null });
}

/** A storage that refuses to keep more than `room` letters in one entry. */
export class Storage {
  room = Infinity;

  /** @param {string} name */
  getItem(name) {
    return name in this ? String(Reflect.get(this, name)) : null;
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  setItem(name, text) {
    if (text.length > this.room) throw new Error("QuotaExceededError");
    Reflect.set(this, name, text);
  }

  /** @param {string} name */
  removeItem(name) {
    Reflect.deleteProperty(this, name);
  }
}

/** An empty storage in the place of the browser's. */
export function store() {
  const storage = new Storage();
  Object.defineProperty(storage, "room", { enumerable: false });
  provide("localStorage", storage);
  return storage;
}

/**
 * What is asked of the server; answer says what comes back.
 * @typedef {{ method: string, address: string, content: Record<string, unknown> }} Asked
 */

/**
 * A server; it keeps what it was asked.
 * @param {(asked: Asked) => { status?: number, body: object } | null} answer null when the server cannot be reached
 */
export function serve(answer) {
  /** @type {Asked[]} */
  const asked = [];
  provide("Element", class {});
  provide("HTMLMetaElement", class {});
  provide("fetch", async (/** @type {string} */ address, /** @type {{ method: string, body?: string }} */ { method, body }) => {
    const question = { method, address, content: JSON.parse(body ?? "{}") };
    asked.push(question);
    const given = answer(question);
    if (!given) throw new TypeError("offline");
    return new Response(JSON.stringify(given.body), { status: given.status ?? 200, headers: { "Content-Type": "application/json" } });
  });
  return asked;
}
