import { type EncodedHead, type EncodedMessage, partBytes } from "../mime/multipart_writer.ts";
import { utf8Length } from "../mime/utf8.ts";
import type { Operation } from "../operation.ts";
import type { EncodedOperation } from "./wire.ts";

/** An operation with the octets of its part known. */
export class MultipartOperation implements EncodedOperation, EncodedMessage {
  readonly operation: Operation;
  readonly head: EncodedHead;
  readonly body: string | Uint8Array | undefined;
  readonly bodyBytes: number;
  /** With a Content-ID as long as that of the last, as its number is not known yet. */
  readonly bytes: number;

  /** `head`: start line, headers and the empty line. */
  constructor(operation: Operation, head: EncodedHead, maxBatchSize: number) {
    const { body } = operation;
    this.operation = operation;
    this.head = head;
    this.body = body;
    this.bodyBytes = body === undefined
      ? 0
      : typeof body === "string"
      ? utf8Length(body)
      : body.length;
    this.bytes = partBytes(this, maxBatchSize);
  }
}
