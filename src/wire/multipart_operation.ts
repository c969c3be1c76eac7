import { encodeLatin1 } from "../mime/latin1.ts";
import { type EncodedHead, type EncodedMessage, partBytes } from "../mime/multipart/writer.ts";
import { utf8Length } from "../mime/utf8.ts";
import type { Operation } from "../operation/operation.ts";
import type { HeadTail } from "./request_head.ts";
import type { EncodedOperation } from "./wire.ts";

const LINE_END = "\r\n";

/** What a part is made of besides its operation; many operations share it. */
export interface PartText {
  /** What the request-target begins with. */
  readonly base: string;
  /** The rest of the request-target. */
  readonly rest: string;
  readonly tail: HeadTail;
  readonly body: Operation["body"];
  /** Says the octets of the body in the head. */
  readonly contentLength?: boolean | undefined;
}

/**
 * An operation with the octets of its part known. The head is put together when it is written: until then it would only
 * take memory, and more of it than all else that waits.
 */
export class MultipartOperation implements EncodedOperation, EncodedMessage {
  declare readonly operation: Operation;
  declare readonly headBytes: number;
  declare readonly bodyBytes: number;
  /** With a Content-ID as long as that of the last, as its number is not known yet. */
  declare readonly bytes: number;
  declare readonly body: Operation["body"];
  contentId: string | undefined = undefined;
  readonly #base: string;
  readonly #rest: string;
  readonly #tail: HeadTail;

  constructor(
    operation: Operation,
    { base, rest, tail, body, contentLength }: PartText,
    maxBatchSize: number,
  ) {
    const { method } = operation;
    this.operation = operation;
    this.body = body;
    this.#base = base;
    this.#rest = rest;
    this.bodyBytes = body === undefined
      ? 0
      : typeof body === "string"
      ? utf8Length(body)
      : body.length;
    this.#tail = contentLength === true && body !== undefined
      ? withLength(tail, this.bodyBytes)
      : tail;
    // Method, target and names are ASCII, values Latin-1 (design rule 25): an octet a character.
    this.headBytes = method.length + 1 + base.length + rest.length + this.#tail.text.length;
    this.bytes = partBytes(this, maxBatchSize);
  }

  /** Whether ids are the operations' own, as groups want them, or count from 1. */
  setIds(areOwn: boolean): void {
    this.contentId = areOwn ? String(this.operation.id) : undefined;
  }

  get head(): EncodedHead {
    const { text, isAscii } = this.#tail;
    const pieces = [headStart(this.operation.method, this.#base), this.#rest, text];
    return isAscii ? pieces : encodeLatin1(pieces.join(""));
  }
}

/** Of a body of octets, as many servers read by it (protocol E23). */
function withLength({ text, isAscii }: HeadTail, bodyBytes: number): HeadTail {
  const fields = text.slice(0, -LINE_END.length);
  return { text: `${fields}Content-Length: ${bodyBytes}${LINE_END}${LINE_END}`, isAscii };
}

let lastMethod = "";
let lastBase = "";
let lastStart = "";

/** What precedes the rest of the request-target; the operations of one batch mostly share it. */
function headStart(method: string, base: string): string {
  if (method !== lastMethod || base !== lastBase) {
    lastMethod = method;
    lastBase = base;
    lastStart = [method, " ", base].join("");
  }
  return lastStart;
}
