/* Limits and timers in FEEL, in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords } from "../src/badges.js";

/** @type {[feel: string, zh: string, en: string][]} */
const WORDS = [
  ['accepted_at + duration("P3D")', "受理后 3 天", "3 d from start"],
  ['task_created + duration("PT1H30M")', "1 小时 30 分钟", "1 h 30 min"],
  ['duration("P1DT2H")', "1 天 2 小时", "1 d 2 h"],
  ['office_hours(now, duration("PT4H"))', "办公 4 小时", "4 h office"],
  ["same_day(accepted_at)", "当日", "same day"],
  ['next_weekday(now(), "Thursday")', "周四前", "by Thu"],
  ['next_weekday(now(), "Friday") - duration("P1D")', "周五前 1 天", "1 d before Fri"],
  ["day_of_month(now(), 25)", "当月 25 日前", "by day 25"],
  ["next_month(now(), 5)", "下月 5 日", "day 5, next month"],
  ["working_days(accepted_at, 1)", "1 个工作日", "1 working day"],
  ["working_days(accepted_at, 5)", "5 个工作日", "5 working days"],
  ["first_working_day(now())", "首个工作日", "1st working day"],
];

test("every form of a limit that diagrams use has its words in both languages", () => {
  assert.deepEqual(WORDS.map(([feel]) => [feel, inWords(feel, "zh"), inWords(feel, "en")]), WORDS);
});

test("what is worked out otherwise says so, and never reads as another limit", () => {
  const others = ["if urgent then 1 else 2", 'accepted_at + duration("P3D") + x', "", "same_day(a) or same_day(b)"];
  assert.deepEqual(others.map((feel) => inWords(feel, "en")), Array(4).fill("worked out"));
});

test("a length that is none is shown as it is written", () => {
  assert.equal(inWords('duration("P2W")', "en"), "P2W");
});
