/* The English names of a process, as lines of a file that people also write. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { english, namesOf, textsOf, withEnglish, withTexts } from "../../src/editor/diagram/catalogue.js";

const FILE = `# names
"": "Fees"
ask: "Ask for the slip"
'two': 'It''s two'
documentation:
  ask: "Look at the date"
subject:
  ask: "Your refund"
`;

test("a text is found under its id and its section, and under no other", () => {
  assert.deepEqual([english(FILE, ""), english(FILE, "two"), english(FILE, "ask", "documentation"), english(FILE, "gone"), english(null, "ask")], ["Fees", "It's two", "Look at the date", "", ""]);
  assert.deepEqual([...namesOf(FILE)], [["", "Fees"], ["ask", "Ask for the slip"], ["two", "It's two"]]);
});

test("only the line that is changed is written anew", () => {
  assert.equal(withEnglish(FILE, "ask", "Ask"), FILE.replace("Ask for the slip", "Ask"));
  assert.equal(withEnglish(FILE, "ask", "Date!", "documentation"), FILE.replace("Look at the date", "Date!"));
});

test("a new name stands before the sections, a new text in its own", () => {
  assert.match(withEnglish(FILE, "pay", "Pay"), /It''s two'\npay: "Pay"\ndocumentation:/);
  assert.match(withEnglish(FILE, "pay", "Look", "documentation"), / {2}ask: "Look at the date"\n {2}pay: "Look"\nsubject:/);
  assert.equal(withEnglish("", "pay", "To pay", "subject"), 'subject:\n  pay: "To pay"\n');
});

test("an empty text takes its line out, and one that was not there changes nothing", () => {
  assert.equal(english(withEnglish(FILE, "ask", ""), "ask"), "");
  assert.equal(withEnglish(FILE, "gone", ""), FILE);
});

test("quotes, colons and line breaks come back as they were typed", () => {
  const text = 'He said: "no"\nand went # away';
  assert.equal(english(withEnglish(FILE, "ask", text), "ask"), text);
});

test("what an element is called goes with it from one id to another", () => {
  const moved = withTexts(withTexts(FILE, "ask", {}), "ask_2", textsOf(FILE, "ask"));
  assert.deepEqual([textsOf(moved, "ask"), textsOf(moved, "ask_2")], [{}, { "": "Ask for the slip", documentation: "Look at the date", subject: "Your refund" }]);
});
