import { Level, type Message, type MimePart } from "./level.ts";
import { DEFAULT_LIMITS, type ReaderLimits } from "../limits.ts";

export type { MimePart } from "./level.ts";

const NO_PARTS: readonly MimePart[] = /* @__PURE__ */ Object.freeze([]);
/** The byte order mark of UTF-8, which some servers write before the first delimiter. */
const MARK: Uint8Array = /* @__PURE__ */ Uint8Array.of(0xef, 0xbb, 0xbf);

/**
 * Reads a multipart message that is pushed in, and gives each part out with the call that completes it.
 *
 * Multipart in multipart comes out flat, in wire order; a delimiter of the outer one ends the inner one (RFC 2046
 * §5.1.2). Cutting the octets elsewhere changes nothing: parts that stand before something malformed come out first.
 */
export class MultipartReader {
  readonly #level: Level;
  readonly #message: Message;
  #failure: { readonly error: unknown } | undefined;
  /** How many octets at the beginning may be a byte order mark; all of them once that is settled. */
  #marked = 0;

  /** `boundary` as the Content-Type names it, unquoted. */
  constructor(boundary: string, limits: ReaderLimits = DEFAULT_LIMITS) {
    this.#message = { limits, partCount: 0, placeCount: 0, parts: [] };
    this.#level = new Level(boundary, this.#message, 0);
  }

  /** How many parts of the outermost multipart are complete: a multipart in it that holds no part counts too. */
  get placeCount(): number {
    return this.#message.placeCount;
  }

  /** The close delimiter is there: whatever comes behind it is no part of the message. */
  get isClosed(): boolean {
    return this.#level.isClosed;
  }

  /**
   * Takes the next chunk, which must not change afterwards.
   *
   * @param chunk cut anywhere
   * @returns the parts that it completes; where the message is malformed, iterating throws after them
   * @throws {LimitError} when a limit is passed
   */
  write(chunk: Uint8Array): Iterable<MimePart> {
    if (this.#failure === undefined) {
      try {
        this.#level.write(this.#marked === MARK.length ? chunk : this.#withoutMark(chunk));
      } catch (error) {
        this.#failure = { error };
      }
    }
    return this.#completed();
  }

  /**
   * The message has ended.
   *
   * @returns nothing; a part that is not closed is not complete
   * @throws {DecodeError} when the close delimiter is missing
   */
  end(): Iterable<MimePart> {
    if (this.#failure === undefined) {
      try {
        this.#level.end();
      } catch (error) {
        this.#failure = { error };
      }
    }
    return this.#completed();
  }

  /** The mark is no line, so that the delimiter behind it stands at the beginning of one. */
  #withoutMark(chunk: Uint8Array): Uint8Array {
    let at = 0;
    for (; this.#marked < MARK.length && at < chunk.length; at++) {
      if (chunk[at] === MARK[this.#marked]) {
        this.#marked++;
        continue;
      }
      this.#level.write(MARK.subarray(0, this.#marked));
      this.#marked = MARK.length;
      break;
    }
    return chunk.subarray(at);
  }

  #completed(): Iterable<MimePart> {
    const { parts } = this.#message;
    if (parts.length > 0) this.#message.parts = [];
    if (this.#failure !== undefined) return thenThrow(parts, this.#failure.error);
    return parts.length === 0 ? NO_PARTS : parts;
  }
}

function* thenThrow(parts: readonly MimePart[], error: unknown): Iterable<MimePart> {
  yield* parts;
  throw error;
}
