import { kindOf } from "../../operation/check/kind.ts";
import type { KnownNames } from "../../operation/check/known_names.ts";
import { checkOptionNames, serviceNames } from "../../options/names.ts";
import { checkedOptionHeaders } from "../../options/headers.ts";
import { withLinks } from "../link_base.ts";
import { OperationError } from "../../operation/errors.ts";
import { headerOf } from "../../operation/headers.ts";
import type { ReaderLimits } from "../../mime/limits.ts";
import { parseMediaType } from "../../mime/media_type.ts";
import { CLOSE_BYTES, writeMultipart } from "../../mime/multipart/writer.ts";
import type { AtomicOperation, SentOperation } from "../../operation/atomic.ts";
import { isSafe, type Operation } from "../../operation/operation.ts";
import type { ServiceOptions } from "../../options/options.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import { toBase64Url } from "../json/base64.ts";
import { decoderFor } from "../decoder_for.ts";
import { NONE, onPost, without } from "../headers/given.ts";
import { partIdsOf } from "../part_id.ts";
import {
  JSON_FRAME_BYTES,
  type JsonDialect,
  JsonGroup,
  JsonRequest,
  writeJsonBatch,
} from "../json_request.ts";
import { ChangeSet } from "./change_set.ts";
import { MultipartOperation } from "../multipart_operation.ts";
import { headTail } from "../request_head.ts";
import { checkedBaseUrl, checkedLimits, checkedParseJson, type ServiceBase } from "../service.ts";
import { checkPath, pathBelow, refusedUrl, throughBase } from "../service_url.ts";
import type {
  BatchContext,
  BatchRequest,
  BatchShape,
  Decoder,
  EncodedOperation,
  Wire,
} from "../wire.ts";

/** What `batchOData` and `createODataBatcher` take. */
export interface ODataOptions extends ServiceOptions {
  /** The service root, to which `$batch` is posted; https, or http on a loopback host. */
  readonly baseUrl: string;
  /**
   * How batches are written. `multipart` is what every OData service with batches takes, from version 3 on, and it is
   * run in order, so that whatever an error kept from running is known, and sent again. `json` is for services of
   * version 4.01: it honours `dependsOn` within a batch. Answers are read in either form.
   *
   * @default "multipart"
   */
  readonly format?: "json" | "multipart" | undefined;
  /**
   * The most operations in one batch, up to 1000.
   *
   * @default 100, the limit of many services
   */
  readonly maxBatchSize?: number | undefined;
  /**
   * How writes stand in a multipart batch: `single`, or each in a change set of its own, as services of version 1 to 3
   * want it (SAP V2, SharePoint, Azure Tables). Of the multipart format alone.
   *
   * @default "single"
   */
  readonly writes?: "single" | "changeSet" | undefined;
  /**
   * How many change sets one batch may hold: 1 for Azure Tables.
   *
   * @default any number
   */
  readonly changeSetsPerBatch?: number | undefined;
  /**
   * Writes the octets of its body into each part (protocol E23); of the multipart format alone.
   *
   * @default false
   */
  readonly contentLength?: boolean | undefined;
}

const SERVICE = "OData";
/** Dataverse takes so many (protocol D2), nobody more. */
const MAX_BATCH_SIZE = 1000;
/** The prefixed name is the one that services of 4.0 know, and those of 4.01 must (OData 4.01 Protocol §8.2.8). */
const CONTINUE_ON_ERROR = "odata.continue-on-error";

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

/**
 * The dialect of OData services in general.
 *
 * @param options where the service is, and how batches are written
 * @returns the wire
 * @throws {TypeError} when an option is of the wrong type or form
 * @throws {RangeError} when a number is out of range
 *
 * @example Decorated: a lane for each collection
 * ```ts
 * import { createBatcher, get, odataWire, type Wire } from "@rxbatch/rxbatch";
 * import { firstValueFrom } from "rxjs";
 *
 * const plain = odataWire({ baseUrl: "https://services.example.com/odata/" });
 * const wire: Wire = {
 *   name: plain.name,
 *   maxBatchSize: plain.maxBatchSize,
 *   frameBytes: plain.frameBytes,
 *   order: plain.order,
 *   contextOf(operation) {
 *     const context = plain.contextOf(operation);
 *     const collection = operation.url.split(/[(?/]/)[0]!;
 *     return { ...context, key: JSON.stringify([context.key, collection]), name: collection };
 *   },
 *   encodeOne: (operation, context) => plain.encodeOne(operation, context),
 *   encode: (operations, context, shape, headers) =>
 *     plain.encode(operations, context, shape, headers),
 *   decoder: (head, operations) => plain.decoder(head, operations),
 * };
 *
 * const batcher = createBatcher(wire, {
 *   transport: ({ url }) => {
 *     console.log(url); // https://services.example.com/odata/$batch
 *     return Promise.resolve({ status: 501, headers: {}, body: [] });
 *   },
 * });
 * await firstValueFrom(batcher.send(get("Orders(7)"))).catch(({ status }) => console.log(status)); // 501
 * ```
 */
export function odataWire(options: ODataOptions): Wire {
  checkOptionNames(options, ownNames());
  const { format = "multipart" } = options;
  if (format === "multipart") return new MultipartODataWire(options);
  if (format === "json") return new JsonODataWire(options);
  throw new TypeError(
    `Cannot use option format as it must be "json" or "multipart": current value is ${
      kindOf(format)
    }`,
  );
}

const ownNames = (): KnownNames<ODataOptions> => ({
  ...serviceNames(),
  baseUrl: true,
  format: true,
  contentLength: true,
  changeSetsPerBatch: true,
  writes: true,
});

/** What the two formats have in common. */
abstract class ODataWire implements Wire {
  readonly name = "odata";
  readonly maxBatchSize: number = MAX_BATCH_SIZE;
  /** A change set is carried out whole or not at all (OData 4.01 Protocol §11.7.7.1). */
  readonly rollsBack = true;
  readonly changeSetsPerBatch: number;
  abstract readonly frameBytes: number;
  abstract readonly order: "sequential" | "native";
  protected readonly base: ServiceBase;
  /** OData hands no header of the batch on, so each operation gets those of the options. */
  protected readonly defaults: Readonly<Record<string, string>>;
  readonly #limits: ReaderLimits;
  readonly #parseJson: ServiceOptions["parseJson"];
  readonly #headers: Readonly<Record<string, string>>;
  #lastContext: BatchContext | undefined;

  constructor(options: ODataOptions, prefer: string | undefined) {
    this.changeSetsPerBatch = checkedCount(options.changeSetsPerBatch);
    this.base = withLinks(checkedBaseUrl(options.baseUrl), options.linkBase);
    this.#limits = checkedLimits(options);
    this.#parseJson = checkedParseJson(options);
    const given = checkedOptionHeaders(options);
    // A part must not carry it (OData 4.01 Protocol §11.7.7.1).
    this.defaults = without(given, ["authorization"]);
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

/** What parts get whose operations bring none of their own. */
interface PartDefaults {
  readonly plain: Readonly<Record<string, string>>;
  readonly withHost: Readonly<Record<string, string>>;
}

class MultipartODataWire extends ODataWire {
  readonly frameBytes: number = CLOSE_BYTES;
  /** OData 4.01 Protocol §11.7.7.4. */
  readonly order = "sequential";
  /** For a path, which is not enough without a host (OData 4.01 Protocol §11.7.7.1). */
  readonly #fixed: PartDefaults;
  readonly #contentLength: boolean;
  readonly #writesInChangeSets: boolean;

  constructor(options: ODataOptions) {
    super(options, options.continueOnError === false ? undefined : CONTINUE_ON_ERROR);
    this.#fixed = this.#defaultsOf(this.defaults);
    this.#contentLength = checkedFlag("contentLength", options.contentLength);
    this.#writesInChangeSets = checkedWrites(options.writes) === "changeSet";
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

  /** The URL goes as it was written: some services take one form only (protocol D2). */
  #part(operation: Operation, { plain, withHost }: PartDefaults): MultipartOperation {
    const url = throughBase(operation, this.base, SERVICE);
    const tail = headTail(operation, url.startsWith("/") ? withHost : plain);
    const part = { base: "", rest: url, tail, contentLength: this.#contentLength };
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
    const defaults = this.#defaultsOf(without(given, ["authorization"]));
    return operations.map(({ operation }) => this.#written(operation, defaults));
  }
}

class JsonODataWire extends ODataWire {
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
    const target = below === undefined ? url : `${this.base.path}${below}`;
    return new JsonRequest(operation, target, DIALECT, defaults);
  }

  encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    shape?: BatchShape,
    given?: Readonly<Record<string, string>>,
  ): BatchRequest {
    const defaults = given === undefined ? undefined : without(given, ["authorization"]);
    const requests = defaults === undefined
      ? operations as readonly (JsonRequest | JsonGroup)[]
      : operations.map(({ operation }) => this.#written(operation, defaults));
    const format = { Accept: "application/json", "Content-Type": "application/json" };
    return this.request(context, { given, format }, writeJsonBatch(requests, shape));
  }
}

function checkedCount(count: unknown): number {
  if (count === undefined || count === Infinity) return Infinity;
  if (typeof count === "number" && Number.isInteger(count) && count > 0) return count;
  throw new RangeError(
    `Cannot use option changeSetsPerBatch as it must be a whole number from 1: current value is ${
      typeof count === "number" ? count : `a ${typeof count}`
    }`,
  );
}

function isGroup({ operation }: EncodedOperation): boolean {
  return operation.method === undefined;
}

function checkedWrites(writes: unknown): "single" | "changeSet" {
  if (writes === undefined) return "single";
  if (writes === "single" || writes === "changeSet") return writes;
  throw new TypeError(
    `Cannot use option writes as it must be "single" or "changeSet": current value is ${
      kindOf(writes)
    }`,
  );
}

function checkedFlag(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw new TypeError(
    `Cannot use option ${name} as it must be a boolean: current value is ${kindOf(value)}`,
  );
}

function refused(operation: Operation, rule: string, value: string): OperationError {
  return new OperationError(
    `Cannot send a ${operation.method} operation through OData as ${rule}: current value is ${value}`,
    { operation },
  );
}
