/* Texts in the language of the page. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, test } from "node:test";
import { INPUTS, LAYOUT } from "../../src/editor/forms/schema.js";
import { TEXTS, clock, either, say } from "../../src/editor/messages.js";
import { language } from "../../src/language.js";
import { speak } from "../page.js";

beforeEach(() => speak("en"));

test("the page is Chinese or English, whichever way that is written", () => {
  const said = ["zh", "zh-CN", "zh-Hans", "en", "en-GB", ""].map((lang) => (speak(lang), language()));
  assert.deepEqual(said, ["zh", "zh", "zh", "en", "en", "en"]);
});

test("every text is there in both languages, with the same values in it", () => {
  const values = (/** @type {string | undefined} */ text = "") => [...new Set(text.match(/{\w+}/g) ?? [])].sort();
  const plain = Object.keys(TEXTS.en).filter((name) => !name.endsWith("_one"));
  assert.deepEqual(Object.keys(TEXTS.zh).filter((name) => !name.endsWith("_one")).sort(), plain.sort());
  assert.deepEqual(plain.filter((name) => `${values(TEXTS.zh[name])}` !== `${values(TEXTS.en[name])}`), []);
});

/** @param {string} folder @returns {string[]} */
function scripts(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js")).map((file) => readFileSync(join(folder, file), "utf8"));
}

const CHINESE = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/;

test("what the editors say is there by its name", () => {
  const asked = scripts(fileURLToPath(new URL("../../src/editor", import.meta.url))).flatMap((text) => [...text.matchAll(/\bsay\("(\w+)"/g)].map(([, name = ""]) => name));
  assert.ok(asked.length > 150);
  assert.deepEqual([...new Set(asked)].filter((name) => !(name in TEXTS.en) || !(name in TEXTS.zh)), []);
  const composed = [...INPUTS, ...LAYOUT].map((type) => `field_${type}`);
  assert.deepEqual(composed.filter((name) => !(name in TEXTS.en)), []);
});

test("no text is in the other language", () => {
  const example = /FEEL|如/;
  assert.deepEqual(Object.entries(TEXTS.en).filter(([, text]) => CHINESE.test(text)), []);
  assert.deepEqual(Object.entries(TEXTS.zh).filter(([, text]) => !CHINESE.test(text)), []);
  const words = (/** @type {string} */ text) => /[A-Za-z][a-z]{3,}/.test(text.replace(/{\w+}/g, "")) && !example.test(text);
  assert.deepEqual(Object.entries(TEXTS.zh).filter(([, text]) => words(text)), []);
});

test("one is said as one", () => {
  const [one, two] = [say("problem_count", { n: 1 }), say("problem_count", { n: 2 })];
  assert.notEqual(one.replace("1", ""), two.replace("2", ""));
});

test("a value that is missing stays visible as its name, one that looks like a pattern is left alone", () => {
  assert.match(say("saved", {}), /{time}/);
  assert.ok(say("saved", { time: "$& {time}" }).includes("$& {time}"));
});

test("English where there is some, else Chinese", () => {
  assert.deepEqual([either("询问", "Ask"), either("询问", ""), either(undefined, "")], ["Ask", "询问", ""]);
  speak("zh-CN");
  assert.equal(either("询问", "Ask"), "询问");
});

test("a time of another day has its date, in Shanghai's day", () => {
  assert.equal(clock("2020-11-22T16:32:00Z"), "11-23 00:32");
});
