import { DecodeError } from "../../operation/errors.ts";
import { Collector } from "../collector.ts";
import type { Octets } from "../octets.ts";

const LF = 10;
const CR = 13;

/**
 * Undoes `Transfer-Encoding: chunked` (RFC 9112 §7.1), which no part should have (protocol E37).
 *
 * @param bytes the whole body
 * @returns what was in the chunks; extensions and trailers are dropped
 * @throws {DecodeError} when the chunks do not hold together, or the last one is missing
 */
export function decodeChunked(bytes: Uint8Array): Octets {
  const collector = new Collector();
  let at = 0;
  for (;;) {
    const { size, next } = readSize(bytes, at);
    if (size === 0) return collector.take();
    if (next + size > bytes.length) throw malformed(bytes);
    collector.add(bytes.subarray(next, next + size));
    at = afterLineEnd(bytes, next + size);
  }
}

function readSize(bytes: Uint8Array, from: number): { size: number; next: number } {
  let size = 0;
  let at = from;
  while (at < bytes.length && at - from < 8) {
    const digit = hexDigit(bytes[at]!);
    if (digit === -1) break;
    size = size * 16 + digit;
    at++;
  }
  if (at === from) throw malformed(bytes);
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return { size, next: size === 0 ? at : afterLineEnd(bytes, at) };
}

function hexDigit(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const lower = octet | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function afterLineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === CR) return bytes[at + 1] === LF ? at + 2 : at + 1;
  if (bytes[at] === LF) return at + 1;
  throw malformed(bytes);
}

function malformed(bytes: Uint8Array): DecodeError {
  return new DecodeError(
    `Cannot decode a chunked body as it must be whole chunks up to an empty one: current value is ${bytes.length} bytes that are not`,
  );
}
