/** What an error in XML says, as far as it says it. */
export interface XmlError {
  code?: string;
  detail?: string;
}

/**
 * Reads `<error><code>…</code><message>…</message></error>`, as services of OData 1 to 3, SharePoint and Azure write
 * it, whatever the prefix and the letter case.
 *
 * @param text of an answer
 * @returns code and message, as far as they are there; empty when it is no such error
 */
export function xmlErrorOf(text: string): XmlError {
  const error: XmlError = {};
  let depth = 0;
  let member: keyof XmlError | undefined;
  let said = "";
  for (const token of tokensIn(text)) {
    if (typeof token === "string") {
      if (member !== undefined) said += token;
    } else if (token.isEnd) {
      depth--;
      if (depth === 0) break;
      if (depth > 1 || member === undefined) continue;
      const words = said.trim();
      if (words !== "") error[member] ??= words;
      member = undefined;
    } else {
      if (depth === 0 && token.name !== "error") break;
      if (token.isEmpty) continue;
      if (depth === 1) {
        member = MEMBERS.get(token.name);
        said = "";
      }
      depth++;
    }
  }
  return error;
}

const MEMBERS: ReadonlyMap<string, keyof XmlError> = new Map([
  ["code", "code"],
  ["message", "detail"],
]);

interface Tag {
  /** Without its prefix, in lower case. */
  readonly name: string;
  readonly isEnd: boolean;
  readonly isEmpty: boolean;
}

const CDATA = ["<![CDATA[", "]]>"] as const;
/** What begins like a tag, and with what it ends. */
const NO_TAGS: readonly (readonly [string, string])[] = [
  ["<!--", "-->"],
  CDATA,
  ["<?", "?>"],
  ["<!", ">"],
];

/** Tags and texts, one after the other, up to the first that does not end: no character is looked at twice. */
function* tokensIn(text: string): Iterable<Tag | string> {
  let at = 0;
  for (;;) {
    const open = text.indexOf("<", at);
    if (open === -1) return;
    if (open > at) yield text.slice(at, open).replaceAll(REFERENCE, characterOf);
    const markup = NO_TAGS.find(([opening]) => text.startsWith(opening, open));
    const start = open + (markup?.[0] ?? "<").length;
    const end = markup === undefined ? endOfTag(text, start) : text.indexOf(markup[1], start);
    if (end === -1) return;
    if (markup === undefined) yield tagOf(text.slice(start, end));
    else if (markup === CDATA) yield text.slice(start, end);
    at = end + (markup?.[1] ?? ">").length;
  }
}

/** An angle bracket in the value of an attribute is none of the tag's. */
function endOfTag(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === ">") return at;
    if (character !== '"' && character !== "'") continue;
    at = text.indexOf(character, at + 1);
    if (at === -1) break;
  }
  return -1;
}

/** `content`: what stands between the angle brackets. */
function tagOf(content: string): Tag {
  const isEnd = content.startsWith("/");
  const isEmpty = content.endsWith("/");
  const tag = content.slice(isEnd ? 1 : 0, isEmpty ? -1 : undefined);
  const blank = tag.search(/\s/);
  const qualified = blank === -1 ? tag : tag.slice(0, blank);
  return { name: qualified.slice(qualified.indexOf(":") + 1).toLowerCase(), isEnd, isEmpty };
}

const REFERENCE = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** What a reference stands for; one that stands for no character stays as it is. */
function characterOf(reference: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()]!;
  const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
}
