// What scrolls by itself can be reached by keyboard, and only while there is something to scroll.
const reach = (box) => {
  if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};

const sizes = new ResizeObserver((seen) => seen.forEach((one) => reach(one.target)));
const watch = (root) => root.querySelectorAll(".desk-scroll, .desk-panel:has(> table), .desk-main pre, .desk-task-evidence").forEach((box) => sizes.observe(box));

watch(document);
document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
