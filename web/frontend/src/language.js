/* The language of the page, which is one of the office's two. */

/** @import { Language } from "../types/page" */

/** @returns {Language} */
export function language() {
  return document.documentElement.lang.startsWith("zh") ? "zh" : "en";
}
