import { BOUNDARY_LENGTH, nestedBoundary, randomBoundary, randomDigitsOf } from "./boundary.ts";
import { ByteSearch } from "./byte_search.ts";

/**
 * A few texts of ASCII in their order, which are written fastest; if anything else is in it, octets of Latin-1 (RFC 9110
 * §5.5).
 */
export type EncodedHead = readonly string[] | Uint8Array;

/** One HTTP message, ready to stand in a part. */
export interface EncodedMessage {
  /** Start line and headers, the empty line included; may be put together when it is asked for. */
  readonly head: EncodedHead;
  /** How many octets the head has. */
  readonly headBytes: number;
  /** Text is written in UTF-8. */
  readonly body: string | Uint8Array | undefined;
  /** How many octets the body has. */
  readonly bodyBytes: number;
  /**
   * Names it in the answer, in ASCII without line ends; unique in the multipart message.
   *
   * @default its number among all messages, from 1
   */
  readonly contentId?: string | undefined;
}

/** Messages that stand in a multipart of their own: all of them are carried out, or none (OData 4.01 §11.7.7.1). */
export interface EncodedChangeSet {
  /** In the order in which they are written. */
  readonly members: readonly EncodedMessage[];
}

/** What one part of a multipart message holds. */
export type EncodedPart = EncodedMessage | EncodedChangeSet;

/** A multipart message as octets. */
export interface EncodedMultipart {
  /** As the Content-Type names it; it needs no quotes. */
  readonly boundary: string;
  /** From the first `--` to the last CRLF. */
  readonly bytes: Uint8Array;
}

const LINE_END = "\r\n";
const PART_HEAD =
  "\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ";
const PART_HEAD_END = "\r\n\r\n";
const CHANGE_SET_HEAD = "\r\nContent-Type: multipart/mixed; boundary=";

/** What follows the name of Content-ID in a part; few are ever needed. */
const ID_LINES: string[] = [];

function idLine(number: number): string {
  return ID_LINES[number] ??= `${number}${PART_HEAD_END}`;
}

/** `--B--` and CRLF, which some servers need to see the end (protocol A5). */
export const CLOSE_BYTES = 44;

/** How many octets parts and change sets add: measured by a pure call, so that who writes none need not ship it. */
const FRAME = /* @__PURE__ */ measuredFrame();

function measuredFrame() {
  const delimiter = LINE_END.length + 2 + BOUNDARY_LENGTH;
  return {
    /** Besides its message and its Content-ID. */
    part: delimiter + PART_HEAD.length + PART_HEAD_END.length,
    /** Besides its members: its part's head, and its own close delimiter. */
    changeSet: delimiter + CHANGE_SET_HEAD.length + BOUNDARY_LENGTH + PART_HEAD_END.length +
      delimiter + "--".length - LINE_END.length,
  };
}

/**
 * How many octets a part adds to a multipart message.
 *
 * @param part a message, or a change set
 * @param number of its first message among all, from 1, where that is its Content-ID
 * @returns octets, delimiter included
 */
export function partBytes(part: EncodedPart, number: number): number {
  if (isChangeSet(part)) {
    return part.members.reduce(
      (sum, member, at) => sum + partBytes(member, number + at),
      FRAME.changeSet,
    );
  }
  const idBytes = part.contentId?.length ?? digitsOf(number);
  return FRAME.part + idBytes + part.headBytes + part.bodyBytes;
}

/** Shorter bodies of ASCII are written together with what stands before and behind them. */
const LONG_BODY_BYTES = 4_096;

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * Writes HTTP messages as a multipart message, byte for byte as protocol A3 has it: CRLF everywhere, no preamble, no
 * epilogue.
 *
 * @param parts in their order
 * @returns the octets, in one array of exactly their number, and the boundary, which is in none of the bodies
 */
export function writeMultipart(parts: readonly EncodedPart[]): EncodedMultipart {
  const boundary = boundaryFor(parts);
  let length = CLOSE_BYTES;
  let number = 1;
  for (const part of parts) {
    length += partBytes(part, number);
    number += isChangeSet(part) ? part.members.length : 1;
  }
  const writer = new Writer(length);
  writer.writeParts(parts, boundary);
  return { boundary, bytes: writer.end() };
}

/** Fills one array. */
class Writer {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** What is not written yet, so that many small texts cost one call. */
  #text = "";
  #number = 1;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
  }

  writeParts(parts: readonly EncodedPart[], boundary: string): void {
    // Joined, for then it is one piece: as a tree of pieces it would be walked with each part.
    const opening = [LINE_END, "--", boundary, PART_HEAD].join("");
    let start = LINE_END.length;
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]!;
      if (isChangeSet(part)) {
        this.#writeChangeSet(part, boundary, start);
      } else {
        this.#text += start === 0 ? opening : opening.slice(start);
        this.#writeMessage(part);
      }
      start = 0;
    }
    this.#text += `${LINE_END}--${boundary}--`.slice(start);
  }

  /** The last delimiter ends in CRLF, the others in what follows. */
  end(): Uint8Array {
    this.#text += LINE_END;
    this.#flush();
    return this.#bytes;
  }

  #writeChangeSet({ members }: EncodedChangeSet, outer: string, start: number): void {
    const boundary = nestedBoundary(outer);
    this.#text += `${LINE_END}--${outer}${CHANGE_SET_HEAD}${boundary}${PART_HEAD_END}`.slice(start);
    this.writeParts(members, boundary);
  }

  #writeMessage({ head, body, bodyBytes, contentId }: EncodedMessage): void {
    this.#text += contentId === undefined ? idLine(this.#number) : contentId + PART_HEAD_END;
    this.#number++;
    if (isOctets(head)) {
      this.#writeOctets(head);
    } else {
      for (let piece = 0; piece < head.length; piece++) this.#text += head[piece]!;
    }
    if (body === undefined) return;
    if (isOctets(body)) return this.#writeOctets(body);
    // One character beyond Latin-1 would double the octets of all text that it is joined with.
    const isShort = bodyBytes < LONG_BODY_BYTES && bodyBytes === body.length;
    if (!isShort) this.#flush();
    this.#text += body;
    if (!isShort) this.#flush();
  }

  #writeOctets(octets: Uint8Array): void {
    this.#flush();
    this.#bytes.set(octets, this.#at);
    this.#at += octets.length;
  }

  #flush(): void {
    const rest = this.#at === 0 ? this.#bytes : this.#bytes.subarray(this.#at);
    this.#at += encoder.encodeInto(this.#text, rest).written;
    this.#text = "";
  }
}

function isChangeSet(part: EncodedPart): part is EncodedChangeSet {
  return "members" in part && part.members !== undefined;
}

function isOctets(value: string | EncodedHead): value is Uint8Array {
  return value instanceof Uint8Array;
}

function digitsOf(count: number): number {
  return count < 10 ? 1 : count < 100 ? 2 : String(count).length;
}

/** A collision is not to be expected in the life of the universe; a forged one is, unless somebody looks. */
function boundaryFor(parts: readonly EncodedPart[]): string {
  for (;;) {
    const boundary = randomBoundary();
    if (!occursIn(parts, randomDigitsOf(boundary))) return boundary;
  }
}

/** The digits stand in the boundaries of change sets too. */
function occursIn(parts: readonly EncodedPart[], digits: string): boolean {
  let search: ByteSearch | undefined;
  return parts.some((part) => {
    if (isChangeSet(part)) return occursIn(part.members, digits);
    const { body } = part;
    if (body === undefined) return false;
    if (!isOctets(body)) return body.includes(digits);
    search ??= new ByteSearch(digits);
    return search.find(body, 0) !== -1;
  });
}
