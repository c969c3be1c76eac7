import { setField } from "../../operation/headers.ts";
import { type HeaderRecord, Refusal } from "./http.ts";

/** A block of header lines, and where what it describes begins. */
export interface Head {
  readonly headers: HeaderRecord;
  readonly end: number;
}

/** The request line on top of that. */
export interface MessageHead extends Head {
  readonly method: string;
  readonly url: string;
}

/** RFC 9112 §5: a token, a colon right behind it, a value of visible characters, blanks and tabs. */
const HEADER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** RFC 9112 §3: single spaces, and nothing after the version. */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([^ \t]+) HTTP\/1\.1$/;

/** Headers that say how many octets a body has or how they are packed: twice would be two truths. */
const SINGLE = /^content-/;

/** Reads the headers of a part. @throws {Refusal} 400 */
export function readHead(text: string, from: number, to: number): Head {
  const { lines, end } = linesOf(text, from, to);
  return { headers: headersIn(lines), end };
}

/** Reads the head of an HTTP request. @throws {Refusal} 400 */
export function readMessage(text: string, from: number, to: number): MessageHead {
  const { lines, end } = linesOf(text, from, to);
  const match = REQUEST_LINE.exec(lines[0] ?? "");
  if (match === null) {
    throw new Refusal(
      400,
      "ErrorBatchRequestLine",
      "An operation must begin with method, URL and HTTP/1.1, a single space between them and none behind.",
    );
  }
  const headers = headersIn(lines.slice(1));
  if (headers["transfer-encoding"] !== undefined) {
    throw new Refusal(
      400,
      "ErrorBatchTransferEncoding",
      "An operation's body must not be chunked: its part has its own end.",
    );
  }
  const length = headers["content-length"];
  if (length !== undefined && !/^\d+$/.test(length)) {
    throw new Refusal(
      400,
      "ErrorBatchContentLength",
      "A Content-Length must be a whole number of octets.",
    );
  }
  return { method: match[1] as string, url: match[2] as string, headers, end };
}

function linesOf(text: string, from: number, to: number): { lines: string[]; end: number } {
  // An empty block: the empty line follows at once.
  if (text.startsWith("\r\n", from) && from + 2 <= to) return { lines: [], end: from + 2 };
  const blank = text.indexOf("\r\n\r\n", from);
  const end = blank === -1 || blank + 4 > to ? to : blank;
  const lines = text.slice(from, end).split("\r\n");
  if (lines.some((line) => line.includes("\n") || line.includes("\r"))) {
    throw new Refusal(
      400,
      "ErrorBatchBareLineFeed",
      "Every line of a batch must end in CR and LF.",
    );
  }
  if (end === to) {
    throw new Refusal(
      400,
      "ErrorBatchMissingBlankLine",
      "An empty line must end the headers of every part, and those of every operation.",
    );
  }
  return { lines, end: end + 4 };
}

function headersIn(lines: readonly string[]): HeaderRecord {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const match = HEADER.exec(line);
    if (match === null) {
      throw new Refusal(
        400,
        "ErrorBatchHeader",
        `A header must be a name, a colon and a value on one line; a line of ${line.length} characters is none.`,
      );
    }
    const name = (match[1] as string).toLowerCase();
    const value = withoutBlanks(match[2] as string);
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (known !== undefined && SINGLE.test(name)) {
      throw new Refusal(400, "ErrorBatchHeader", `The header ${name} must be given once.`);
    }
    setField(headers, name, known === undefined ? value : `${known}, ${value}`);
  }
  return headers;
}

/** Those around a value are no part of it (RFC 9110 §5.5). */
function withoutBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value[start])) start++;
  while (start < end && isBlank(value[end - 1])) end--;
  return value.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
