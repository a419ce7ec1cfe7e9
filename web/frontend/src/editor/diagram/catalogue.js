/* The English names of a process, translations/KEY.en.yaml: one line per element, `id: "text"`, and under `documentation:` and `subject:` the same, indented.

Lines that are written otherwise stay as they are; only the line of the changed element is written anew. */

/**
 * "" for names, "documentation" for what to watch, "subject" for what a notice is about, or another section of the file.
 * @typedef {string} Section
 */

/**
 * A line as it stands, and what it says: nothing for what is written otherwise, a null value for the head of a section.
 * @typedef {{ raw: string, id?: string, section?: Section, value?: string | null }} Line
 */

const SECTIONS = ["documentation", "subject"];
const LINE = /^( *)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s:#"'][^:]*?):(?:\s+(.*))?$/;

/** @returns {string} */
function unquoted(text = "") {
  const plain = text.trim();
  if (plain.startsWith('"')) {
    try {
      return JSON.parse(plain);
    } catch {
      return plain;
    }
  }
  return plain.startsWith("'") ? plain.slice(1, -1).replaceAll("''", "'") : plain;
}

/**
 * @param {string} text
 * @returns {Line[]}
 */
function read(text) {
  let section = "";
  return text.split("\n").map((raw) => {
    const found = LINE.exec(raw);
    if (!found) return { raw };
    const [, indent, key, value] = found;
    if (!indent) section = value === undefined ? unquoted(key) : "";
    return { raw, id: unquoted(key), section: indent ? section : "", value: value === undefined ? null : unquoted(value) };
  });
}

/**
 * The text of an element, "" when there is none.
 * @param {string | null} text
 * @param {string} id
 * @param {Section} section
 */
export function english(text, id, section = "") {
  return read(text ?? "").find((line) => line.id === id && line.section === section && line.value !== null)?.value ?? "";
}

/**
 * Every name by id.
 * @param {string | null} text
 * @returns {Map<string, string>}
 */
export function namesOf(text) {
  return new Map(read(text ?? "").flatMap(({ id, section, value }) => (id !== undefined && section === "" && value ? [[id, value]] : [])));
}

/**
 * The catalogue with one text changed; an empty one is removed.
 * @param {string | null} text
 * @param {string} id
 * @param {string} value
 * @param {Section} section
 */
export function withEnglish(text, id, value, section = "") {
  const lines = read((text ?? "").replace(/\n+$/, "")).filter((line) => line.raw !== "" || text);
  const written = `${section ? "  " : ""}${/^[A-Za-z_][\w.-]*$/.test(id) ? id : JSON.stringify(id)}: ${JSON.stringify(value)}`;
  const place = lines.findIndex((line) => line.id === id && line.section === section && line.value !== null);
  const raw = lines.map((line) => line.raw);
  if (place >= 0) raw.splice(place, 1, ...(value ? [written] : []));
  else if (value) insert(raw, lines, written, section);
  return `${raw.filter((line, index) => line !== "" || index).join("\n")}\n`;
}

/**
 * @param {string[]} raw
 * @param {Line[]} lines
 * @param {string} written
 * @param {Section} section
 */
function insert(raw, lines, written, section) {
  const head = lines.findIndex(({ id, value }) => value === null && (section ? id === section : SECTIONS.includes(id ?? "")));
  if (head < 0) raw.push(...(section ? [`${section}:`] : []), written);
  else raw.splice(section ? endOf(raw, head) : head, 0, written);
}

/**
 * @param {string[]} raw
 * @param {number} head
 */
function endOf(raw, head) {
  const next = raw.findIndex((line, index) => index > head && /^\S/.test(line));
  return next < 0 ? raw.length : next;
}

/**
 * Everything that is said of an element, by section.
 * @param {string | null} text
 * @param {string} id
 */
export function textsOf(text, id) {
  return Object.fromEntries(["", ...SECTIONS].map((section) => [section, english(text, id, section)]).filter(([, value]) => value));
}

/**
 * The catalogue with these texts for an element, and no others.
 * @param {string} text
 * @param {string} id
 * @param {Partial<Record<Section, string>>} texts
 */
export function withTexts(text, id, texts) {
  return ["", ...SECTIONS].reduce((changed, section) => (english(changed, id, section) === (texts[section] ?? "") ? changed : withEnglish(changed, id, texts[section] ?? "", section)), text);
}
