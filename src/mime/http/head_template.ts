import { decodeLatin1 } from "../latin1.ts";

const MAX_BYTES = 512;
/** Lines that end with CRLF, and an empty one. */
const USUAL_HEAD = /^(?:[^\r\n]+\r\n)+\r\n$/;
/** A Content-ID without blanks in it, on one line. */
const ID_LINE = /((?:^|\n)content-id[ \t]*:[ \t]*)([\x21-\x7e]+)[ \t]*(?=\r\n[^ \t])/i;
const ID_NAME = /content-id/gi;

/**
 * The last part head that was read, with a gap where its Content-ID stands, if it has one.
 *
 * The part heads of one batch answer mostly differ in nothing else. To compare is several times as fast as to read, and
 * says where the head ends as well: what is kept holds its one empty line at its end, and a gap takes no line end.
 */
export class HeadTemplate {
  readonly #octets: Uint8Array = new Uint8Array(MAX_BYTES);
  #length = 0;
  #gapStart = 0;
  #gapEnd = 0;
  #idStart = 0;
  #idEnd = 0;

  /** Where the Content-ID begins in the head that was matched last; without one, it ends where it begins. */
  get idStart(): number {
    return this.#idStart;
  }

  /** Where it ends. */
  get idEnd(): number {
    return this.#idEnd;
  }

  /**
   * Is this the same head, but for its Content-ID?
   *
   * @returns where the head that begins at `start` ends; -1 when it is another one, or goes on behind `end`
   */
  match(bytes: Uint8Array, start: number, end: number): number {
    const octets = this.#octets;
    const length = this.#length;
    const gapStart = this.#gapStart;
    const gapEnd = this.#gapEnd;
    // Reading behind the end of an array is slow, so lengths are compared first.
    if (length === 0 || start + length - (gapEnd - gapStart) > end) return -1;
    for (let at = 0; at < gapStart; at++) {
      if (bytes[start + at] !== octets[at]) return -1;
    }
    const idStart = start + gapStart;
    let at = idStart;
    if (gapStart < length) {
      while (at < end && isVisible(bytes[at]!)) at++;
      if (at === idStart || at + length - gapEnd > end) return -1;
    }
    this.#idStart = idStart;
    this.#idEnd = at;
    for (let kept = gapEnd; kept < length; kept++, at++) {
      if (bytes[at] !== octets[kept]) return -1;
    }
    return at;
  }

  /** Keeps the head from `start` up to `end`, unless it is an unusual one. */
  keep(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > MAX_BYTES || this.match(bytes, start, end) === end) return;
    const octets = bytes.subarray(start, end);
    const text = decodeLatin1(octets);
    if (!USUAL_HEAD.test(text)) return;
    const gap = gapIn(text);
    if (gap === undefined) return;
    [this.#gapStart, this.#gapEnd] = gap;
    this.#length = octets.length;
    this.#octets.set(octets);
  }
}

function isVisible(octet: number): boolean {
  return octet > 32 && octet < 127;
}

/** Where the Content-ID stands; at the end, when there is none, and `undefined` when that is not easy to say. */
function gapIn(head: string): readonly [number, number] | undefined {
  const count = head.match(ID_NAME)?.length ?? 0;
  if (count === 0) return [head.length, head.length];
  const line = count === 1 ? ID_LINE.exec(head) : null;
  if (line === null) return undefined;
  const start = line.index + line[1]!.length;
  return [start, start + line[2]!.length];
}
