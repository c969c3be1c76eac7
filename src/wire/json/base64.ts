import { DecodeError } from "../../operation/errors.ts";

/** What a platform has of its own: newer ones the methods of ECMAScript 2026, Node and Bun a `Buffer`. */
interface Platform {
  readonly Uint8Array: {
    fromBase64?(base64: string, options: { readonly alphabet: "base64" | "base64url" }): Uint8Array;
  };
  readonly Buffer?: { from(bytes: ArrayBufferLike, offset: number, length: number): Octets };
}
interface Octets {
  write(text: string, encoding: "base64"): number;
  toString(encoding: "base64"): string;
}
interface Encodable {
  toBase64?(): string;
}

const platform = globalThis as object as Platform;
/** So many octets fit into the arguments of one call. */
const CHUNK_BYTES = 8192;
const BEYOND_LATIN1 = /[\u0100-\uffff]/;
const encoder = /* @__PURE__ */ new TextEncoder();

/** Bytes, or text as UTF-8, in base64 with padding. */
export function toBase64(content: Uint8Array | string): string {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  const native = (bytes as Encodable).toBase64?.() ??
    platform.Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
  if (native !== undefined) return native;
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** In the alphabet for URLs, without padding (RFC 4648 §5). */
export function toBase64Url(content: Uint8Array | string): string {
  return toBase64(content).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Base64 in either alphabet, as bytes; white space in it does not count.
 *
 * @throws {DecodeError} when it is not base64
 */
export function fromBase64(base64: string): Uint8Array {
  const text = base64.replaceAll("-", "+").replaceAll("_", "/");
  try {
    return platform.Uint8Array.fromBase64?.(text, { alphabet: "base64" }) ?? byBuffer(text) ??
      byText(text);
  } catch (cause) {
    throw new DecodeError(
      `Cannot decode a body as it must be base64: current value is a string of ${base64.length} characters that is not`,
      { cause },
    );
  }
}

/** The bytes of a text that may be base64 by its look: without a blank, padded, of the usual alphabet. */
export function paddedBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  try {
    const bytes = fromBase64(text);
    return toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** `Buffer` passes over what is no base64, so that too few octets come of it; and it takes the low octet of a character. */
function byBuffer(text: string): Uint8Array | undefined {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const digits = text.length - padding;
  const isWhole = padding === 0 ? digits % 4 !== 1 : text.length % 4 === 0;
  if (platform.Buffer === undefined || !isWhole || BEYOND_LATIN1.test(text)) return undefined;
  const bytes = new Uint8Array(Math.floor(digits * 3 / 4));
  const written = platform.Buffer.from(bytes.buffer, 0, bytes.length).write(text, "base64");
  return written === bytes.length ? bytes : undefined;
}

function byText(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
