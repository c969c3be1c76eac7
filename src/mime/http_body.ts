import { DecodeError, lengthOf } from "../errors.ts";
import { decodeChunked } from "./chunked.ts";
import type { Fields } from "./head_scanner.ts";

/**
 * The body of a message out of a part, its transfer coding undone.
 *
 * The part's delimiter says where the body ends, so `Content-Length` never cuts it short (protocol E23). It only tells
 * stray line ends at the end (protocol E8) from line ends of the body.
 *
 * @param headers names in lower case
 * @param bytes everything up to the end of the part
 * @returns the body, mostly as a view
 * @throws {DecodeError} when it is badly chunked, or compressed (protocol E38)
 */
export function framedBody(headers: Fields, bytes: Uint8Array): Uint8Array {
  const contentEncoding = headers["content-encoding"];
  if (contentEncoding !== undefined && !/^(?:identity)?$/i.test(contentEncoding)) {
    throw new DecodeError(
      `Cannot decode a body as it must not be compressed within its part: current value is ${
        lengthOf("a Content-Encoding", contentEncoding)
      }`,
    );
  }
  const transferEncoding = headers["transfer-encoding"];
  if (transferEncoding !== undefined && /\bchunked$/i.test(transferEncoding)) {
    return decodeChunked(bytes);
  }
  const contentLength = headers["content-length"];
  if (contentLength !== undefined && /^\d{1,15}$/.test(contentLength)) {
    const stated = Number(contentLength);
    if (stated < bytes.length && isLineEnds(bytes, stated)) return bytes.subarray(0, stated);
  }
  return bytes;
}

/**
 * Has an answer of this status no body, whatever stands in its place (RFC 9112 §6.3)?
 *
 * @param status of the answer
 * @returns whether there is none
 */
export function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

function isLineEnds(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== 13 && bytes[at] !== 10) return false;
  }
  return true;
}
