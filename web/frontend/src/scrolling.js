// What scrolls by itself can be reached by keyboard, and only while there is something to scroll; a table that hides columns says so.
import { elements } from "./elements.js";
import { language } from "./language.js";

const MORE = {
  zh: { more: "右边还有几栏，请左右滚动查看" },
  en: { more: "More columns to the right: scroll sideways" },
};

/** @param {Element} box */
const hint = (box) => {
  if (!box.matches(".desk-scroll")) return;
  const hides = box.scrollWidth > box.clientWidth;
  const shown = box.nextElementSibling?.matches(".desk-more-columns") ? box.nextElementSibling : null;
  if (!hides) shown?.remove();
  else if (!shown) {
    const line = Object.assign(document.createElement("p"), { className: "desk-hint desk-more-columns" });
    line.textContent = `${MORE[language()].more} →`;
    box.after(line);
  }
};

/** @param {Element} box */
const reach = (box) => {
  hint(box);
  if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.setAttribute("tabindex", "0");
  else box.removeAttribute("tabindex");
};

const sizes = new ResizeObserver((seen) => seen.forEach((one) => reach(one.target)));

/** @param {ParentNode} root */
const watch = (root) => elements(root, ".desk-scroll, .desk-panel:has(> table), .desk-main pre, .desk-task-evidence", HTMLElement).forEach((box) => sizes.observe(box));

watch(document);
document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
