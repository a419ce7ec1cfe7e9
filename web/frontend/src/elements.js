/* Elements of the page by selector and kind. One that is there but is of another kind counts as not there. */

/**
 * @template {Element} Kind
 * @typedef {{ new (): Kind, prototype: Kind }} KindOf
 */

/**
 * The first such element.
 * @template {Element} Kind
 * @param {ParentNode} within
 * @param {string} selector
 * @param {KindOf<Kind>} kind
 * @returns {Kind | null}
 */
export function element(within, selector, kind) {
  const first = within.querySelector(selector);
  return first instanceof kind ? first : null;
}

/**
 * The first such element, where a script is of no use without it.
 * @template {Element} Kind
 * @param {ParentNode} within
 * @param {string} selector
 * @param {KindOf<Kind>} kind
 */
export function needed(within, selector, kind) {
  const first = element(within, selector, kind);
  if (!first) throw new Error(selector);
  return first;
}

/**
 * Every such element, in the order of the page.
 * @template {Element} Kind
 * @param {ParentNode} within
 * @param {string} selector
 * @param {KindOf<Kind>} kind
 */
export function elements(within, selector, kind) {
  return [...within.querySelectorAll(selector)].filter((/** @returns {each is Kind} */ (each) => each instanceof kind));
}

/**
 * The nearest such element around another, or that one itself.
 * @template {Element} Kind
 * @param {Element | null | undefined} inner
 * @param {string} selector
 * @param {KindOf<Kind>} kind
 */
export function around(inner, selector, kind) {
  const outer = inner?.closest(selector);
  return outer instanceof kind ? outer : null;
}

/**
 * The element that an event happened at; none for what happens to the page as a whole.
 * @param {Event} event
 */
export function at({ target }) {
  return target instanceof Element ? target : null;
}
