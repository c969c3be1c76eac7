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
  for (const { name, isEnd, isEmpty, end } of tagsIn(text)) {
    if (isEnd) {
      if (--depth === 0) break;
      continue;
    }
    if (depth === 0 && name !== "error") break;
    if (isEmpty) continue;
    const member = depth === 1 ? MEMBERS.get(name) : undefined;
    if (member !== undefined && error[member] === undefined) {
      const said = textAt(text, end);
      if (said !== "") error[member] = said;
    }
    depth++;
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
  /** Where it ends. */
  readonly end: number;
}

const CDATA = ["<![CDATA[", "]]>"] as const;
/** What begins like a tag, and with what it ends. */
const NO_TAGS: readonly (readonly [string, string])[] = [
  ["<!--", "-->"],
  CDATA,
  ["<?", "?>"],
  ["<!", ">"],
];
const TAG = ["<", ">"] as const;

/** One after the other, up to the first that does not end: no character is looked at twice. */
function* tagsIn(text: string): Iterable<Tag> {
  let end = 0;
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", end)) {
    const markup = NO_TAGS.find(([opening]) => text.startsWith(opening, at)) ?? TAG;
    const [opening, closing] = markup;
    const last = text.indexOf(closing, at + opening.length);
    if (last === -1) return;
    end = last + closing.length;
    if (markup === TAG) yield tagOf(text.slice(at + 1, last), end);
  }
}

/** `content`: what stands between the angle brackets. */
function tagOf(content: string, end: number): Tag {
  const isEnd = content.startsWith("/");
  const isEmpty = content.endsWith("/");
  const tag = content.slice(isEnd ? 1 : 0, isEmpty ? -1 : undefined);
  const blank = tag.search(/\s/);
  const qualified = blank === -1 ? tag : tag.slice(0, blank);
  const name = qualified.slice(qualified.indexOf(":") + 1).toLowerCase();
  return { name, isEnd, isEmpty, end };
}

/** The text from here up to the next tag. */
function textAt(text: string, from: number): string {
  const start = text.startsWith(CDATA[0], from) ? from + CDATA[0].length : from;
  const end = text.indexOf(start === from ? TAG[0] : CDATA[1], start);
  const found = end === -1 ? "" : text.slice(start, end).trim();
  return start === from ? found.replaceAll(REFERENCE, characterOf) : found;
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
