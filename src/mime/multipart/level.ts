import { DecodeError } from "../../operation/errors.ts";
import { DelimiterScanner } from "./delimiter_scanner.ts";
import type { Fields } from "../http/head_scanner.ts";
import { type ReaderLimits, tooDeep, tooMany } from "../limits.ts";
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
  /** Which part of the outermost multipart it is, or stands in, from 0. */
  readonly place: number;
}

/** A part whose headers are read when somebody asks for them. */
class LazyPart implements MimePart {
  readonly #head: PartHead;
  declare readonly body: Octets;
  declare readonly depth: number;
  declare readonly place: number;

  constructor(
    { head, body }: { head: PartHead; body: Octets },
    { depth, place }: { depth: number; place: number },
  ) {
    this.#head = head;
    this.body = body;
    this.depth = depth;
    this.place = place;
  }

  get headers(): Fields {
    return this.#head.fields;
  }

  get contentId(): string | undefined {
    return this.#head.contentId;
  }
}

/** What all levels of one message share. */
export interface Message {
  readonly limits: ReaderLimits;
  partCount: number;
  placeCount: number;
  parts: MimePart[];
}

/** What stands in a part that is a multipart. */
interface Inner {
  write(octets: Uint8Array): void;
  /** A delimiter of the outer multipart ends this one, closed or not. */
  endFromOutside(): void;
}

/** A multipart that names no boundary: nothing in it can be told apart, and the parts beside it stay readable. */
const UNREADABLE: Inner = { write() {}, endFromOutside() {} };

/** One multipart, which may stand in another. */
export class Level implements Inner {
  readonly #message: Message;
  readonly #depth: number;
  readonly #scanner: DelimiterScanner;
  readonly #part: PartAssembler;
  #inner: Inner | undefined;
  #isOpen = false;
  /** Its close delimiter has come. */
  isClosed = false;
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
    this.isClosed = true;
  }

  /** The octets end here, and nothing outside says that this is the end. */
  end(): void {
    if (this.isClosed) return;
    // Some servers answer an empty batch with blank lines alone.
    if (this.#isBlank && this.#length > 0) return;
    throw new DecodeError(
      `Cannot read a multipart message to its end as a close delimiter must end it: current value is ${this.#length} bytes without one`,
      { isTruncated: true },
    );
  }

  endFromOutside(): void {
    this.#scanner.endLine();
    if (!this.#part.isEmpty) this.#finishPart();
  }

  #beginInner(octets: Uint8Array | undefined): void {
    if (octets === undefined) return;
    const boundary = innerBoundary(this.#part.multipartType!);
    this.#inner = boundary === undefined
      ? UNREADABLE
      : levelBelow(boundary, this.#message, this.#depth + 1);
    this.#inner.write(octets);
  }

  #finishPart(): void {
    if (!this.#isOpen) return;
    this.#beginInner(this.#part.end());
    if (this.#inner === undefined) {
      const where = { depth: this.#depth, place: this.#message.placeCount };
      this.#message.parts.push(new LazyPart(this.#part.take(), where));
    } else {
      this.#inner.endFromOutside();
      this.#inner = undefined;
      this.#part.reset();
    }
    if (this.#depth === 0) this.#message.placeCount++;
  }
}

/** Not in the class: compilers keep one that names itself for whoever does not use it. */
function levelBelow(boundary: string, message: Message, depth: number): Level {
  return new Level(boundary, message, depth);
}

function innerBoundary(contentType: string): string | undefined {
  try {
    return boundaryOf(parseMediaType(contentType));
  } catch {
    return undefined;
  }
}

function isWhiteSpace(octet: number): boolean {
  return octet === 32 || (octet >= 9 && octet <= 13);
}
