import { bodyFormatOf } from "../../mime/body.ts";
import { laxDecoder } from "../../mime/charset.ts";
import { Octets } from "../../mime/octets.ts";
import { fromBase64, paddedBase64 } from "./base64.ts";

/** How a wire turns the `body` member of one response into a value. */
export type ReadJsonBody = (body: unknown, contentType: string | undefined) => unknown;

/**
 * OData 4.01 JSON Format §19.5: JSON as it is, a string for `text/*`, base64url for everything else; no Content-Type
 * means JSON. Base64 with `+`, `/` and padding is taken too, and XML as it is.
 *
 * @throws {DecodeError} when a string that must be base64 is not
 */
export function readODataBody(body: unknown, contentType: string | undefined): unknown {
  if (typeof body !== "string" || contentType === undefined) return body;
  const { kind, charset } = bodyFormatOf(contentType);
  if (kind === "bytes") return fromBase64(body);
  return kind === "xml" ? textOr(body, charset) : body;
}

/**
 * Graph writes JSON as it is, and anything else in base64 (protocol C2), but neither always (protocol G): where the
 * request went in base64 so does a JSON answer, and text is plain in some answers.
 *
 * @throws {DecodeError} when a string that must be base64 is not
 */
export function readGraphBody(body: unknown, contentType: string | undefined): unknown {
  if (typeof body !== "string" || contentType === undefined) return body;
  const { kind, charset } = bodyFormatOf(contentType);
  if (kind === "bytes") return fromBase64(body);
  return kind === "json" ? jsonOr(body, charset) : textOr(body, charset);
}

/** A number of `$count` may look like base64, too. */
const NUMBER = /^\d+$/;
const JSON_CONTAINER = /^[\t\n\r ]*[[{]/;

/** Base64 of JSON, or else the string, which is JSON itself; a word or a number in base64 could be either. */
function jsonOr(body: string, charset: string | undefined): unknown {
  const octets = paddedBase64(body);
  const text = octets === undefined ? "" : laxDecoder(Octets.of(octets), charset).decode(octets);
  if (!JSON_CONTAINER.test(text)) return body;
  try {
    return JSON.parse(text);
  } catch {
    return body;
  }
}

/**
 * Text in base64, or as it is; octets where they are base64 for sure, yet no text in the charset: mails hold octets of
 * any charset.
 */
function textOr(body: string, charset: string | undefined): string | Uint8Array {
  const octets = NUMBER.test(body) ? undefined : paddedBase64(body);
  if (octets === undefined) return body;
  const text = textIn(octets, charset);
  if (text !== undefined) return text;
  const isSurelyBase64 = body.endsWith("=") || body.length > MAX_WORD_LENGTH ||
    (body.length >= MIN_TEXT_LENGTH && isMostlyAscii(octets));
  return isSurelyBase64 ? octets : body;
}

/** No word or id is longer. */
const MAX_WORD_LENGTH = 256;
/** Shorter words look like base64 of nearly ASCII too often. */
const MIN_TEXT_LENGTH = 16;
const strictUtf8 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true });

/** The text that these octets are, if they are one; UTF-8 proves itself, other charsets give sense to nearly anything. */
function textIn(octets: Uint8Array, charset: string | undefined): string | undefined {
  const decoder = laxDecoder(Octets.of(octets), charset);
  if (decoder.encoding !== "utf-8" && !isMostlyAscii(octets)) return undefined;
  try {
    const text = (decoder.encoding === "utf-8" ? strictUtf8 : decoder).decode(octets);
    return isPlain(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Three of four octets at least, and no control characters. */
function isMostlyAscii(octets: Uint8Array): boolean {
  let asciiCount = 0;
  for (const octet of octets) {
    if (!isPlainCharacter(octet)) return false;
    if (octet < 128) asciiCount++;
  }
  return 4 * asciiCount >= 3 * octets.length;
}

function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isPlainCharacter(text.charCodeAt(at))) return false;
  }
  return true;
}

const TAB = 9;
const CR = 13;
const ESC = 27;
const SPACE = 32;
const DEL = 127;

/** No control character that texts do without. */
function isPlainCharacter(code: number): boolean {
  return code >= SPACE ? code !== DEL : (code >= TAB && code <= CR) || code === ESC;
}
