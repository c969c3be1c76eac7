import { encodeLatin1 } from "../mime/latin1.ts";
import { type EncodedHead, type EncodedMessage, partBytes } from "../mime/multipart_writer.ts";
import { utf8Length } from "../mime/utf8.ts";
import type { Operation } from "../operation.ts";
import type { HeaderLines } from "./request_head.ts";
import type { EncodedOperation } from "./wire.ts";

const VERSION = " HTTP/1.1\r\n";

/** What a part is made of besides its operation; many operations share it. */
export interface PartText {
  /** What the request-target begins with. */
  readonly base: string;
  /** The rest of the request-target. */
  readonly rest: string;
  readonly lines: HeaderLines;
}

/**
 * An operation with the octets of its part known. The head is put together when it is written: until then it would only
 * take memory, and more of it than all else that waits.
 */
export class MultipartOperation implements EncodedOperation, EncodedMessage {
  readonly operation: Operation;
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** With a Content-ID as long as that of the last, as its number is not known yet. */
  readonly bytes: number;
  readonly #base: string;
  readonly #rest: string;
  readonly #lines: HeaderLines;

  constructor(operation: Operation, { base, rest, lines }: PartText, maxBatchSize: number) {
    const { method, body } = operation;
    this.operation = operation;
    this.#base = base;
    this.#rest = rest;
    this.#lines = lines;
    // Method, target and names are ASCII, values Latin-1 (design rule 25): an octet a character.
    this.headBytes = method.length + 1 + base.length + rest.length + VERSION.length +
      lines.text.length;
    this.bodyBytes = body === undefined
      ? 0
      : typeof body === "string"
      ? utf8Length(body)
      : body.length;
    this.bytes = partBytes(this, maxBatchSize);
  }

  get head(): EncodedHead {
    const { text, isAscii } = this.#lines;
    const head = `${this.operation.method} ${this.#base}${this.#rest}${VERSION}${text}`;
    return isAscii ? head : encodeLatin1(head);
  }

  get body(): string | Uint8Array | undefined {
    return this.operation.body;
  }
}
