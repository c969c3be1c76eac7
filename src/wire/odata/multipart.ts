import { CLOSE_BYTES, writeMultipart } from "../../mime/multipart/writer.ts";
import type { AtomicOperation, SentOperation } from "../../operation/atomic.ts";
import { isSafe, type Operation } from "../../operation/operation.ts";
import { forParts } from "../headers/given.ts";
import { MultipartOperation } from "../multipart_operation.ts";
import { headTail } from "../request_head.ts";
import { checkedFlag } from "../service.ts";
import { throughBase, withoutColons } from "../service_url.ts";
import type { BatchContext, BatchRequest, BatchShape, EncodedOperation } from "../wire.ts";
import { ChangeSet } from "./change_set.ts";
import type { ODataOptions } from "./options.ts";
import { MAX_BATCH_SIZE, ODataWire, SERVICE } from "./service.ts";

/** The prefixed name is the one that services of 4.0 know, and those of 4.01 must (OData 4.01 Protocol §8.2.8). */
const CONTINUE_ON_ERROR = "odata.continue-on-error";

/** What parts get whose operations bring none of their own. */
interface PartDefaults {
  readonly plain: Readonly<Record<string, string>>;
  readonly withHost: Readonly<Record<string, string>>;
}

/** The form that every service with batches takes. */
export class MultipartODataWire extends ODataWire {
  readonly frameBytes: number = CLOSE_BYTES;
  /** OData 4.01 Protocol §11.7.7.4. */
  readonly order = "sequential";
  /** For a path, which is not enough without a host (OData 4.01 Protocol §11.7.7.1). */
  readonly #fixed: PartDefaults;
  readonly #contentLength: boolean;
  readonly #writesInChangeSets: boolean;

  constructor(options: ODataOptions) {
    super(
      options,
      checkedFlag("continueOnError", options.continueOnError, true) ? CONTINUE_ON_ERROR : undefined,
    );
    this.#fixed = this.#defaultsOf(this.defaults);
    this.#contentLength = options.contentLength === true;
    this.#writesInChangeSets = options.writes === "changeSet";
  }

  encodeOne(operation: Operation): EncodedOperation {
    return this.#written(operation, this.#fixed);
  }

  encodeGroup(group: AtomicOperation): EncodedOperation {
    return this.#written(group, this.#fixed);
  }

  #defaultsOf(plain: Readonly<Record<string, string>>): PartDefaults {
    return { plain, withHost: { Host: this.base.host, ...plain } };
  }

  #written(operation: SentOperation, defaults: PartDefaults): MultipartOperation | ChangeSet {
    if (operation.method === undefined) {
      const parts = operation.members.map((member) => this.#part(member, defaults));
      return new ChangeSet(operation, parts, operation.members.at(-1)!.id);
    }
    const encoded = this.#part(operation, defaults);
    // A change set must hold no GET (OData 4.01 Protocol §11.7.7.1).
    return this.#writesInChangeSets && !isSafe(operation)
      ? new ChangeSet(operation, [encoded], MAX_BATCH_SIZE)
      : encoded;
  }

  /** The URL goes in the form in which it was written: some services take one only (protocol D2). */
  #part(operation: Operation, { plain, withHost }: PartDefaults): MultipartOperation {
    const url = withoutColons(throughBase(operation, this.base, SERVICE));
    const tail = headTail(operation, url.startsWith("/") ? withHost : plain);
    const body = this.bodyOf(operation);
    const part = { base: "", rest: url, tail, body, contentLength: this.#contentLength };
    return new MultipartOperation(operation, part, MAX_BATCH_SIZE);
  }

  encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    _shape?: BatchShape,
    given?: Readonly<Record<string, string>>,
  ): BatchRequest {
    const parts = given === undefined
      ? operations as readonly (MultipartOperation | ChangeSet)[]
      : this.#rewritten(operations, given);
    const hasGroups = operations.some(isGroup);
    for (const part of parts) part.setIds(hasGroups);
    const { boundary, bytes } = writeMultipart(parts);
    return this.request(
      context,
      {
        given,
        format: {
          Accept: "multipart/mixed",
          "Content-Type": `multipart/mixed; boundary=${boundary}`,
        },
      },
      bytes,
    );
  }

  /** A few octets more than were counted: the limit is a soft one. */
  #rewritten(
    operations: readonly EncodedOperation[],
    given: Readonly<Record<string, string>>,
  ): readonly (MultipartOperation | ChangeSet)[] {
    const defaults = this.#defaultsOf(forParts(given));
    return operations.map(({ operation }) => this.#written(operation, defaults));
  }
}

function isGroup({ operation }: EncodedOperation): boolean {
  return operation.method === undefined;
}
