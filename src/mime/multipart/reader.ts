import { DecodeError } from "../../operation/errors.ts";
import { DelimiterScanner } from "./delimiter_scanner.ts";
import type { Fields } from "../http/head_scanner.ts";
import { DEFAULT_LIMITS, type ReaderLimits, tooDeep, tooMany } from "../limits.ts";
import { boundaryOf, parseMediaType } from "../media_type.ts";
import type { Octets } from "../octets.ts";
import { PartAssembler, type PartHead } from "./part_assembler.ts";

/** A part that is no multipart itself. */
export interface MimePart {
  /** Names in lower case. */
  readonly headers: Fields;
  /** The header `content-id`, which may be known without the others. */
  readonly contentId: string | undefined;
  /** Views of the chunks, as far as these are not tiny. */
  readonly body: Octets;
  /** In how many multiparts its multipart stands: 1 for the members of a change set. */
  readonly depth: number;
}

const NO_PARTS: readonly MimePart[] = Object.freeze([]);

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

  /** `boundary` as the Content-Type names it, unquoted. */
  constructor(boundary: string, limits: ReaderLimits = DEFAULT_LIMITS) {
    this.#message = { limits, partCount: 0, parts: [] };
    this.#level = new Level(boundary, this.#message, 0);
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
        this.#level.write(chunk);
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

/** A part whose headers are read when somebody asks for them. */
class LazyPart implements MimePart {
  readonly #head: PartHead;
  readonly body: Octets;
  readonly depth: number;

  constructor({ head, body }: { head: PartHead; body: Octets }, depth: number) {
    this.#head = head;
    this.body = body;
    this.depth = depth;
  }

  get headers(): Fields {
    return this.#head.fields;
  }

  get contentId(): string | undefined {
    return this.#head.contentId;
  }
}

/** What all levels of one message share. */
interface Message {
  readonly limits: ReaderLimits;
  partCount: number;
  parts: MimePart[];
}

/** One multipart, which may stand in another. */
class Level {
  readonly #message: Message;
  readonly #depth: number;
  readonly #scanner: DelimiterScanner;
  readonly #part: PartAssembler;
  #inner: Level | undefined;
  #isOpen = false;
  #isClosed = false;
  /** Nothing but white space has come. */
  #isBlank = true;
  #length = 0;

  constructor(boundary: string, message: Message, depth: number) {
    if (depth > message.limits.maxNestingDepth) throw tooDeep(message.limits.maxNestingDepth);
    this.#message = message;
    this.#depth = depth;
    this.#scanner = new DelimiterScanner(boundary, this, message.limits.maxPartHeaderBytes);
    this.#part = new PartAssembler(message.limits.maxPartHeaderBytes);
  }

  write(octets: Uint8Array): void {
    this.#length += octets.length;
    if (this.#isBlank) this.#isBlank = octets.every(isWhiteSpace);
    this.#scanner.write(octets);
  }

  content(chunk: Uint8Array, start: number, end: number): void {
    if (this.#inner !== undefined) this.#inner.write(chunk.subarray(start, end));
    else if (this.#isOpen) this.#beginInner(this.#part.add(chunk, start, end));
  }

  delimiter(): void {
    this.#finishPart();
    this.#isOpen = true;
    const message = this.#message;
    if (message.partCount === message.limits.maxParts) throw tooMany(message.limits.maxParts);
    message.partCount++;
  }

  close(): void {
    this.#finishPart();
    this.#isClosed = true;
  }

  /** The octets end here, and nothing outside says that this is the end. */
  end(): void {
    if (this.#isClosed) return;
    // Some servers answer an empty batch with blank lines alone.
    if (this.#isBlank && this.#length > 0) return;
    throw new DecodeError(
      `Cannot read a multipart message to its end as a close delimiter must end it: current value is ${this.#length} bytes without one`,
      { isTruncated: true },
    );
  }

  /** A delimiter of the outer multipart ends this one, closed or not. */
  #endFromOutside(): void {
    if (this.#isClosed) return;
    this.#scanner.endLine();
    if (!this.#isOpen) return this.end();
    if (this.#inner !== undefined || !this.#part.isEmpty) this.#finishPart();
  }

  #beginInner(octets: Uint8Array | undefined): void {
    if (octets === undefined) return;
    const boundary = boundaryOf(parseMediaType(this.#part.multipartType!));
    this.#inner = new Level(boundary, this.#message, this.#depth + 1);
    this.#inner.write(octets);
  }

  #finishPart(): void {
    if (!this.#isOpen) return;
    if (this.#inner === undefined) this.#beginInner(this.#part.end());
    if (this.#inner === undefined) {
      this.#message.parts.push(new LazyPart(this.#part.take(), this.#depth));
    } else {
      this.#inner.#endFromOutside();
      this.#inner = undefined;
      this.#part.reset();
    }
  }
}

function isWhiteSpace(octet: number): boolean {
  return octet === 32 || (octet >= 9 && octet <= 13);
}
