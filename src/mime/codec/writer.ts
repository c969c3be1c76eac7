import { checkKinds, FLAG, type Kinds } from "../../operation/check/kinds.ts";
import { checkKnownNames, type KnownNames } from "../../operation/check/known_names.ts";
import { OperationError } from "../../operation/errors.ts";
import {
  CLOSE_BYTES,
  type EncodedPart,
  partBytes as encodedBytes,
  writeMultipart,
} from "../multipart/writer.ts";
import {
  encodedPart,
  type PartGroup,
  type PartRequest,
  type WriteOptions,
} from "./part_request.ts";

export type { PartGroup, PartRequest, WriteOptions } from "./part_request.ts";

/** A multipart message, ready to be posted. */
export interface WrittenParts {
  /** For the header Content-Type: `multipart/mixed` and the boundary, which needs no quotes. */
  readonly contentType: string;
  /** From the first delimiter to the line end behind the last. */
  readonly body: Uint8Array;
}

/** How many octets a body has beyond what {@link partBytes} says of its parts. */
export const FRAME_BYTES: number = CLOSE_BYTES;

/** Its number may have as many digits as this one. */
const MAX_NUMBER = 1000;

/**
 * Writes requests as the `multipart/mixed` body of a batch: CRLF everywhere, no preamble, no epilogue, a boundary that
 * nobody can guess and that occurs in none of the bodies.
 *
 * @param parts requests and groups, in their order
 * @param options how they are written
 * @returns the octets, and the Content-Type that belongs to them
 * @throws {OperationError} when a request cannot stand in a part: a line break in a header, a group without members, a
 * `contentId` that another one has, be it by its number
 * @throws {TypeError} when an option has a name that nobody reads, or is no boolean
 *
 * @example A change set, and a read behind it
 * ```ts
 * import { writeParts } from "@rxbatch/rxbatch/mime";
 *
 * const { contentType, body } = writeParts([
 *   { members: [{ method: "DELETE", url: "Orders(7)", headers: { "If-Match": "*" }, contentId: "gone" }] },
 *   { method: "GET", url: "Orders/$count" },
 * ]);
 * console.log(contentType.slice(0, 31)); // multipart/mixed; boundary=batch_
 * console.log(new TextDecoder().decode(body).includes("Content-ID: gone\r\n\r\nDELETE Orders(7) HTTP/1.1")); // true
 * ```
 */
export function writeParts(
  parts: readonly (PartRequest | PartGroup)[],
  options: WriteOptions = {},
): WrittenParts {
  checkOptions("writeParts", options);
  const encoded = parts.map((part): EncodedPart => encodedPart(part, options));
  checkIds(encoded);
  const { boundary, bytes } = writeMultipart(encoded);
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: bytes };
}

/**
 * How many octets a part adds to a body, as `encodeOne` of a wire has to say.
 *
 * @param part a request, or a group
 * @param options how it will be written
 * @returns octets, delimiter included; a request without a `contentId` has room for four digits
 * @throws {OperationError} when a request cannot stand in a part
 * @throws {TypeError} when an option has a name that nobody reads, or is no boolean
 *
 * @example
 * ```ts
 * import { FRAME_BYTES, partBytes, writeParts } from "@rxbatch/rxbatch/mime";
 *
 * const read = { method: "GET", url: "Orders", contentId: "a" };
 * console.log(writeParts([read]).body.length === partBytes(read) + FRAME_BYTES); // true
 * ```
 */
export function partBytes(part: PartRequest | PartGroup, options: WriteOptions = NONE): number {
  // A wire asks this of every operation.
  if (options !== NONE) checkOptions("partBytes", options);
  return encodedBytes(encodedPart(part, options), MAX_NUMBER);
}

const NONE: WriteOptions = {};
const NAMES: KnownNames<WriteOptions> = { contentLength: true };
const KINDS: Kinds<WriteOptions> = { contentLength: FLAG };

function checkOptions(what: string, options: WriteOptions): void {
  checkKnownNames(`options of ${what}`, options, NAMES);
  checkKinds(options, KINDS);
}

/** Two answers of one name could not be told apart. */
function checkIds(parts: readonly EncodedPart[]): void {
  const messages = parts.flatMap((part) => "members" in part ? part.members : [part]);
  if (messages.every(({ contentId }) => contentId === undefined)) return;
  const ids = new Set(messages.map(({ contentId }, at) => contentId ?? String(at + 1)));
  if (ids.size === messages.length) return;
  throw new OperationError(
    `Cannot write parts as each contentId must be unique, and no number of another: current value is ${messages.length} requests with ${ids.size} names`,
  );
}
