import { parseMediaType } from "../../mime/media_type.ts";
import type { ReaderLimits } from "../../mime/limits.ts";
import type { AtomicOperation, SentOperation } from "../../operation/atomic.ts";
import { OperationError } from "../../operation/errors.ts";
import { headerOf } from "../../operation/headers.ts";
import type { Operation } from "../../operation/operation.ts";
import { checkedOptionHeaders } from "../../options/headers.ts";
import type { ServiceOptions } from "../../options/options.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import { type BodyWriter, bodyWriter } from "../body_writer.ts";
import { decoderFor } from "../decoder_for.ts";
import { forParts, NONE, onPost, without } from "../headers/given.ts";
import { withLinks } from "../link_base.ts";
import { partIdsOf } from "../part_id.ts";
import {
  checkedBaseUrl,
  checkedFlag,
  checkedJsonFunction,
  checkedLimits,
  type ServiceBase,
} from "../service.ts";
import { checkPath, pathBelow, refusedUrl } from "../service_url.ts";
import type {
  BatchContext,
  BatchRequest,
  BatchShape,
  Decoder,
  EncodedOperation,
  Wire,
} from "../wire.ts";
import { checkedCount, checkWrites, type ODataOptions } from "./options.ts";

/** For messages. */
export const SERVICE = "OData";
/** Dataverse takes so many (protocol D2), nobody more. */
export const MAX_BATCH_SIZE = 1000;

/** What the two formats have in common. */
export abstract class ODataWire implements Wire {
  readonly name = "odata";
  readonly maxBatchSize: number = MAX_BATCH_SIZE;
  declare readonly rollsBack: boolean;
  declare readonly changeSetsPerBatch: number;
  abstract readonly frameBytes: number;
  abstract readonly order: "sequential" | "native";
  declare protected readonly base: ServiceBase;
  declare protected readonly bodyOf: BodyWriter;
  /** OData hands no header of the batch on, so each operation gets those of the options. */
  declare protected readonly defaults: Readonly<Record<string, string>>;
  readonly #limits: ReaderLimits;
  readonly #parseJson: ServiceOptions["parseJson"];
  readonly #headers: Readonly<Record<string, string>>;
  #lastContext: BatchContext | undefined;

  constructor(options: ODataOptions, prefer: string | undefined) {
    checkedFlag("contentLength", options.contentLength);
    checkWrites(options.writes);
    this.changeSetsPerBatch = checkedCount(options.changeSetsPerBatch);
    // OData 4.01 Protocol §11.7.7.1 demands it; of those that want change sets for every write, some do not keep to it.
    this.rollsBack = checkedFlag("rollsBack", options.rollsBack, options.writes !== "changeSet");
    this.base = withLinks(checkedBaseUrl(options.baseUrl), options.linkBase);
    this.#limits = checkedLimits(options);
    this.#parseJson = checkedJsonFunction(options, "parseJson");
    this.bodyOf = bodyWriter(options);
    const given = checkedOptionHeaders(options);
    this.defaults = forParts(given);
    this.#headers = {
      ...without(given, ["prefer", "accept"]),
      ...(prefer === undefined ? {} : { Prefer: prefer }),
    };
  }

  contextOf(operation: Operation): BatchContext {
    this.#checkUrl(operation);
    const authorization = headerOf(operation.headers, "authorization");
    if (authorization === "") throw refused(operation, "Authorization must not be empty", "empty");
    if (operation.context !== undefined) {
      throw refused(operation, "a service has no contexts", "one with a context");
    }
    const key = authorization ?? "";
    if (this.#lastContext?.key === key) return this.#lastContext;
    const { origin, path, query } = this.base;
    return this.#lastContext = {
      key,
      url: `${origin}${path}$batch${query}`,
      name: "service",
      authorization,
    };
  }

  abstract encodeOne(operation: Operation): EncodedOperation;

  abstract encodeGroup(group: AtomicOperation): EncodedOperation;

  abstract encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    shape?: BatchShape,
    given?: Readonly<Record<string, string>>,
  ): BatchRequest;

  decoder(head: ResponseHead, operations: readonly SentOperation[]): Decoder | undefined {
    return decoderFor(parseMediaType(head.headers["content-type"] ?? ""), {
      limits: this.#limits,
      parseJson: this.#parseJson,
      ids: partIdsOf(operations),
    });
  }

  protected request(
    context: BatchContext,
    { given = NONE, format }: {
      given?: Readonly<Record<string, string>> | undefined;
      format: Readonly<Record<string, string>>;
    },
    body: Uint8Array,
  ): BatchRequest {
    const own = context.authorization === undefined
      ? this.#headers
      : without(this.#headers, ["authorization"]);
    const asked = given === NONE ? NONE : onPost(given, context, ["prefer", "accept"]);
    const headers = { ...asked, ...own, ...format };
    return { method: "POST", url: context.url, headers, body };
  }

  /** Whatever its form: it must stay below the service root. */
  #checkUrl(operation: Operation): void {
    const { url } = operation;
    const path = pathBelow(operation, this.base, SERVICE);
    if (path === undefined && url.startsWith("/")) {
      throw refusedUrl(
        operation,
        SERVICE,
        "a URL with a leading slash must begin with the path of baseUrl",
      );
    }
    if (path !== "") checkPath(operation, path ?? url, SERVICE);
  }
}

function refused(operation: Operation, rule: string, value: string): OperationError {
  return new OperationError(
    `Cannot send a ${operation.method} operation through OData as ${rule}: current value is ${value}`,
    { operation },
  );
}
