import { kindOf } from "../../operation/check/kind.ts";
import type { KnownNames } from "../../operation/check/known_names.ts";
import { checkOptionNames, serviceNames } from "../../options/names.ts";
import { checkedOptionHeaders } from "../../options/headers.ts";
import { nearLimitMs } from "../near_limit.ts";
import { OperationError } from "../../operation/errors.ts";
import { headerOf, setField } from "../../operation/headers.ts";
import type { ReaderLimits } from "../../mime/limits.ts";
import { parseMediaType } from "../../mime/media_type.ts";
import type { Operation } from "../../operation/operation.ts";
import type { ServiceOptions } from "../../options/options.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import { type BodyWriter, bodyWriter } from "../body_writer.ts";
import { toBase64 } from "../json/base64.ts";
import { JsonEnvelopeDecoder } from "../json/envelope.ts";
import { onPost, without } from "../headers/given.ts";
import { partIdsOf } from "../part_id.ts";
import { readGraphBody } from "../json/body.ts";
import { withLinks } from "../link_base.ts";
import { linksThrough } from "./clouds.ts";
import { TENANT } from "./context.ts";
import { type GraphPlace, graphPlaceOf } from "./url.ts";
import {
  JSON_FRAME_BYTES,
  type JsonDialect,
  JsonRequest,
  writeJsonBatch,
} from "../json_request.ts";
import {
  checkedBaseUrl,
  checkedJsonFunction,
  checkedLimits,
  refusedBaseUrl,
  type ServiceBase,
} from "../service.ts";
import type {
  BatchContext,
  BatchRequest,
  BatchShape,
  Decoder,
  EncodedOperation,
  Wire,
} from "../wire.ts";

/**
 * What `batchGraph` and `createGraphBatcher` take. There is no `continueOnError`: Graph always goes on.
 *
 * Graph throttles Outlook resources per app and mailbox, at four requests at a time, and forwards up to four requests of
 * one batch at a time, whatever their mailbox; of requests that depend on each other it forwards one at a time
 * (https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits). So one batch in flight per mailbox uses
 * the limit up, and two overrun it: `concurrencyPerContext` is 1 here, which allows one batch, or up to four chains.
 */
export interface GraphOptions extends Omit<ServiceOptions, "continueOnError"> {
  /**
   * Host and version, in one of Microsoft's clouds; https, or http on a loopback host.
   *
   * @default "https://graph.microsoft.com/v1.0/"
   */
  readonly baseUrl?: string | undefined;
  /**
   * Batch POSTs in flight for one mailbox.
   *
   * @default 1
   */
  readonly concurrencyPerContext?: number | undefined;
  /**
   * Chooses the lane, and with it the name that the token function is given. `lane` is the default: `me`, `users/…`,
   * `groups/…`, or `tenant` for everything else.
   *
   * @default the lane that the URL leads to
   */
  readonly laneOf?: ((operation: Operation, lane: string) => string) | undefined;
  /**
   * Fills batches across lanes, which Graph allows: for many mailboxes with few calls each. Pauses and
   * `concurrencyPerContext` still hold for each lane. One token must open them all; its function is given `tenant`.
   *
   * @default true when `token` is a string or a credential, which open all lanes alike, false for a function
   */
  readonly mixContexts?: boolean | undefined;
}

const DEFAULT_BASE_URL = "https://graph.microsoft.com/v1.0/";
/** Protocol C2. */
const MAX_BATCH_SIZE = 20;
const VERSION = /\/(?:v\d+\.\d+|beta)\/$/i;

const DIALECT: JsonDialect = {
  maxBatchSize: MAX_BATCH_SIZE,
  // Lower-case `content-type` was refused once (protocol C2).
  headerName: (name) => name.toLowerCase() === "content-type" ? "Content-Type" : name,
  // Microsoft's own SDK writes text in base64 too.
  foreignBody: (body) => `"${toBase64(body)}"`,
  // Without it, and a Content-Type, the whole batch is refused (protocol C2).
  emptyBody: "{}",
};

/**
 * The dialect of Microsoft Graph, v1.0 and beta: JSON batches that honour `dependsOn`.
 *
 * @param options where the service is, and how lanes are made
 * @returns the wire
 * @throws {TypeError} when an option is of the wrong type or form
 * @throws {RangeError} when a number is out of range
 *
 * @example What a wire says of an operation, without sending it
 * ```ts
 * import { get, graphWire } from "@rxbatch/rxbatch";
 *
 * const wire = graphWire();
 * const { name, url } = wire.contextOf(get("/users/danas@contoso.com/messages"));
 * console.log(name, url); // users/danas@contoso.com https://graph.microsoft.com/v1.0/$batch
 * ```
 */
export function graphWire(options: GraphOptions = {}): Wire {
  checkOptionNames(options, ownNames());
  return new GraphWire(options);
}

const ownNames = (): KnownNames<GraphOptions> => ({
  ...serviceNames(),
  baseUrl: true,
  laneOf: true,
  mixContexts: true,
});

class GraphWire implements Wire {
  readonly name = "graph";
  readonly maxBatchSize: number = MAX_BATCH_SIZE;
  readonly frameBytes: number = JSON_FRAME_BYTES;
  readonly order = "native";
  /** Protocol C3: one request of a chain at a time, four of any other batch. */
  readonly chainsPerBatch: number = 4;
  readonly nearLimitMs: typeof nearLimitMs = nearLimitMs;
  readonly #base: ServiceBase;
  readonly #limits: ReaderLimits;
  readonly #parseJson: ServiceOptions["parseJson"];
  readonly #bodyOf: BodyWriter;
  readonly #laneOf: GraphOptions["laneOf"];
  readonly #mixContexts: boolean;
  /** Graph does not hand the batch's headers on, so each operation gets those of the options. */
  readonly #defaults: Readonly<Record<string, string>>;
  readonly #headers: Readonly<Record<string, string>>;
  #lastOperation: Operation | undefined;
  #lastPlace: GraphPlace | undefined;
  #lastContext: BatchContext | undefined;

  constructor(options: GraphOptions) {
    const base = checkedBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL);
    checkVersion(base);
    this.#base = withLinks(base, options.linkBase, linksThrough(base));
    this.#limits = checkedLimits(options);
    this.#parseJson = checkedJsonFunction(options, "parseJson");
    this.#bodyOf = bodyWriter(options);
    this.#laneOf = checkedOption(options.laneOf, "laneOf", "function");
    this.#mixContexts = checkedOption(options.mixContexts, "mixContexts", "boolean") ??
      opensAll(options.token);
    const { batch, parts } = splitHeaders(checkedOptionHeaders(options));
    this.#defaults = parts;
    this.#headers = { ...batch, Accept: "application/json", "Content-Type": "application/json" };
  }

  contextOf(operation: Operation): BatchContext {
    const lane = this.#laneFor(operation, this.#placeOf(operation).lane);
    const authorization = headerOf(operation.headers, "authorization");
    if (authorization === "") {
      throw new OperationError(
        `Cannot send a ${operation.method} operation as its Authorization must not be empty: current value is an empty string`,
        { operation },
      );
    }
    // Neither a lane nor a header value holds a line end.
    const key = authorization === undefined ? lane : `${lane}\n${authorization}`;
    if (this.#lastContext?.key === key) return this.#lastContext;
    const { origin, path, query } = this.#base;
    return this.#lastContext = {
      key,
      url: `${origin}${path}$batch${query}`,
      name: this.#mixContexts ? TENANT : lane,
      authorization,
      mix: this.#mixContexts ? authorization ?? "" : undefined,
    };
  }

  encodeOne(operation: Operation): EncodedOperation {
    return this.#written(operation, this.#defaults);
  }

  #written(operation: Operation, defaults: Readonly<Record<string, string>>): JsonRequest {
    const { target } = this.#placeOf(operation);
    return new JsonRequest(operation, { target, body: this.#bodyOf(operation) }, {
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
    const { Authorization: _own, ...others } = this.#headers;
    const fixed = context.authorization === undefined ? this.#headers : others;
    const requests = operations as readonly JsonRequest[];
    const request = { method: "POST", url: context.url };
    if (given === undefined) {
      return { ...request, headers: fixed, body: writeJsonBatch(requests, shape) };
    }
    const parts = without(given, ["authorization"]);
    const rewritten = requests.map(({ operation }) => this.#written(operation as Operation, parts));
    return {
      ...request,
      headers: { ...onPost(given, context, ["prefer", "accept"]), ...fixed },
      body: writeJsonBatch(rewritten, shape),
    };
  }

  decoder(head: ResponseHead, operations: readonly Operation[]): Decoder | undefined {
    const { type } = parseMediaType(head.headers["content-type"] ?? "");
    if (type !== "application/json") return undefined;
    const ids = partIdsOf(operations);
    return new JsonEnvelopeDecoder(this.#limits, ids, readGraphBody, this.#parseJson);
  }

  /** Where it leads; `encodeOne` mostly asks right after `contextOf`. */
  #placeOf(operation: Operation): GraphPlace {
    if (operation === this.#lastOperation) return this.#lastPlace!;
    const place = graphPlaceOf(operation, this.#base);
    this.#lastOperation = operation;
    this.#lastPlace = place;
    return place;
  }

  #laneFor(operation: Operation, lane: string): string {
    if (this.#laneOf === undefined) return lane;
    const chosen: unknown = this.#laneOf(operation, lane);
    if (typeof chosen === "string" && chosen !== "" && !chosen.includes("\n")) return chosen;
    throw new OperationError(
      `Cannot send a ${operation.method} operation as laneOf must name a lane in one line: current value is ${
        typeof chosen === "string" ? `a string of ${chosen.length} characters` : kindOf(chosen)
      }`,
      { operation },
    );
  }
}

/** A function may have a token for each lane. */
function opensAll(token: GraphOptions["token"]): boolean {
  return token !== undefined && typeof token !== "function";
}

function checkVersion(base: ServiceBase): void {
  if (VERSION.test(base.path)) return;
  throw refusedBaseUrl(
    "end with a version such as v1.0 or beta",
    `a path of ${base.path.length} characters`,
  );
}

/**
 * `Authorization` is the batch's, all others are the operations'; `User-Agent` is both's, as traffic that does not say
 * whose it is on the POST is throttled first.
 */
function splitHeaders(given: Readonly<Record<string, string>>): {
  batch: Record<string, string>;
  parts: Record<string, string>;
} {
  const batch: Record<string, string> = {};
  const parts: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const lowerName = name.toLowerCase();
    if (lowerName === "authorization") batch["Authorization"] = value;
    else setField(parts, name, value);
    if (lowerName === "user-agent") batch["User-Agent"] = value;
  }
  return { batch, parts };
}

function checkedOption<T>(
  value: T | undefined,
  name: string,
  type: "function" | "boolean",
): T | undefined {
  if (value === undefined || typeof value === type) return value;
  throw new TypeError(
    `Cannot use option ${name} as it must be a ${type}: current value is ${kindOf(value)}`,
  );
}
