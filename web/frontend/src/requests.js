/* htmx as this desk uses it: no evaluated code, the CSRF header, rejected forms shown again, failures said aloud, progress after 300 ms. */
import htmx from "htmx.org";
import { element } from "./elements.js";
import { language } from "./language.js";

const PATIENCE = 300;
const FAILURES = {
  zh: { offline: "没有连上服务器，填写的内容还在，请稍后再试。", refused: "这次没有办成，填写的内容还在，请刷新后再试。", ended: "登录已结束，填写的内容还在。请在另一个窗口登录，再回到这里提交。", large: "填写的内容太长，暂时没有保存，离开本页会丢失。" },
  en: { offline: "The server could not be reached. What you typed is still here; please try again.", refused: "That did not work. What you typed is still here; please reload and try again.", ended: "You are logged out. What you typed is still here; log in in another window, come back and send it.", large: "What you typed is too long to be kept. It is still here, but would be lost with this page." },
};

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
});

const bar = document.createElement("div");
bar.className = "desk-progress";
bar.hidden = true;
let waiting = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function begin() {
  waiting += 1;
  if (waiting > 1) return;
  timer = setTimeout(() => (bar.hidden = false), PATIENCE);
}

function finish() {
  waiting = Math.max(0, waiting - 1);
  if (waiting) return;
  clearTimeout(timer);
  bar.hidden = true;
}

/** @param {keyof typeof FAILURES["zh"] | null} kind */
function say(kind) {
  const place = document.querySelector("[data-live]");
  if (!place) return;
  place.textContent = kind ? FAILURES[language()][kind] : "";
}

document.body.append(bar);
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = element(document, 'meta[name="csrf-token"]', HTMLMetaElement);
  if (token) detail.headers["X-CSRFToken"] = token.content;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status !== 422) return;
  detail.shouldSwap = true;
  detail.isError = false;
});
document.addEventListener("htmx:beforeRequest", () => say(null));
document.addEventListener("htmx:beforeSend", begin);
document.addEventListener("htmx:afterRequest", finish);
document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:timeout", () => say("offline"));
document.addEventListener("htmx:responseError", ({ detail }) => say(detail.xhr.status === 401 ? "ended" : "refused"));
document.addEventListener("desk:kept", ({ detail }) => {
  if (detail.status === 401) say("ended");
  if (detail.status === 413) say("large");
});

export { htmx };
