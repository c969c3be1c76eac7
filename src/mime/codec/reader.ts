import { kindOf } from "../../operation/check/kind.ts";
import { checkKnownNames, type KnownNames } from "../../operation/check/known_names.ts";
import { DecodeError } from "../../operation/errors.ts";
import { decodeBody as decodeOctets } from "../body.ts";
import { framedBody, hasNoBody } from "../http/body.ts";
import type { Fields } from "../http/head_scanner.ts";
import { type HttpAnswer, readFinalAnswer } from "../http/message.ts";
import { DEFAULT_LIMITS, type ReaderLimits } from "../limits.ts";
import { boundaryOf, parseMediaType } from "../media_type.ts";
import { type MimePart, MultipartReader } from "../multipart/reader.ts";
import { Octets } from "../octets.ts";

/** One answer of a batch. */
export interface PartAnswer {
  /** Which part of the outermost multipart it is, or stands in, from 0. */
  readonly place: number;
  /** In how many multiparts its own one stands: 1 for the members of a change set. */
  readonly depth: number;
  /** What the part is named, as it came; `undefined` when it has no name. One among `headers` may be the resource's own. */
  readonly contentId: string | undefined;
  /** 200 to 999; 0 when the part holds no HTTP answer, and then `bytes` are all that it holds. */
  readonly status: number;
  /** Headers of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The body; it may be a view of what came in.
   *
   * @throws {DecodeError} when it is compressed or badly chunked
   */
  readonly bytes: Uint8Array;
}

const NO_FIELDS: Fields = /* @__PURE__ */ Object.freeze({});

/** The body is looked at when somebody asks for it. */
class Answer implements PartAnswer {
  declare readonly place: number;
  declare readonly depth: number;
  declare readonly contentId: string | undefined;
  declare readonly status: number;
  declare readonly headers: Fields;
  readonly #body: Octets;

  constructor({ place, depth, contentId, body }: MimePart, message: HttpAnswer | undefined) {
    this.place = place;
    this.depth = depth;
    this.contentId = contentId;
    this.status = message?.status ?? 0;
    this.headers = message?.headers ?? NO_FIELDS;
    this.#body = message?.body ?? body;
  }

  get bytes(): Uint8Array {
    if (this.status !== 0 && hasNoBody(this.status)) return new Uint8Array(0);
    return framedBody(this.headers, this.#body).joined();
  }
}

/**
 * Reads a batch answer that is pushed in, and gives each answer out with the call that completes it.
 *
 * It takes what servers write, not only what they should: lines that end in LF, text before the first delimiter, a head
 * without its empty line. Multipart in multipart comes out flat; `place` and `depth` say where it stood. Cutting the
 * octets elsewhere changes nothing.
 *
 * @example
 * ```ts
 * import { decodeBody, PartReader } from "@rxbatch/rxbatch/mime";
 *
 * const answer = [
 *   ...["--b", "Content-Type: application/http", "Content-ID: 1", ""],
 *   ...["HTTP/1.1 200 OK", "Content-Type: application/json", "", '{"count":3}', "--b--", ""],
 * ].join("\r\n");
 *
 * const reader = new PartReader("multipart/mixed; boundary=b");
 * const parts = [...reader.write(new TextEncoder().encode(answer)), ...reader.end()];
 * for (const { contentId, status, headers, bytes } of parts) {
 *   console.log(contentId, status, decodeBody(bytes, headers["content-type"])); // 1 200 { count: 3 }
 * }
 * ```
 */
export class PartReader {
  readonly #reader: MultipartReader;
  readonly #maxHeaderBytes: number;

  /**
   * For one answer.
   *
   * @param contentType of the answer
   * @param limits what it refuses to go beyond, each by its default if it is not named
   * @throws {DecodeError} when the Content-Type names no boundary
   * @throws {TypeError} when a limit is no number, or has a name that nobody knows
   * @throws {RangeError} when a limit is no whole number from 0
   */
  constructor(contentType: string, limits: Partial<ReaderLimits> = {}) {
    const all = { ...DEFAULT_LIMITS, ...checked(limits) };
    this.#reader = new MultipartReader(boundaryOf(parseMediaType(contentType)), all);
    this.#maxHeaderBytes = all.maxPartHeaderBytes;
  }

  /** How many parts of the outermost multipart are complete. */
  get placeCount(): number {
    return this.#reader.placeCount;
  }

  /** Whether the close delimiter is in: what comes behind it is no part. */
  get isClosed(): boolean {
    return this.#reader.isClosed;
  }

  /**
   * Takes the next chunk, which must not change afterwards.
   *
   * @param chunk cut anywhere
   * @returns the answers that it completes; where the message is malformed, iterating throws after them
   * @throws {LimitError} while iterating, when a limit is passed
   */
  write(chunk: Uint8Array): Iterable<PartAnswer> {
    return this.#answers(this.#reader.write(chunk));
  }

  /**
   * The message has ended.
   *
   * @returns nothing: a part that is not closed is not complete
   * @throws {DecodeError} when the close delimiter is missing
   */
  end(): Iterable<PartAnswer> {
    // Who expects nothing does not iterate, and must hear of an answer that was cut off all the same.
    return [...this.#answers(this.#reader.end())];
  }

  *#answers(parts: Iterable<MimePart>): Iterable<PartAnswer> {
    for (const part of parts) yield new Answer(part, this.#messageIn(part));
  }

  /** One part that holds no HTTP answer takes nothing from the others. */
  #messageIn({ body }: MimePart): HttpAnswer | undefined {
    try {
      return readFinalAnswer(body, this.#maxHeaderBytes);
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }
}

/** Those that are given. */
function checked(limits: Partial<ReaderLimits>): Partial<ReaderLimits> {
  checkKnownNames("limits", limits, LIMIT_NAMES);
  const given = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of given) {
    if (typeof limit !== "number") {
      throw new TypeError(
        `Cannot use limit ${name} as it must be a number: current value is ${kindOf(limit)}`,
      );
    }
    if (!(Number.isInteger(limit) || limit === Infinity) || limit < 0) {
      throw new RangeError(
        `Cannot use limit ${name} as it must be a whole number from 0: current value is ${limit}`,
      );
    }
  }
  return Object.fromEntries(given);
}

const LIMIT_NAMES: KnownNames<ReaderLimits> = {
  maxPartHeaderBytes: true,
  maxParts: true,
  maxNestingDepth: true,
};

/**
 * A body as a value, as the doors decode it: JSON parsed, text and XML by their charset, anything else as bytes, nothing
 * as `undefined`.
 *
 * @param bytes the body
 * @param contentType its Content-Type, `undefined` when it has none
 * @returns a JSON value, a string, a Uint8Array of its own, or `undefined`
 * @throws {DecodeError} when the body is not what the Content-Type says, or nobody knows its charset
 *
 * @example
 * ```ts
 * import { decodeBody } from "@rxbatch/rxbatch/mime";
 *
 * console.log(decodeBody(Uint8Array.of(0xe9), "text/plain; charset=latin1")); // é
 * ```
 */
export function decodeBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  return decodeOctets(Octets.of(bytes), contentType);
}
