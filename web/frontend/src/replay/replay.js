/* Replay: the page's list of events as a picture that can be played. The list is the only source; the picture holds nothing of its own. */
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "../diagram.css";
import "./replay.css";
import { Player } from "./player.js";
import { Stages } from "./stages.js";
import { Scale } from "./scale.js";

const KEYS = { ArrowLeft: "back", ArrowRight: "on", Home: "first", End: "last", " ": "play" };

function read(item) {
  const { moment, scope, element, kind, position, moves } = item.dataset;
  return { item, moment, scope, element, kind, position: Number(position), moves: JSON.parse(moves) };
}

/** What each event did, added up to and with the one at `place`: {scope: {active, done, flows}}. */
function marking(events, place) {
  const found = {};
  for (const { moves } of events.slice(0, place + 1)) {
    for (const [kind, scope, name, change] of moves) {
      const counts = ((found[scope] ??= { active: {}, done: {}, flows: {} })[kind] ??= {});
      counts[name] = (counts[name] ?? 0) + change;
      if (counts[name] <= 0) delete counts[name];
    }
  }
  return found;
}

function show(root, events, stages, scale) {
  const panel = root.querySelector("[data-panel]");
  const link = root.querySelector("[data-link]");
  return (place) => {
    const event = events[place];
    scale.stand(place);
    stages.show(event, marking(events, place));
    panel.replaceChildren(...[...event.item.children].map((child) => child.cloneNode(true)));
    events.forEach(({ item }, number) => item.classList.toggle("is-current", number === place));
    link.href = `?at=${event.moment}`;
    history.replaceState(null, "", link.href);
  };
}

function listen(root, player, stages) {
  root.querySelector("[data-follow]").addEventListener("change", ({ target }) => stages.follow(target.checked));
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-go]");
    if (button) player.go(button.dataset.go);
  });
  root.querySelector("[data-speed]").addEventListener("change", ({ target }) => (player.speed = Number(target.value)));
  document.addEventListener("keydown", (event) => {
    const command = KEYS[event.key];
    const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
    if (!command || busy || event.target.closest("select, textarea, .desk-diagram, input:not([type=range], [type=checkbox])")) return;
    if (event.key === " " && event.target.closest("button, a, summary, [type=checkbox]")) return;
    event.preventDefault();
    player.go(command);
  });
}

/** Another part of a long case is another page; without a third argument it is only asked whether there is one. */
function leave(root, where, playing) {
  const place = root.dataset[where];
  if (place && playing !== undefined) location.assign(playing ? `${place}&play=1` : place);
  return Boolean(place);
}

function start(root) {
  const events = [...document.querySelectorAll("[data-event]")].map(read);
  root.hidden = false;
  const stages = new Stages(root);
  const scale = new Scale(root, events, (place) => player.stand(place));
  const player = new Player(events.length, show(root, events, stages, scale), (playing) => {
    root.querySelector("[data-go=play]").textContent = playing ? root.dataset.pause : root.dataset.play;
  }, (where, playing) => leave(root, where, playing));
  listen(root, player, stages);
  document.querySelector("[data-events]").addEventListener("click", (event) => {
    const item = event.target.closest("a") && event.target.closest("[data-event]");
    if (!item) return;
    event.preventDefault();
    player.stand(events.findIndex((one) => one.item === item));
    root.scrollIntoView({ block: "start" });
  });
  const plays = new URLSearchParams(location.search).has("play");
  player.stand(Number(root.dataset.start));
  if (plays) player.play();
}

document.querySelectorAll("[data-replay]").forEach(start);
