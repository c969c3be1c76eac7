/**
 * Where values stand in a JSON text: `JSON.parse` gives what they mean, and rounds a number above 2^53 on the way.
 *
 * Every function takes a text that `JSON.parse` has taken, so nothing is checked twice.
 */

/** The text of each response's `body` member, as it stood; `undefined` where there is none. */
export function bodyTexts(envelope: string): (string | undefined)[] {
  const responses = memberOf(envelope, skipBlanks(envelope, 0), "responses");
  if (responses === undefined || envelope[responses] !== "[") return [];
  const texts: (string | undefined)[] = [];
  for (const at of elements(envelope, responses)) {
    const body = envelope[at] === "{" ? memberOf(envelope, at, "body") : undefined;
    texts.push(body === undefined ? undefined : envelope.slice(body, endOfValue(envelope, body)));
  }
  return texts;
}

/** Where the value of an object's member begins; of two with one name the last counts, as for `JSON.parse`. */
function memberOf(text: string, object: number, name: string): number | undefined {
  let found: number | undefined;
  if (text[object] !== "{") return undefined;
  for (const key of elements(text, object)) {
    const keyEnd = endOfString(text, key);
    const value = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    if (JSON.parse(text.slice(key, keyEnd)) === name) found = value;
  }
  return found;
}

/** Where each element of an array, or each name of an object, begins. */
function* elements(text: string, container: number): Iterable<number> {
  const isObject = text[container] === "{";
  let at = skipBlanks(text, container + 1);
  while (text[at] !== "]" && text[at] !== "}") {
    yield at;
    const value = isObject ? skipBlanks(text, skipBlanks(text, endOfString(text, at)) + 1) : at;
    at = skipBlanks(text, endOfValue(text, value));
    if (text[at] === ",") at = skipBlanks(text, at + 1);
  }
}

/** Nesting of any depth costs no stack. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else {
      if (character === "{" || character === "[") depth++;
      else if (character === "}" || character === "]") depth--;
      at++;
      if (depth === 0 && character !== "}" && character !== "]") at = endOfScalar(text, at);
    }
  } while (depth > 0);
  return at;
}

/** Of a number, `true`, `false` or `null` whose first character has been read. */
function endOfScalar(text: string, start: number): number {
  let at = start;
  while (at < text.length && !",]} \t\r\n".includes(text[at]!)) at++;
  return at;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1;; at++) {
    const end = text.indexOf('"', at);
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    at = end;
  }
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return at;
}
