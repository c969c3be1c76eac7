import { BOUNDARY_LENGTH, randomBoundary } from "./boundary.ts";
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
}

/** A multipart message as octets. */
export interface EncodedMultipart {
  /** As the Content-Type names it; it needs no quotes. */
  readonly boundary: string;
  /** From the first `--` to the last CRLF. */
  readonly bytes: Uint8Array;
}

const PART_HEAD =
  "\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ";
const PART_HEAD_END = "\r\n\r\n";
const LINE_END = "\r\n";

/** What follows the name of Content-ID in a part; few are ever needed. */
const ID_LINES: string[] = [];

function idLine(contentId: number): string {
  return ID_LINES[contentId] ??= `${contentId}${PART_HEAD_END}`;
}

/** What a part adds to a multipart message besides its message and the digits of its Content-ID. */
const FRAME_BYTES = 2 + BOUNDARY_LENGTH + PART_HEAD.length + PART_HEAD_END.length + LINE_END.length;

/** `--B--` and CRLF, which some servers need to see the end (protocol A5). */
export const CLOSE_BYTES: number = 2 + BOUNDARY_LENGTH + 4;

/** How many octets a message adds to a multipart message as its part number `contentId`. */
export function partBytes(message: EncodedMessage, contentId: number): number {
  return FRAME_BYTES + digitsOf(contentId) + message.headBytes + message.bodyBytes;
}

/** Shorter bodies of ASCII are written together with what stands before and behind them. */
const LONG_BODY_BYTES = 4_096;

const encoder = new TextEncoder();

/**
 * Writes HTTP messages as a multipart message, byte for byte as protocol A3 has it: CRLF everywhere, no preamble, no
 * epilogue, the Content-IDs from 1.
 *
 * @param messages in the order of their parts
 * @returns the octets, in one array of exactly their number, and the boundary, which is in none of the bodies
 */
export function writeMultipart(messages: readonly EncodedMessage[]): EncodedMultipart {
  const boundary = boundaryFor(messages);
  let length = CLOSE_BYTES;
  for (let at = 0; at < messages.length; at++) length += partBytes(messages[at]!, at + 1);
  const bytes = new Uint8Array(length);
  // Joined, for then it is one piece: as a tree of pieces it would be walked with each part.
  const opening = [LINE_END, "--", boundary, PART_HEAD].join("");
  let at = 0;
  /** What is not written yet, so that many small texts cost one call. */
  let text = "";
  for (let index = 0; index < messages.length; index++) {
    const { head, body, bodyBytes } = messages[index]!;
    text += index === 0 ? opening.slice(LINE_END.length) : opening;
    text += idLine(index + 1);
    if (isOctets(head)) {
      at = writeOctets(head, bytes, writeText(text, bytes, at));
      text = "";
    } else {
      for (let piece = 0; piece < head.length; piece++) text += head[piece]!;
    }
    if (body === undefined) continue;
    // One character beyond Latin-1 would double the octets of all text that it is joined with.
    if (!isOctets(body) && bodyBytes < LONG_BODY_BYTES && bodyBytes === body.length) {
      text += body;
    } else {
      at = writeText(text, bytes, at);
      at = isOctets(body) ? writeOctets(body, bytes, at) : writeText(body, bytes, at);
      text = "";
    }
  }
  const close = `${LINE_END}--${boundary}--${LINE_END}`;
  writeText(messages.length === 0 ? close.slice(LINE_END.length) : text + close, bytes, at);
  return { boundary, bytes };
}

function isOctets(value: string | EncodedHead): value is Uint8Array {
  return value instanceof Uint8Array;
}

function writeText(text: string, bytes: Uint8Array, at: number): number {
  return at + encoder.encodeInto(text, at === 0 ? bytes : bytes.subarray(at)).written;
}

function writeOctets(octets: Uint8Array, bytes: Uint8Array, at: number): number {
  bytes.set(octets, at);
  return at + octets.length;
}

function digitsOf(count: number): number {
  return count < 10 ? 1 : count < 100 ? 2 : String(count).length;
}

/** A collision is not to be expected in the life of the universe; a forged one is, unless somebody looks. */
function boundaryFor(messages: readonly EncodedMessage[]): string {
  for (;;) {
    const boundary = randomBoundary();
    if (!occursIn(messages, boundary)) return boundary;
  }
}

function occursIn(messages: readonly EncodedMessage[], boundary: string): boolean {
  let search: ByteSearch | undefined;
  return messages.some(({ body }) => {
    if (body === undefined) return false;
    if (!isOctets(body)) return body.includes(boundary);
    search ??= new ByteSearch(boundary);
    return search.find(body, 0) !== -1;
  });
}
