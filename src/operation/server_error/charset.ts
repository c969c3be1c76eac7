/** Like fetch: a byte order mark is dropped (protocol E34), and what is no UTF-8 becomes U+FFFD. */
const utf8 = /* @__PURE__ */ new TextDecoder();
/** The names that nearly all answers use. */
const UTF8_NAMES: ReadonlySet<string | undefined> = /* @__PURE__ */ new Set([
  undefined,
  "utf-8",
  "utf8",
  "us-ascii",
]);

let lastCharset = "utf-8";
let lastDecoder: TextDecoder | undefined = utf8;

/**
 * The decoder for a charset.
 *
 * @param charset in lower case; none: UTF-8
 * @returns `undefined` for a charset that nobody knows
 */
export function decoderOf(charset: string | undefined): TextDecoder | undefined {
  if (UTF8_NAMES.has(charset)) return utf8;
  if (charset === lastCharset) return lastDecoder;
  lastCharset = charset!;
  try {
    const decoder = new TextDecoder(charset);
    lastDecoder = decoder.encoding === "windows-1252" ? inTwoSteps(decoder) : decoder;
  } catch {
    lastDecoder = undefined;
  }
  return lastDecoder;
}

/** What Node 20 decodes at once it takes for Latin-1, so that a euro sign becomes a control character. */
function inTwoSteps(decoder: TextDecoder): TextDecoder {
  const decode = decoder.decode.bind(decoder);
  return Object.assign(decoder, {
    decode: (octets: Uint8Array) => decode(octets, { stream: true }) + decode(),
  });
}

/** What the byte order mark at the beginning of a text says of its charset. */
export function charsetOfMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef) return second === 0xbb && third === 0xbf ? "utf-8" : undefined;
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0xff && second === 0xfe ? "utf-16le" : undefined;
}

const NAMED = /;\s*charset\s*=\s*["']?([\w.:-]+)/i;

/**
 * The beginning of a text that a server wrote, for people to read: whatever it is, something comes of it.
 *
 * @param octets of the beginning
 * @param contentType of the answer
 */
export function textOf(octets: Uint8Array, contentType: string | undefined): string {
  const named = NAMED.exec(contentType ?? "")?.[1]?.toLowerCase();
  return (decoderOf(charsetOfMark(octets) ?? named) ?? utf8).decode(octets);
}
