import { DecodeError, lengthOf } from "../operation/errors.ts";
import { laxDecoder, textDecoder } from "./charset.ts";
import { isLineEnd } from "./http/body.ts";
import { type MediaType, parseMediaType } from "./media_type.ts";
import type { Octets } from "./octets.ts";

/** Into what a body is decoded; `xml` is text too, but not `text/*`, which JSON batches carry in another way. */
export type BodyKind = "json" | "text" | "xml" | "bytes";

/** How the bodies of one Content-Type are decoded. */
export interface BodyFormat {
  /** Into what. */
  readonly kind: BodyKind;
  /** The charset that the Content-Type names, in lower case; `undefined` if it names none. */
  readonly charset: string | undefined;
}

let lastContentType: string | undefined;
let lastFormat: BodyFormat = { kind: "bytes", charset: undefined };

/**
 * How a body of this Content-Type is decoded.
 *
 * @param contentType a field value; `undefined` when there was none
 * @returns kind and charset
 */
export function bodyFormatOf(contentType: string | undefined): BodyFormat {
  // The parts of one batch mostly share one Content-Type.
  if (contentType === lastContentType) return lastFormat;
  const mediaType = parseMediaType(contentType ?? "");
  lastFormat = { kind: kindOf(mediaType.type), charset: charsetOf(mediaType) };
  lastContentType = contentType;
  return lastFormat;
}

function kindOf(type: string): BodyKind {
  if (type === "application/json" || type === "text/json" || type.endsWith("+json")) return "json";
  if (type.startsWith("text/")) return "text";
  return type === "application/xml" || type.endsWith("+xml") ? "xml" : "bytes";
}

/**
 * The charset that a media type names: some servers quote it as other languages do, and some name none after all.
 *
 * @param mediaType of a text
 * @returns the name in lower case; `undefined` if there is none
 */
export function charsetOf({ parameters }: MediaType): string | undefined {
  return parameters.get("charset")?.replaceAll("'", "").trim().toLowerCase() || undefined;
}

/** What makes a value of a JSON text, in place of `JSON.parse`. */
export type ParseJson = (text: string) => unknown;

/**
 * A body as a value: JSON parsed, text and XML by their charset, anything else as bytes, nothing as `undefined`.
 *
 * A JSON body of white space alone is nothing, and so are line ends without a Content-Type: stray line breaks after a
 * head are common (protocol E8).
 *
 * @param octets the body; bytes that are returned are a copy, which keeps no chunk alive
 * @param contentType the Content-Type of the message, `undefined` when it has none
 * @param parseJson the user's own, if there is one
 * @returns a JSON value, a string, a Uint8Array or `undefined`
 * @throws {DecodeError} when the body is not what the Content-Type says, or the charset is unknown
 */
export function decodeBody(
  octets: Octets,
  contentType: string | undefined,
  parseJson?: ParseJson,
): unknown {
  if (octets.length === 0) return undefined;
  const { kind, charset } = bodyFormatOf(contentType);
  if (kind === "bytes") {
    return contentType === undefined && octets.every(isLineEnd) ? undefined : octets.copy();
  }
  // JSON is UTF-8, and its charset means nothing (RFC 8259 §8.1), unless a server takes the trouble to use another one.
  const text = octets.decode(
    kind === "json" ? laxDecoder(octets, charset) : textDecoder(octets, charset),
  );
  if (kind !== "json") return text;
  if (parseJson !== undefined) return parsedBy(parseJson, text);
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

/**
 * A JSON text as a value of the user's own making; white space alone is nothing, as it is without a `parseJson`.
 *
 * @throws {DecodeError} when `parseJson` throws
 */
export function parsedBy(parseJson: ParseJson, text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return parseJson(text);
  } catch (cause) {
    throw new DecodeError(
      `Cannot decode a body as parseJson must take it: current value is ${
        lengthOf("a text", text)
      } on which it threw`,
      { cause },
    );
  }
}
