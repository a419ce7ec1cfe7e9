/* Replay: the page's list of events as a picture that can be played. The list is the only source; the picture holds nothing of its own. */
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "../diagram.css";
import "./replay.css";
import { around, at, elements, needed } from "../elements.js";
import { marking } from "./events.js";
import { Player } from "./player.js";
import { Stages } from "./stages.js";
import { Scale } from "./scale.js";

/** @import { Event as Happened } from "./events.js" */
/** @import { Command, Part } from "./player.js" */

/** @type {Record<string, Command>} */
const KEYS = { ArrowLeft: "back", ArrowRight: "on", Home: "first", End: "last", " ": "play" };

/**
 * @param {HTMLElement} item
 * @returns {Happened}
 */
function read(item) {
  const { moment = "", scope = "", element = "", kind = "", position, moves = "[]" } = item.dataset;
  return { item, moment, scope, element, kind, position: Number(position), moves: JSON.parse(moves) };
}

/**
 * @param {HTMLElement} root
 * @param {Happened[]} events
 * @param {Stages} stages
 * @param {Scale} scale
 */
function show(root, events, stages, scale) {
  const panel = needed(root, "[data-panel]", HTMLElement);
  const link = needed(root, "[data-link]", HTMLAnchorElement);
  return (/** @type {number} */ place) => {
    const event = events[place];
    if (!event) return;
    scale.stand(place);
    stages.show(event, marking(events, place));
    panel.replaceChildren(...[...event.item.children].map((child) => child.cloneNode(true)));
    events.forEach(({ item }, number) => item.classList.toggle("is-current", number === place));
    link.href = `?at=${event.moment}`;
    history.replaceState(null, "", link.href);
  };
}

/**
 * @param {string | undefined} go
 * @returns {go is Command}
 */
function isCommand(go) {
  return Object.values(KEYS).some((command) => command === go);
}

/**
 * @param {HTMLElement} root
 * @param {Player} player
 * @param {Stages} stages
 */
function listen(root, player, stages) {
  const follow = needed(root, "[data-follow]", HTMLInputElement);
  const speed = needed(root, "[data-speed]", HTMLSelectElement);
  follow.addEventListener("change", () => stages.follow(follow.checked));
  root.addEventListener("click", (event) => {
    const go = around(at(event), "[data-go]", HTMLElement)?.dataset.go;
    if (isCommand(go)) player.go(go);
  });
  speed.addEventListener("change", () => (player.speed = Number(speed.value)));
  document.addEventListener("keydown", (event) => {
    const command = KEYS[event.key];
    const target = at(event);
    const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
    if (!command || busy || target?.closest("select, textarea, .desk-diagram, input:not([type=range], [type=checkbox])")) return;
    if (event.key === " " && target?.closest("button, a, summary, [type=checkbox]")) return;
    event.preventDefault();
    player.go(command);
  });
}

/**
 * Another part of a long case is another page; without a third argument it is only asked whether there is one.
 * @param {HTMLElement} root
 * @param {Part} where
 * @param {boolean} [playing]
 */
function leave(root, where, playing) {
  const place = root.dataset[where];
  if (place && playing !== undefined) location.assign(playing ? `${place}&play=1` : place);
  return Boolean(place);
}

/** @param {HTMLElement} root */
function start(root) {
  const events = elements(document, "[data-event]", HTMLElement).map(read);
  root.hidden = false;
  const stages = new Stages(root);
  const scale = new Scale(root, events, (place) => player.stand(place));
  /** @type {Player} */
  const player = new Player(events.length, show(root, events, stages, scale), (playing) => {
    needed(root, "[data-go=play]", HTMLElement).textContent = (playing ? root.dataset.pause : root.dataset.play) ?? "";
  }, (where, playing) => leave(root, where, playing));
  listen(root, player, stages);
  needed(document, "[data-events]", HTMLElement).addEventListener("click", (event) => {
    const item = at(event)?.closest("a")?.closest("[data-event]");
    if (!item) return;
    event.preventDefault();
    player.stand(events.findIndex((one) => one.item === item));
    root.scrollIntoView({ block: "start" });
  });
  const plays = new URLSearchParams(location.search).has("play");
  player.stand(Number(root.dataset.start));
  if (plays) player.play();
}

elements(document, "[data-replay]", HTMLElement).forEach(start);
