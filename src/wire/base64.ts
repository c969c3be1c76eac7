import { DecodeError } from "../operation/errors.ts";

/** So many octets fit into the arguments of one call. */
const CHUNK_BYTES = 8192;
const encoder = new TextEncoder();

/** Bytes, or text as UTF-8, in base64 with padding. */
export function toBase64(content: Uint8Array | string): string {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** In the alphabet for URLs, without padding (RFC 4648 §5). */
export function toBase64Url(content: Uint8Array | string): string {
  return toBase64(content).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Base64 in either alphabet, as bytes.
 *
 * @throws {DecodeError} when it is not base64
 */
export function fromBase64(base64: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  } catch (cause) {
    throw new DecodeError(
      `Cannot decode a body as it must be base64: current value is a string of ${base64.length} characters that is not`,
      { cause },
    );
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
