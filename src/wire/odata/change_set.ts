import { type EncodedChangeSet, partBytes } from "../../mime/multipart/writer.ts";
import type { SentOperation } from "../../operation/atomic.ts";
import type { MultipartOperation } from "../multipart_operation.ts";
import type { EncodedOperation } from "../wire.ts";

/** A group, or a write by itself where services of version 1 to 3 want it so, as a change set. */
export class ChangeSet implements EncodedOperation, EncodedChangeSet {
  declare readonly operation: SentOperation;
  declare readonly members: readonly MultipartOperation[];
  readonly changeSets = 1;
  /** With Content-IDs as long as that of the last, as its number is not known yet. */
  declare readonly bytes: number;

  constructor(operation: SentOperation, members: readonly MultipartOperation[], maxId: number) {
    this.operation = operation;
    this.members = members;
    this.bytes = partBytes(this, maxId);
  }

  /** Whether ids are the operations' own, as groups want them, or count from 1. */
  setIds(areOwn: boolean): void {
    for (const member of this.members) member.setIds(areOwn);
  }
}
