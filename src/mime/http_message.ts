import { DecodeError } from "../errors.ts";
import { type Fields, HeadScanner } from "./head_scanner.ts";
import { tooLong } from "./limits.ts";

/** An answer out of an `application/http` part. */
export interface HttpResponseMessage {
  /** 100 to 999. */
  readonly status: number;
  /** Whatever stood after the status; nobody should rely on it (protocol E17). */
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: Fields;
  /** Everything up to the end of the part; a view. */
  readonly body: Uint8Array;
}

/** A request out of an `application/http` part. */
export interface HttpRequestMessage {
  /** As written. */
  readonly method: string;
  /** As written. */
  readonly target: string;
  /** As written, for example `HTTP/1.1`. */
  readonly version: string;
  /** Names in lower case. */
  readonly headers: Fields;
  /** Everything up to the end of the part; a view. */
  readonly body: Uint8Array;
}

/** RFC 9112 §4, the second blank and any version left to the server's taste (protocol E17). */
const STATUS_LINE = /^HTTP\/\d+(?:\.\d+)?[ \t]+([1-9]\d\d)(?:[ \t]+(.*))?$/s;
/** RFC 9112 §3. */
const REQUEST_LINE = /^([^ \t]+) ([^ \t]+) (HTTP\/\d\.\d)$/;

const scanner = new HeadScanner();

/**
 * Reads one HTTP answer that ends where its bytes end: `Content-Length` never cuts a body short (protocol E23).
 *
 * @param bytes the whole message
 * @param maxHeaderBytes the most octets before the body
 * @returns the message, its body a view of `bytes`
 * @throws {DecodeError} when it does not begin with a status line
 * @throws {LimitError} when the head is longer than `maxHeaderBytes`
 */
export function readResponse(
  bytes: Uint8Array,
  maxHeaderBytes: number = Infinity,
): HttpResponseMessage {
  const { startLine, fields, body } = readMessage(bytes, maxHeaderBytes);
  const match = STATUS_LINE.exec(startLine);
  if (match === null) {
    throw new DecodeError(
      `Cannot read an HTTP answer as it must begin with a status line: current value is a line of ${startLine.length} characters`,
    );
  }
  return { status: Number(match[1]), reason: match[2]?.trim() ?? "", headers: fields, body };
}

/**
 * Reads one HTTP request that ends where its bytes end.
 *
 * @param bytes the whole message
 * @param maxHeaderBytes the most octets before the body
 * @returns the message, its body a view of `bytes`
 * @throws {DecodeError} when it does not begin with a request line
 * @throws {LimitError} when the head is longer than `maxHeaderBytes`
 */
export function readRequest(
  bytes: Uint8Array,
  maxHeaderBytes: number = Infinity,
): HttpRequestMessage {
  const { startLine, fields, body } = readMessage(bytes, maxHeaderBytes);
  const match = REQUEST_LINE.exec(startLine);
  if (match === null) {
    throw new DecodeError(
      `Cannot read an HTTP request as it must begin with a request line: current value is a line of ${startLine.length} characters`,
    );
  }
  return { method: match[1]!, target: match[2]!, version: match[3]!, headers: fields, body };
}

function readMessage(
  bytes: Uint8Array,
  maxHeaderBytes: number,
): { startLine: string; fields: Fields; body: Uint8Array } {
  let start = 0;
  // RFC 9112 §2.2: empty lines before the start line are skipped.
  while (start < bytes.length && (bytes[start] === 13 || bytes[start] === 10)) start++;
  scanner.reset(start);
  const bodyStart = scanner.scan(bytes, bytes.length, true);
  if (bodyStart - start > maxHeaderBytes) throw tooLong(maxHeaderBytes);
  if (scanner.lineCount === 0) return { startLine: "", fields: {}, body: bytes };
  return { ...scanner.readMessage(bytes), body: bytes.subarray(bodyStart) };
}
