import { ByteSearch } from "./byte_search.ts";
import { tooLong } from "../limits.ts";

/** What a {@link DelimiterScanner} tells. */
export interface DelimiterSink {
  /** Octets between two delimiters, or before the first one: those of `chunk` from `start` up to `end`. */
  content(chunk: Uint8Array, start: number, end: number): void;
  /** A delimiter line: what was before is complete. */
  delimiter(): void;
  /** The close delimiter: everything is complete, the rest does not count. */
  close(): void;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const DASH = 45;

/** Within content, not at the beginning of a line. */
const CONTENT = 0;
/** After a CR that may begin a delimiter; a LF belongs to it. */
const LINE_END = 1;
/** At the beginning of a line, `#matched` octets into the dash-boundary. */
const BOUNDARY = 2;
/** After the dash-boundary, in what must be padding up to the end of the line (RFC 2046 §5.1.1). */
const PADDING = 3;
/** After the first dash of what may be a close delimiter. */
const CLOSING = 4;
/** After the CR of a delimiter line; a LF belongs to it. */
const LINE_BREAK = 5;
const CLOSED = 6;

/**
 * Cuts a stream at its delimiters, whichever way the octets come in.
 *
 * A delimiter is a whole line: line end, `--`, boundary, blanks, line end (RFC 2046 §5.1.1); each line end is CRLF, LF
 * or CR (protocol E1). The first line of all needs no line end before it. A boundary holds no CR and no LF, so a failed
 * match never hides another one: nothing has to be looked at twice.
 */
export class DelimiterScanner {
  readonly #search: ByteSearch;
  readonly #sink: DelimiterSink;
  readonly #maxPadding: number;
  #state: number = BOUNDARY;
  #matched = 0;
  #padding = 0;
  /** What a delimiter may have begun with in earlier chunks. */
  #held: number[] = [];

  /** `maxPadding`: the most blanks that a delimiter line may end with. */
  constructor(boundary: string, sink: DelimiterSink, maxPadding: number) {
    this.#search = new ByteSearch(`--${boundary}`);
    this.#sink = sink;
    this.#maxPadding = maxPadding;
  }

  /** Takes the next octets. */
  write(chunk: Uint8Array): void {
    const needleLength = this.#search.length;
    const { length } = chunk;
    let at = 0;
    /** The first octet of this chunk that the sink has not seen. */
    let start = 0;
    /** Where the octets begin that may be a delimiter, unless they began in an earlier chunk. */
    let candidate = 0;
    let isSearched = false;
    while (at < length) {
      const octet = chunk[at]!;
      switch (this.#state) {
        case CONTENT: {
          if (!isSearched && length - at > needleLength) {
            const found = this.#search.findInLine(chunk, at + 1);
            if (found !== -1) {
              candidate = found > at + 1 && chunk[found - 1] === LF && chunk[found - 2] === CR
                ? found - 2
                : found - 1;
              at = found + needleLength;
              this.#padding = 0;
              this.#state = PADDING;
              continue;
            }
            isSearched = true;
            at = this.#isEndOpen(chunk)
              // What may begin a delimiter: a line end of two octets, and what may begin the needle.
              ? Math.max(at, Math.min(length, this.#search.openFrom) - 2)
              : length;
          }
          while (at < length && chunk[at] !== LF && chunk[at] !== CR) at++;
          if (at === length) continue;
          candidate = at;
          this.#state = chunk[at] === CR ? LINE_END : BOUNDARY;
          this.#matched = 0;
          at++;
          continue;
        }
        case LINE_END:
          this.#state = BOUNDARY;
          if (octet === LF) at++;
          continue;
        case BOUNDARY:
          if (this.#search.matches(octet, this.#matched)) {
            at++;
            this.#matched++;
            if (this.#matched === needleLength) {
              this.#padding = 0;
              this.#state = PADDING;
            }
            continue;
          }
          break;
        case PADDING:
          if (octet === CR || octet === LF) {
            this.#flush(chunk, start, candidate);
            at++;
            start = candidate = at;
            this.#matched = 0;
            this.#state = octet === CR ? LINE_BREAK : BOUNDARY;
            this.#sink.delimiter();
            continue;
          }
          if (octet === SPACE || octet === TAB) {
            at++;
            this.#padding++;
            if (this.#padding > this.#maxPadding) throw tooLong(this.#maxPadding);
            continue;
          }
          if (octet === DASH && this.#padding === 0) {
            at++;
            this.#state = CLOSING;
            continue;
          }
          break;
        case CLOSING:
          if (octet === DASH) {
            this.#flush(chunk, start, candidate);
            this.#state = CLOSED;
            this.#sink.close();
            return;
          }
          break;
        case LINE_BREAK:
          if (octet === LF) at++;
          start = candidate = at;
          this.#state = BOUNDARY;
          continue;
        default:
          return;
      }
      // No delimiter after all: what was held is content, and so is the octet, unless it ends a line.
      this.#release();
      this.#state = CONTENT;
    }
    if (this.#state === CONTENT) {
      if (start < length) this.#sink.content(chunk, start, length);
    } else {
      if (candidate > start) this.#sink.content(chunk, start, candidate);
      for (let held = candidate; held < length; held++) this.#held.push(chunk[held]!);
    }
  }

  /**
   * What the delimiter of an outer multipart cuts off (RFC 2046 §5.1.2): its line end also ends a delimiter line of
   * this one, and what only looked like the beginning of a delimiter is content.
   */
  endLine(): void {
    if (this.#state === PADDING) this.#sink.delimiter();
    else this.#release();
  }

  /** Whether the end of the chunk may be the beginning of a delimiter. */
  #isEndOpen(chunk: Uint8Array): boolean {
    const last = chunk[chunk.length - 1]!;
    return last === LF || last === CR || this.#search.mayBegin(chunk[chunk.length - 2]!, last);
  }

  /** Gives the sink what precedes a delimiter; what was held belongs to the delimiter. */
  #flush(chunk: Uint8Array, start: number, candidate: number): void {
    if (this.#held.length > 0) this.#held = [];
    if (candidate > start) this.#sink.content(chunk, start, candidate);
  }

  #release(): void {
    if (this.#held.length === 0) return;
    const octets = Uint8Array.from(this.#held);
    this.#held = [];
    this.#sink.content(octets, 0, octets.length);
  }
}
