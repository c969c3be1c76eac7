import { DecodeError, lengthOf } from "../operation/errors.ts";
import { isLineEnd } from "./http/body.ts";
import { parseMediaType } from "./media_type.ts";
import type { Octets } from "./octets.ts";

/** Into what a body is decoded. */
export type BodyKind = "json" | "text" | "bytes";

/** How the bodies of one Content-Type are decoded. */
export interface BodyFormat {
  /** Into what. */
  readonly kind: BodyKind;
  /** The charset that the Content-Type names, in lower case; UTF-8 if none. */
  readonly charset: string;
}

const JSON_TYPE = /^(?:application|text)\/json$|\+json$/;
const UTF8 = "utf-8";

/** Like fetch: a BOM is dropped (protocol E34), and what is no UTF-8 becomes U+FFFD. */
const utf8 = new TextDecoder(UTF8);

let lastContentType: string | undefined;
let lastFormat: BodyFormat = { kind: "bytes", charset: UTF8 };

/**
 * How a body of this Content-Type is decoded.
 *
 * @param contentType a field value; `undefined` when there was none
 * @returns kind and charset
 */
export function bodyFormatOf(contentType: string | undefined): BodyFormat {
  // The parts of one batch mostly share one Content-Type.
  if (contentType === lastContentType) return lastFormat;
  const { type, parameters } = parseMediaType(contentType ?? "");
  const kind = JSON_TYPE.test(type) ? "json" : type.startsWith("text/") ? "text" : "bytes";
  lastFormat = { kind, charset: parameters.get("charset")?.toLowerCase() ?? UTF8 };
  lastContentType = contentType;
  return lastFormat;
}

/**
 * A body as a value: JSON parsed, text by its charset, anything else as bytes, nothing as `undefined`.
 *
 * A JSON body of white space alone is nothing, and so are line ends without a Content-Type: stray line breaks after a
 * head are common (protocol E8).
 *
 * @param octets the body; bytes that are returned are a copy, which keeps no chunk alive
 * @param contentType the Content-Type of the message, `undefined` when it has none
 * @returns a JSON value, a string, a Uint8Array or `undefined`
 * @throws {DecodeError} when the body is not what the Content-Type says, or the charset is unknown
 */
export function decodeBody(octets: Octets, contentType: string | undefined): unknown {
  if (octets.length === 0) return undefined;
  const { kind, charset } = bodyFormatOf(contentType);
  if (kind === "bytes") {
    return contentType === undefined && octets.every(isLineEnd) ? undefined : octets.copy();
  }
  const text = decodeText(octets, charset);
  if (kind === "text") return text;
  try {
    return JSON.parse(text);
  } catch {
    if (text.trim() === "") return undefined;
    // The engine's own message would quote the body.
    throw new DecodeError(
      `Cannot decode a body as its Content-Type says JSON: current value is ${
        lengthOf("a text", text)
      } that is none`,
    );
  }
}

/** `charset` in lower case. */
function decodeText(octets: Octets, charset: string): string {
  if (charset === UTF8 || charset === "utf8" || charset === "us-ascii") return octets.decode(utf8);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset);
  } catch (cause) {
    throw new DecodeError(
      `Cannot decode a body as its charset must be known: current value is ${
        lengthOf("a name", charset)
      }`,
      { cause },
    );
  }
  return octets.decode(decoder);
}
