/* Playing the events of a replay. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Player } from "../../src/replay/player.js";

const PACE = 1_100;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

/** @param {string[]} parts other parts of the case that there are */
function player(...parts) {
  /** @type {(string | number | boolean)[]} */
  const told = [];
  const made = new Player(3, (place) => told.push(place), (playing) => told.push(playing), (where, playing) => {
    if (parts.includes(where) && playing !== undefined) told.push(`${where}${playing ? " playing" : ""}`);
    return parts.includes(where);
  });
  return { made, told };
}

test("it goes on by itself until the last event and stops there", () => {
  const { made, told } = player();
  made.stand(0);
  made.go("play");
  for (const pace of [PACE, PACE]) mock.timers.tick(pace);
  assert.deepEqual(told, [0, true, 1, 2, false]);
});

test("played again from the end it begins anew", () => {
  const { made, told } = player();
  made.stand(2);
  made.go("play");
  assert.deepEqual(told, [2, 0, true]);
});

test("the key that plays also pauses, and nothing moves after it", () => {
  const { made, told } = player();
  made.go("play");
  made.go("play");
  mock.timers.tick(10 * PACE);
  assert.deepEqual(told, [true, false]);
});

test("twice the speed is half the wait", () => {
  const { made, told } = player();
  made.speed = 2;
  made.go("play");
  mock.timers.tick(PACE / 2);
  assert.deepEqual(told, [true, 1]);
});

test("at either end of a part it stays, or goes to the part beside it", () => {
  const alone = player();
  alone.made.stand(2);
  alone.made.go("on");
  assert.deepEqual(alone.told, [2, false, 2]);
  const between = player("earlier", "later");
  between.made.stand(0);
  between.made.go("back");
  between.made.stand(2);
  between.made.go("on");
  assert.deepEqual(between.told, [0, false, "earlier", 2, false, "later"]);
});

test("within a part it goes from event to event, whatever lies beside it", () => {
  const { made, told } = player("earlier", "later");
  made.stand(1);
  made.go("back");
  made.go("on");
  assert.deepEqual(told, [1, false, 0, false, 1]);
});

test("playing goes on into the next part", () => {
  const { made, told } = player("later");
  made.stand(1);
  made.go("play");
  for (const pace of [PACE, PACE]) mock.timers.tick(pace);
  assert.deepEqual(told, [1, true, 2, "later playing"]);
});
