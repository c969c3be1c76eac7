import { joined, latin1, octets } from "./octets.ts";

/** A part as a test writes it. */
export interface PartText {
  /** Header lines without line ends; Latin-1. */
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** How a message is written, where it is not written as protocol A4 has it. */
export interface MultipartStyle {
  readonly boundary?: string;
  readonly lineEnd?: "\r\n" | "\n" | "\r";
  readonly preamble?: string;
  readonly epilogue?: string;
  /** Behind each delimiter. */
  readonly padding?: string;
  readonly isClosed?: boolean;
}

/** Bytes of a multipart message. */
export function multipart(parts: readonly PartText[], style: MultipartStyle = {}): Uint8Array {
  const { boundary = "b", lineEnd = "\r\n", preamble, epilogue, padding = "" } = style;
  const pieces: Uint8Array[] = [];
  if (preamble !== undefined) pieces.push(octets(preamble + lineEnd));
  for (const [index, { headers = [], body = "" }] of parts.entries()) {
    if (index > 0) pieces.push(octets(lineEnd));
    pieces.push(octets(`--${boundary}${padding}${lineEnd}`));
    for (const line of headers) pieces.push(latin1(line + lineEnd));
    pieces.push(octets(lineEnd), typeof body === "string" ? octets(body) : body);
  }
  if (style.isClosed !== false) {
    pieces.push(octets(`${lineEnd}--${boundary}--${padding}${lineEnd}`));
  }
  if (epilogue !== undefined) pieces.push(octets(epilogue));
  return joined(pieces);
}

/** An answer as a test writes it. */
export interface AnswerText {
  readonly contentId?: string | undefined;
  readonly status?: number | string;
  /** Header lines without line ends; Latin-1. */
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** The part that an answer stands in. */
export function answerPart(answer: AnswerText, lineEnd: string = "\r\n"): PartText {
  const { contentId, status = "200 OK", headers = [], body = "" } = answer;
  const partHeaders = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"];
  if (contentId !== undefined) partHeaders.push(`Content-ID: ${contentId}`);
  const head = [`HTTP/1.1 ${status}`, ...headers, "", ""].join(lineEnd);
  return {
    headers: partHeaders,
    body: joined([latin1(head), typeof body === "string" ? octets(body) : body]),
  };
}

/** Bytes of a batch answer. */
export function batchAnswer(
  answers: readonly AnswerText[],
  style: MultipartStyle = {},
): Uint8Array {
  return multipart(answers.map((answer) => answerPart(answer, style.lineEnd)), style);
}

/** A JSON answer. */
export function json(value: unknown, status: number | string = "200 OK"): AnswerText {
  return {
    status,
    headers: ["Content-Type: application/json;odata.metadata=minimal"],
    body: JSON.stringify(value),
  };
}
