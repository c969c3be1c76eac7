import { DecodeError, lengthOf } from "../operation/errors.ts";
import { charsetOfMark, decoderOf } from "../operation/server_error/charset.ts";
import { decodeLatin1 } from "./latin1.ts";
import type { Octets } from "./octets.ts";

/**
 * The decoder of a text whose charset is no reason to refuse it. A byte order mark is believed before the charset, as
 * fetch does it, and a charset that nobody knows counts as UTF-8.
 *
 * @param octets the text
 * @param charset as the Content-Type names it, in lower case; none: UTF-8
 */
export function laxDecoder(octets: Octets, charset: string | undefined): TextDecoder {
  return decoderOf(markOf(octets) ?? charset) ?? decoderOf(undefined)!;
}

/**
 * The same for a text that would be nonsense in another charset than its own: where there is neither mark nor charset, an
 * XML declaration counts.
 *
 * @param octets the text
 * @param charset as the Content-Type names it, in lower case
 * @throws {DecodeError} when nobody knows the charset
 */
export function textDecoder(octets: Octets, charset: string | undefined): TextDecoder {
  const named = markOf(octets) ?? charset ?? charsetOfXml(octets);
  const decoder = decoderOf(named);
  if (decoder !== undefined) return decoder;
  throw new DecodeError(
    `Cannot decode a body as its charset must be known: current value is ${
      lengthOf("a name", named!)
    }`,
  );
}

/** Most texts show by their first octet that they have none. */
function markOf(octets: Octets): string | undefined {
  return octets.first[0]! >= FIRST_OF_MARKS ? charsetOfMark(octets.upTo(3).joined()) : undefined;
}

const FIRST_OF_MARKS = 0xef;
const LESS_THAN = 60;

/** An XML declaration is shorter than this. */
const DECLARATION_BYTES = 128;
const DECLARED = /^<\?xml[^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([\w.:-]+)["']/;

/**
 * What `<?xml version="1.0" encoding="…"?>` says, or how wide its characters are (XML 1.0, appendix F).
 *
 * @param octets of a text
 * @returns the name in lower case; `undefined` for a text that does not begin so
 */
export function charsetOfXml(octets: Octets): string | undefined {
  const beginning = octets.upTo(DECLARATION_BYTES).joined();
  const [first, second] = beginning;
  if (first === 0 && second === LESS_THAN) return "utf-16be";
  if (first !== LESS_THAN) return undefined;
  if (second === 0) return "utf-16le";
  const found = DECLARED.exec(decodeLatin1(beginning));
  return found === null ? undefined : found[1]!.toLowerCase();
}
