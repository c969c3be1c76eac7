import { DecodeError, lengthOf } from "../operation/errors.ts";
import { decodeLatin1 } from "./latin1.ts";
import type { Octets } from "./octets.ts";

/** Like fetch: a BOM is dropped (protocol E34), and what is no UTF-8 becomes U+FFFD. */
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
    lastDecoder = new TextDecoder(charset);
  } catch {
    lastDecoder = undefined;
  }
  return lastDecoder;
}

/** The same; a charset that nobody knows counts as UTF-8. */
export function laxDecoder(charset: string | undefined): TextDecoder {
  return decoderOf(charset) ?? utf8;
}

/**
 * The decoder of a text. A byte order mark is believed before the charset, as fetch does it, and where there is neither,
 * an XML declaration.
 *
 * @param octets the text
 * @param charset as the Content-Type names it, in lower case
 * @throws {DecodeError} when nobody knows the charset
 */
export function textDecoder(octets: Octets, charset: string | undefined): TextDecoder {
  const beginning = octets.upTo(DECLARATION_BYTES).joined();
  const named = charsetOfMark(beginning) ?? charset ?? charsetOfDeclaration(beginning);
  const decoder = decoderOf(named);
  if (decoder !== undefined) return decoder;
  throw new DecodeError(
    `Cannot decode a body as its charset must be known: current value is ${
      lengthOf("a name", named!)
    }`,
  );
}

function charsetOfMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0xff && second === 0xfe ? "utf-16le" : undefined;
}

/** An XML declaration is shorter than this. */
const DECLARATION_BYTES = 128;
const DECLARED = /^<\?xml[^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([\w.:-]+)["']/;

/** What `<?xml version="1.0" encoding="…"?>` says. */
function charsetOfDeclaration(beginning: Uint8Array): string | undefined {
  const LESS_THAN = 60;
  if (beginning[0] !== LESS_THAN) return undefined;
  const found = DECLARED.exec(decodeLatin1(beginning));
  return found === null ? undefined : found[1]!.toLowerCase();
}
