import { DecodeError } from "../../operation/errors.ts";
import { isLineEnd } from "./body.ts";
import { HeadMemo } from "./head_memo.ts";
import { type Fields, HeadScanner } from "./head_scanner.ts";
import { tooLong } from "../limits.ts";
import type { Octets } from "../octets.ts";

/** An answer out of an `application/http` part. */
export interface HttpAnswer {
  /** 100 to 999. */
  readonly status: number;
  /** Whatever stood after the status; nobody should rely on it (protocol E17). */
  readonly reason: string;
  /** Names in lower case. */
  readonly headers: Fields;
  /** Everything up to the end of the part. */
  readonly body: Octets;
}

const LF = 10;
const CR = 13;
/** How many octets are put together at first to see the end of a head that the first piece does not show. */
const MORE_BYTES = 2_048;

/** RFC 9112 §4, with letter case, version and the second blank left to the server's taste (protocol E17). */
const STATUS_LINE = /^HTTP\/\d+(?:\.\d+)?[ \t]+([1-9]\d\d)(?:[ \t](.*))?$/i;

/** What stands before the body; frozen, for answers with the same head share it. */
type AnswerHead = Omit<HttpAnswer, "body">;

/** Reading is synchronous and calls nobody, so one scanner and one memo serve all messages. */
const scanner = /* @__PURE__ */ new HeadScanner();
const memo = /* @__PURE__ */ new HeadMemo<AnswerHead>();

/**
 * Reads one HTTP answer that ends where its octets end: `Content-Length` never cuts a body short (protocol E23).
 *
 * @param octets the whole message
 * @param maxHeaderBytes the most octets before the body
 * @returns the message, its body in views
 * @throws {DecodeError} when it does not begin with a status line
 * @throws {LimitError} when the head is longer than `maxHeaderBytes`
 */
export function readHttpAnswer(octets: Octets, maxHeaderBytes: number): HttpAnswer {
  // Mostly the first piece holds the head.
  let bytes = octets.first;
  let answer = readFrom(bytes, octets, maxHeaderBytes);
  while (answer === undefined) {
    if (bytes.length > maxHeaderBytes) throw tooLong(maxHeaderBytes);
    bytes = octets.upTo(Math.max(MORE_BYTES, 4 * bytes.length)).joined();
    answer = readFrom(bytes, octets, maxHeaderBytes);
  }
  return answer;
}

/**
 * The same, for what a server says in the meantime (RFC 9110 §15.2) is no answer yet.
 *
 * @param octets of all messages
 * @param maxHeaderBytes the most octets of one before its body
 * @returns the first message with a final status; `undefined` when there is none
 * @throws {DecodeError} when something does not begin with a status line
 * @throws {LimitError} when a head is longer than `maxHeaderBytes`
 */
export function readFinalAnswer(octets: Octets, maxHeaderBytes: number): HttpAnswer | undefined {
  let message = readHttpAnswer(octets, maxHeaderBytes);
  while (message.status < 200) {
    if (message.body.every(isLineEnd)) return undefined;
    message = readHttpAnswer(message.body, maxHeaderBytes);
  }
  return message;
}

/** `undefined` when the head does not end in `bytes`, with which the message begins. */
function readFrom(
  bytes: Uint8Array,
  octets: Octets,
  maxHeaderBytes: number,
): HttpAnswer | undefined {
  const known = memo.find(bytes, 0);
  if (known !== undefined && memo.length <= maxHeaderBytes) {
    return answerOf(known, octets.from(memo.length));
  }
  let start = 0;
  // RFC 9112 §2.2: empty lines before the start line are skipped.
  while (bytes[start] === CR || bytes[start] === LF) start++;
  scanner.reset(start);
  const bodyStart = scanner.scan(bytes, bytes.length, bytes.length === octets.length);
  if (bodyStart === -1) return undefined;
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
    reason: match[2]?.trimStart() ?? "",
    headers: Object.freeze(fields),
  };
  memo.keep(bytes, 0, bodyStart, head);
  return answerOf(head, octets.from(bodyStart));
}

function answerOf({ status, reason, headers }: AnswerHead, body: Octets): HttpAnswer {
  return { status, reason, headers, body };
}
