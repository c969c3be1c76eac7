import { DecodeError } from "../errors.ts";
import { type Fields, HeadScanner } from "./head_scanner.ts";
import { tooLong } from "./limits.ts";

/** An answer out of an `application/http` part. */
export interface HttpAnswer {
  /** 100 to 999. */
  readonly status: number;
  /** Whatever stood after the status; nobody should rely on it (protocol E17). */
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: Fields;
  /** Everything up to the end of the part; a view. */
  readonly body: Uint8Array;
}

/** RFC 9112 §4, with the version and the second blank left to the server's taste (protocol E17). */
const STATUS_LINE = /^HTTP\/\d+(?:\.\d+)?[ \t]+([1-9]\d\d)(?:[ \t]+(.*))?$/;

/** Reading is synchronous and calls nobody, so one scanner serves all messages. */
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
export function readHttpAnswer(bytes: Uint8Array, maxHeaderBytes: number): HttpAnswer {
  let start = 0;
  // RFC 9112 §2.2: empty lines before the start line are skipped.
  while (bytes[start] === 13 || bytes[start] === 10) start++;
  scanner.reset(start);
  const bodyStart = scanner.scan(bytes, bytes.length, true);
  if (bodyStart > maxHeaderBytes) throw tooLong(maxHeaderBytes);
  const { startLine, fields } = scanner.readMessage(bytes);
  const match = STATUS_LINE.exec(startLine);
  if (match === null) {
    throw new DecodeError(
      `Cannot read a part as it must begin with an HTTP status line: current value is a line of ${startLine.length} characters`,
    );
  }
  return {
    status: Number(match[1]),
    reason: match[2] ?? "",
    headers: fields,
    body: bytes.subarray(bodyStart),
  };
}
