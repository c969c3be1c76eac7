import { DecodeError, lengthOf } from "../../operation/errors.ts";
import { beginsWithChunk, decodeChunked } from "./chunked.ts";
import type { Fields } from "./head_scanner.ts";
import { Octets } from "../octets.ts";

const NOTHING = /* @__PURE__ */ Octets.of(/* @__PURE__ */ new Uint8Array(0));
const LENGTH = /^\d{1,15}$/;

/**
 * The body of a message out of a part, its transfer coding undone.
 *
 * The part's delimiter says where the body ends, so `Content-Length` never cuts it short (protocol E23). It only tells
 * stray line ends at the end (protocol E8) from line ends of the body.
 *
 * @param headers names in lower case
 * @param octets everything up to the end of the part
 * @returns the body
 * @throws {DecodeError} when it is badly chunked, or compressed (protocol E38)
 */
export function framedBody(headers: Fields, octets: Octets): Octets {
  const contentEncoding = headers["content-encoding"];
  if (contentEncoding !== undefined && !isIdentity(contentEncoding)) {
    // Nothing is nothing, however it is compressed.
    if (octets.every(isLineEnd)) return NOTHING;
    throw new DecodeError(
      `Cannot decode a body as it must not be compressed within its part: current value is ${
        lengthOf("a Content-Encoding", contentEncoding)
      }`,
    );
  }
  const transferEncoding = headers["transfer-encoding"];
  if (transferEncoding !== undefined && isChunked(transferEncoding)) {
    const bytes = octets.joined();
    if (beginsWithChunk(bytes)) return decodeChunked(bytes);
  }
  const contentLength = headers["content-length"];
  if (contentLength !== undefined && LENGTH.test(contentLength)) {
    const stated = Number(contentLength);
    if (octets.from(stated).every(isLineEnd)) return octets.upTo(stated);
  }
  return octets;
}

function isIdentity(contentEncoding: string): boolean {
  return contentEncoding.split(",").every((coding) => {
    const name = coding.trim().toLowerCase();
    return name === "" || name === "identity";
  });
}

/** Of several codings the last one is the outermost (RFC 9112 §6.1). */
function isChunked(transferEncoding: string): boolean {
  return transferEncoding.slice(transferEncoding.lastIndexOf(",") + 1).trim().toLowerCase() ===
    "chunked";
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

/** Is this octet CR or LF? */
export function isLineEnd(octet: number): boolean {
  return octet === 10 || octet === 13;
}
