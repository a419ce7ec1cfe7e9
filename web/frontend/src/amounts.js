/* Amounts as people write them: the script's side of the one rule that engine/language/written.py keeps, held against it by a test. What can be read in two ways is null. */
const MOST_DIGITS = 20;
const FEN = 100n;
/** @type {Record<string, string>} */
const SIGNS = { "\u3002": ".", "\uff61": ".", "\uffe5": "\u00a5", "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\ufe63": "-", "\ufe52": ".", "\ufe50": "," };
const BLANKS = /[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const UNSEEN = /[\u200b-\u200f\u202a\u202c\u202d\u2060\u2066-\u2069\ufeff]/g;
const AROUND = /^[\s\u001c-\u001f\u0085]+|[\s\u001c-\u001f\u0085]+$/g;
const AFTER = /[\s\u001c-\u001f\u0085]+$/;
const NUMBER = /^([0-9]+|[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+))?(?:\.([0-9]*))?$/;

/** @param {string} text */
function plain(text) {
  const narrow = text.replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0));
  const signed = narrow.replace(/[\u3002\uff61\uffe5\u2212\u2010\u2011\u2013\ufe63\ufe52\ufe50]/g, (one) => SIGNS[one] ?? one);
  return signed.replace(BLANKS, " ").replace(UNSEEN, "").replace(AROUND, "");
}

/**
 * The yuan mark before it, a sign before or after that, the word for yuan behind.
 * @param {string} text
 */
function bare(text) {
  let rest = plain(text);
  for (const ending of ["\u5143", "\u5706"]) if (rest.endsWith(ending)) rest = rest.slice(0, -1).replace(AFTER, "");
  const mark = rest.indexOf("\u00a5");
  if (mark < 0) return rest;
  const before = rest.slice(0, mark).replace(AROUND, "");
  return ["", "+", "-"].includes(before) ? before + rest.slice(mark + 1).replace(AROUND, "") : rest;
}

/**
 * Whole fen; null for what the server refuses as an amount, more than two decimals too.
 * @param {string} text
 */
export function fenOf(text) {
  const written = bare(text);
  if ([...written].length > 2 * MOST_DIGITS) return null;
  const [sign = ""] = /^[+-]/.exec(written) ?? [];
  const found = NUMBER.exec(written.slice(sign.length).replace(AROUND, ""));
  if (!found) return null;
  const whole = (found[1] ?? "").replace(/[, ]/g, "");
  const part = found[2] ?? "";
  if (!whole && !part) return null;
  if (whole.length + part.length > MOST_DIGITS || /[1-9]/.test(part.slice(2))) return null;
  const fen = BigInt(whole || "0") * FEN + BigInt(part.slice(0, 2).padEnd(2, "0") || "0");
  return sign === "-" ? -fen : fen;
}

/**
 * Fen as they are written everywhere: 1,234.50.
 * @param {bigint} fen
 */
export function yuan(fen) {
  const sign = fen < 0n ? "-" : "";
  const size = fen < 0n ? -fen : fen;
  const whole = String(size / FEN).replace(/(?<=[0-9])(?=([0-9]{3})+$)/g, ",");
  return `${sign}${whole}.${String(size % FEN).padStart(2, "0")}`;
}
