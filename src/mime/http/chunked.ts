import { DecodeError } from "../../operation/errors.ts";
import { Collector } from "../collector.ts";
import type { Octets } from "../octets.ts";

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const SEMICOLON = 59;

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
    // Where a chunk is longer than what there is, no line end stands behind it either.
    collector.add(bytes.subarray(next, next + size));
    at = afterLineEnd(bytes, next + size);
  }
}

/**
 * Does it begin as chunks do? A server may pass on the header of an answer whose chunks it has undone itself, and that may
 * be a number, as of `$count`, with nothing behind it.
 */
export function beginsWithChunk(bytes: Uint8Array): boolean {
  let at = 0;
  while (hexDigit(bytes[at]!) !== -1) at++;
  return at > 0 && at < bytes.length && endsSize(bytes[at]);
}

function readSize(bytes: Uint8Array, from: number): { size: number; next: number } {
  let size = 0;
  let at = from;
  for (let digit = hexDigit(bytes[at]!); digit !== -1; digit = hexDigit(bytes[++at]!)) {
    // A size may begin with as many zeros as it likes; one that is larger than all there is only grows.
    size = Math.min(size * 16 + digit, bytes.length + 1);
  }
  if (at === from || !endsSize(bytes[at])) throw malformed(bytes);
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return { size, next: size === 0 ? at : afterLineEnd(bytes, at) };
}

/** A line end, or an extension after blanks. */
function endsSize(octet: number | undefined): boolean {
  return octet === undefined || octet === CR || octet === LF || octet === SEMICOLON ||
    octet === SPACE || octet === TAB;
}

/** -1 for what is none, as there is none behind the last octet. */
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
