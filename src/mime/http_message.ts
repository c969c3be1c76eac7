import { DecodeError } from "../errors.ts";
import { HeadMemo } from "./head_memo.ts";
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

const LF = 10;
const CR = 13;

/** RFC 9112 §4, with the version and the second blank left to the server's taste (protocol E17). */
const STATUS_LINE = /^HTTP\/\d+(?:\.\d+)?[ \t]+([1-9]\d\d)(?:[ \t]+(.*))?$/;

/** What stands before the body; frozen, for answers with the same head share it. */
type AnswerHead = Omit<HttpAnswer, "body">;

/** Reading is synchronous and calls nobody, so one scanner and one memo serve all messages. */
const scanner = new HeadScanner();
const memo = new HeadMemo<AnswerHead>();

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
  const known = memo.find(bytes, 0);
  if (known !== undefined && memo.length <= maxHeaderBytes) {
    return answerOf(known, bytes.subarray(memo.length));
  }
  let start = 0;
  // RFC 9112 §2.2: empty lines before the start line are skipped.
  while (bytes[start] === CR || bytes[start] === LF) start++;
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
  const head = {
    status: Number(match[1]),
    reason: match[2] ?? "",
    headers: Object.freeze(fields),
  };
  memo.keep(bytes, 0, bodyStart, head);
  return answerOf(head, bytes.subarray(bodyStart));
}

function answerOf({ status, reason, headers }: AnswerHead, body: Uint8Array): HttpAnswer {
  return { status, reason, headers, body };
}
