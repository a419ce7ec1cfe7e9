/* Fields that a form shows only sometimes, on a page of which only what the script asks for is there. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { provide } from "./page.js";

/** An element of the page: children, and what can be entered in it. */
class Piece {
  /** @type {Piece[]} */
  children = [];
  /** @type {Piece | null} */
  parentElement = null;
  /** @type {string[]} */
  events = [];

  /**
   * @param {Record<string, string>} dataset
   * @param {Piece[]} children
   */
  constructor(dataset = {}, children = []) {
    this.dataset = dataset;
    children.forEach((child) => this.insert(child, this.children.length));
  }

  /**
   * @param {Piece} piece
   * @param {number} place
   */
  insert(piece, place) {
    piece.remove();
    this.children.splice(place, 0, piece);
    piece.parentElement = this;
  }

  remove() {
    const siblings = this.parentElement?.children ?? [];
    if (siblings.includes(this)) siblings.splice(siblings.indexOf(this), 1);
    this.parentElement = null;
  }

  /** @param {Piece} piece */
  after(piece) {
    this.parentElement?.insert(piece, this.parentElement.children.indexOf(this) + 1);
  }

  /** @param {Piece} piece */
  prepend(piece) {
    this.insert(piece, 0);
  }

  /** @param {string} selector */
  querySelectorAll(selector) {
    return selector.startsWith(":scope") ? [...this.children] : this.children.filter((child) => child.matches(selector));
  }

  /** @param {string} _selector */
  matches(_selector) {
    return false;
  }

  /** @param {Event} event */
  dispatchEvent({ type }) {
    this.events.push(type);
  }

  /** @param {string} _selector */
  closest(_selector) {
    return this.parentElement;
  }
}

class Input extends Piece {
  checked = false;
  defaultChecked = false;

  /**
   * @param {string} type
   * @param {string} value
   */
  constructor(type, value) {
    super();
    Object.assign(this, { type, value, name: "answer" });
  }

  /** @override @param {string} selector */
  matches(selector) {
    return selector === "input" || selector.includes(`[type=${Reflect.get(this, "type")}]`);
  }
}

class Nothing {}

/** @type {Map<string, (event: object) => void>} */
const listeners = new Map();
const listen = (/** @type {string} */ name, /** @type {(event: object) => void} */ listener) => void listeners.set(name, listener);
/** @type {{ places: Piece[], events: string[], answer: Piece }} */
const page = { places: [], events: [], answer: new Piece() };
provide("Element", Piece);
provide("HTMLElement", Piece);
provide("HTMLInputElement", Input);
for (const name of ["HTMLOptionElement", "HTMLSelectElement", "HTMLTextAreaElement"]) provide(name, Nothing);
provide("document", { addEventListener: listen, querySelectorAll: () => page.places, dispatchEvent: (/** @type {Event} */ { type }) => page.events.push(type) });
provide("window", { addEventListener: listen });
provide("DOMParser", class { parseFromString = () => ({ body: page.answer }); });
await import("../src/conditions.js");

const field = (/** @type {string} */ key, type = "text", value = "") => new Piece({ field: key }, [new Input(type, value)]);
const keys = (/** @type {Piece} */ place) => place.children.map(({ dataset }) => dataset.field);

/**
 * @param {Piece} target
 * @param {Piece[]} fields
 * @param {number} status
 */
function answer(target, fields, status = 200) {
  page.answer = new Piece({}, fields);
  const detail = { target, shouldSwap: true, xhr: { status }, serverResponse: "" };
  listeners.get("htmx:beforeSwap")?.({ detail });
  return detail.shouldSwap;
}

beforeEach(() => Object.assign(page, { places: [], events: [] }));

test("a choice asks the server, and so does one that was made before the script had come", () => {
  const [box, untouched] = [new Input("radio", "yes"), new Piece({ conditional: "" }, [new Input("radio", "yes")])];
  const place = new Piece({ conditional: "" }, [box]);
  listeners.get("change")?.({ target: box });
  box.checked = true;
  page.places = [place, untouched];
  listeners.get("load")?.({});
  assert.deepEqual([place.events, untouched.events], [["desk:choice", "desk:choice"], []]);
});

test("fields that are there stay as they were typed, and new ones stand where they belong", () => {
  const [why, how] = [field("why"), field("how")];
  const place = new Piece({ conditional: "" }, [why, how]);
  assert.equal(answer(place, [field("who"), field("why"), field("where")]), false);
  assert.deepEqual([keys(place), place.children[1] === why, page.events], [["who", "why", "where"], true, ["desk:fields"]]);
  answer(place, [field("why"), field("how")]);
  assert.equal(place.children[1], how);
});

test("a field that comes back and offers other answers comes empty", () => {
  const before = field("how", "radio", "post");
  const place = new Piece({ conditional: "" }, [field("why"), before]);
  answer(place, [field("why")]);
  answer(place, [field("why"), field("how", "radio", "counter")]);
  assert.deepEqual([keys(place), place.children[1] === before], [["why", "how"], false]);
});

test("an answer that is none, or is for another place, changes nothing here", () => {
  const [place, elsewhere] = [new Piece({ conditional: "" }, [field("why")]), new Piece()];
  assert.deepEqual([answer(place, [], 500), answer(elsewhere, [])], [false, true]);
  assert.deepEqual([keys(place), page.events], [["why"], []]);
});
