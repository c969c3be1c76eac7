import { type EncodedChangeSet, partBytes } from "../../mime/multipart/writer.ts";
import type { Operation } from "../../operation/operation.ts";
import type { MultipartOperation } from "../multipart_operation.ts";
import type { EncodedOperation } from "../wire.ts";

/** An operation in a change set of its own, as services of version 1 to 3 want each write. */
export class ChangeSetOperation implements EncodedOperation, EncodedChangeSet {
  readonly operation: Operation;
  readonly members: readonly [MultipartOperation];
  /** With a Content-ID as long as that of the last, as its number is not known yet. */
  readonly bytes: number;

  constructor(encoded: MultipartOperation, maxBatchSize: number) {
    this.operation = encoded.operation;
    this.members = [encoded];
    this.bytes = partBytes(this, maxBatchSize);
  }
}
