import type { AtomicOperation, SentOperation } from "../../operation/atomic.ts";
import type { Operation } from "../../operation/operation.ts";
import { forParts } from "../headers/given.ts";
import { toBase64Url } from "../json/base64.ts";
import {
  JSON_FRAME_BYTES,
  type JsonDialect,
  JsonRequest,
  writeJsonBatch,
} from "../json_request.ts";
import { JsonGroup } from "../json/group.ts";
import { pathBelow, withoutColons } from "../service_url.ts";
import type { BatchContext, BatchRequest, BatchShape, EncodedOperation } from "../wire.ts";
import type { ODataOptions } from "./options.ts";
import { MAX_BATCH_SIZE, ODataWire, SERVICE } from "./service.ts";

const utf8 = /* @__PURE__ */ new TextDecoder();

/** OData 4.01 JSON Format §19.1. */
const DIALECT: JsonDialect = {
  maxBatchSize: MAX_BATCH_SIZE,
  headerName: (name) => name.toLowerCase(),
  foreignBody: (body, isText) =>
    JSON.stringify(
      isText ? (typeof body === "string" ? body : utf8.decode(body)) : toBase64Url(body),
    ),
  emptyBody: undefined,
};

/** The form of services of version 4.01. */
export class JsonODataWire extends ODataWire {
  readonly frameBytes: number = JSON_FRAME_BYTES;
  readonly order = "native";

  constructor(options: ODataOptions) {
    // Silence means true here (OData 4.01 JSON Format §19.4). To say so makes some services run what depends on a failure,
    // and to deny it makes them refuse the batch (protocol G).
    super(options, undefined);
  }

  /** A URL is relative, or an absolute path (OData 4.01 JSON Format §19.1). */
  encodeOne(operation: Operation): JsonRequest {
    return this.#request(operation, this.defaults);
  }

  encodeGroup(group: AtomicOperation): EncodedOperation {
    return this.#written(group, this.defaults);
  }

  #written(
    operation: SentOperation,
    defaults: Readonly<Record<string, string>>,
  ): JsonRequest | JsonGroup {
    if (operation.method !== undefined) return this.#request(operation, defaults);
    return new JsonGroup(
      operation,
      operation.members.map((member) => this.#request(member, defaults)),
    );
  }

  #request(operation: Operation, defaults: Readonly<Record<string, string>>): JsonRequest {
    const { url } = operation;
    const below = pathBelow(operation, this.base, SERVICE);
    const target = below === undefined ? withoutColons(url) : `${this.base.path}${below}`;
    return new JsonRequest(operation, { target, body: this.bodyOf(operation) }, {
      dialect: DIALECT,
      defaults,
    });
  }

  encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    shape?: BatchShape,
    given?: Readonly<Record<string, string>>,
  ): BatchRequest {
    const defaults = given === undefined ? undefined : forParts(given);
    const requests = defaults === undefined
      ? operations as readonly (JsonRequest | JsonGroup)[]
      : operations.map(({ operation }) => this.#written(operation, defaults));
    const format = { Accept: "application/json", "Content-Type": "application/json" };
    return this.request(context, { given, format }, writeJsonBatch(requests, shape));
  }
}
