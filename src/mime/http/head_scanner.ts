import { setField } from "../../operation/headers.ts";
import { decodeLatin1 } from "../latin1.ts";

/** Header fields: names in lower case, repeats joined by `, ` (RFC 9110 §5.3). */
export type Fields = Readonly<Record<string, string>>;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const SLASH = 47;
const COLON = 58;
const LETTER_T = 116;
/** `HTTP/`, as no header begins. */
const STATUS_LINE: Uint8Array = /* @__PURE__ */ Uint8Array.of(72, 84, 84, 80, SLASH);

/**
 * Finds the end of a header block in bytes that may still be growing, and reads its fields.
 *
 * Lines end with CRLF, LF or CR, each line as it likes (protocol E1). No octet is looked at twice, however the bytes
 * were cut. One scanner serves block after block.
 */
export class HeadScanner {
  /** Start and end of each line. */
  readonly #lines: number[] = [];
  #lineStart = 0;
  #at = 0;
  #mayBeMultipart = false;
  readonly #isOfPart: boolean;

  /** `isOfPart`: the block stands before an HTTP message, whose status line ends it too. */
  constructor(isOfPart = false) {
    this.#isOfPart = isOfPart;
  }

  /** Makes ready for a block that starts at `start`. */
  reset(start: number): void {
    if (this.#lines.length > 0) this.#lines.length = 0;
    this.#lineStart = start;
    this.#at = start;
    this.#mayBeMultipart = false;
  }

  /** Whether the block may name a multipart type; if not, nobody has to read its fields to know. */
  get mayBeMultipart(): boolean {
    return this.#mayBeMultipart;
  }

  /**
   * Goes on where the last call ended.
   *
   * @param bytes the same octets as before and maybe more; those from `end` on do not count
   * @param end how many octets count
   * @param isWhole whether nothing will follow: the end of the part then ends the head (protocol E7)
   * @returns where the body starts, or -1 when that cannot be said yet
   */
  scan(bytes: Uint8Array, end: number, isWhole: boolean): number {
    let at = this.#at;
    let lineStart = this.#lineStart;
    while (at < end) {
      const octet = bytes[at]!;
      if (octet > CR) {
        if (at === lineStart) {
          if (beginsBody(octet)) return at;
          const length = this.#isOfPart ? statusLineAt(bytes, at, end) : 0;
          if (length === STATUS_LINE.length) return at;
          if (at + length === end && !isWhole) break;
        }
        if (octet === SLASH && (bytes[at - 1]! | 32) === LETTER_T) this.#mayBeMultipart = true;
        at++;
        continue;
      }
      if (octet !== LF && octet !== CR) {
        at++;
        continue;
      }
      let next = at + 1;
      if (octet === CR) {
        if (next === end && !isWhole) break;
        if (next < end && bytes[next] === LF) next++;
      }
      if (at === lineStart) return next;
      this.#lines.push(lineStart, at);
      lineStart = at = next;
    }
    this.#at = at;
    this.#lineStart = lineStart;
    if (!isWhole) return -1;
    if (lineStart < end) this.#lines.push(lineStart, end);
    return end;
  }

  /** The first line, empty if there is none, and the fields after it. */
  readMessage(bytes: Uint8Array): { startLine: string; fields: Fields } {
    const lines = this.#lines;
    if (lines.length === 0) return { startLine: "", fields: {} };
    const start = lines[0]!;
    const text = decodeLatin1(bytes.subarray(start, lines[lines.length - 1]!));
    return {
      startLine: text.slice(0, lines[1]! - start),
      fields: this.#fields(bytes, text, 2),
    };
  }

  /** The fields, when there is no first line before them. */
  readFields(bytes: Uint8Array): Fields {
    const lines = this.#lines;
    if (lines.length === 0) return {};
    const text = decodeLatin1(bytes.subarray(lines[0]!, lines[lines.length - 1]!));
    return this.#fields(bytes, text, 0);
  }

  #fields(bytes: Uint8Array, text: string, firstLine: number): Fields {
    const lines = this.#lines;
    const origin = lines[0]!;
    const fields: Record<string, string> = {};
    let lastName = "";
    for (let line = firstLine; line < lines.length; line += 2) {
      const lineStart = lines[line]!;
      let valueEnd = lines[line + 1]!;
      while (valueEnd > lineStart && isBlank(bytes[valueEnd - 1]!)) valueEnd--;
      let at = lineStart;
      if (isBlank(bytes[lineStart]!)) {
        while (at < valueEnd && isBlank(bytes[at]!)) at++;
        if (lastName !== "" && at < valueEnd) {
          const folded = text.slice(at - origin, valueEnd - origin);
          const before = fields[lastName]!;
          fields[lastName] = before === "" ? folded : `${before} ${folded}`;
        }
        continue;
      }
      while (at < valueEnd && bytes[at] !== COLON) at++;
      let nameEnd = at;
      while (nameEnd > lineStart && isBlank(bytes[nameEnd - 1]!)) nameEnd--;
      if (at === valueEnd || nameEnd === lineStart) {
        lastName = "";
        continue;
      }
      do at++; while (at < valueEnd && isBlank(bytes[at]!));
      lastName = text.slice(lineStart - origin, nameEnd - origin).toLowerCase();
      addField(fields, lastName, text.slice(at - origin, valueEnd - origin));
    }
    return fields;
  }
}

/**
 * What a JSON or XML body can begin with and no header can (`{`, `[`, `<`, `"`): some servers leave out the blank line
 * before the body.
 */
function beginsBody(octet: number): boolean {
  return octet === 123 || octet === 91 || octet === 60 || octet === 34;
}

/** How many octets of {@link STATUS_LINE} stand there. */
function statusLineAt(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  while (
    length < STATUS_LINE.length && start + length < end &&
    bytes[start + length] === STATUS_LINE[length]
  ) length++;
  return length;
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}

/** Names such as `constructor` are fields like any other: what an object inherits is no text. */
function addField(fields: Record<string, string>, name: string, value: string): void {
  const earlier = fields[name];
  setField(fields, name, typeof earlier === "string" ? `${earlier}, ${value}` : value);
}
