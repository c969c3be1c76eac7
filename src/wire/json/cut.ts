const BLANKS = " \t\r\n";
/** What ends a number or a word. */
const DELIMITERS = `${BLANKS},]}`;
const SCALAR = /^(?:true|false|null|-?\d[\d.eE+-]*)$/;
const WORDS = ["true", "false", "null"];

/** What may come next; `first`: of an array or object that may be empty. */
type Expected = "value" | "first value" | "name" | "first name" | "colon" | "more";

/**
 * Does a text that is no JSON lack nothing but its end? Then it was cut off on its way; what is broken in the middle was
 * written so, and will be so again.
 *
 * @param text that `JSON.parse` has refused
 */
export function isCut(text: string): boolean {
  const open: string[] = [];
  let expected: Expected = "value";
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (BLANKS.includes(character)) continue;
    if (open.length === 0 && expected === "more") return false;
    if (character === closerOf(open, expected)) {
      open.pop();
      expected = "more";
    } else if (expected === "more") {
      if (character !== ",") return false;
      expected = open.at(-1) === "{" ? "name" : "value";
    } else if (expected === "colon") {
      if (character !== ":") return false;
      expected = "value";
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (end === undefined) return true;
      at = end;
      expected = isForName(expected) ? "colon" : "more";
    } else if (isForName(expected)) {
      return false;
    } else if (character === "{" || character === "[") {
      open.push(character);
      expected = character === "{" ? "first name" : "first value";
    } else {
      const end = endOfScalar(text, at);
      const scalar = text.slice(at, end);
      if (end === text.length) return beginsScalar(scalar);
      if (!SCALAR.test(scalar)) return false;
      at = end - 1;
      expected = "more";
    }
  }
  return open.length > 0 || expected === "value";
}

function isForName(expected: Expected): boolean {
  return expected === "name" || expected === "first name";
}

/** What may close the innermost array or object now. */
function closerOf(open: readonly string[], expected: Expected): string | undefined {
  if (expected !== "more" && !expected.startsWith("first")) return undefined;
  return open.at(-1) === "{" ? "}" : "]";
}

/** The quote that ends a string; `undefined` when none does. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === "\\") at++;
  }
  return undefined;
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  while (at < text.length && !DELIMITERS.includes(text[at]!)) at++;
  return at;
}

function beginsScalar(text: string): boolean {
  return text === "-" || SCALAR.test(text) || WORDS.some((word) => word.startsWith(text));
}
