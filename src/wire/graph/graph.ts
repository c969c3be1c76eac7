import { checkedOptionHeaders } from "../../options/headers.ts";
import { nearLimitMs } from "../near_limit.ts";
import type { ReaderLimits } from "../../mime/limits.ts";
import { charsetOf } from "../../mime/body.ts";
import { parseMediaType } from "../../mime/media_type.ts";
import type { Operation } from "../../operation/operation.ts";
import type { ServiceOptions } from "../../options/options.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import { type BodyWriter, bodyWriter } from "../body_writer.ts";
import { JsonEnvelopeDecoder } from "../json/envelope.ts";
import { authorizationOf } from "../headers/authorization.ts";
import { forParts, onPost } from "../headers/given.ts";
import { PlaceIds } from "../part_id.ts";
import { readGraphBody } from "../json/body.ts";
import { withLinks } from "../link_base.ts";
import { linksThrough } from "./clouds.ts";
import {
  checkedOption,
  checkNames,
  checkVersion,
  type GraphOptions,
  opensAll,
  splitHeaders,
} from "./options.ts";
import { TENANT } from "./context.ts";
import { GRAPH_JSON } from "./dialect.ts";
import { laneFor } from "./lane_of.ts";
import { serviceOf } from "./services.ts";
import { type GraphPlace, GraphUrls } from "./url.ts";
import { JSON_FRAME_BYTES, JsonRequest, writeJsonBatch } from "../json_request.ts";
import {
  checkedBaseUrl,
  checkedJsonFunction,
  checkedLimits,
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

export type { GraphOptions } from "./options.ts";

const DEFAULT_BASE_URL = "https://graph.microsoft.com/v1.0/";
/**
 * The dialect of Microsoft Graph, v1.0 and beta: JSON batches that honour `dependsOn`.
 *
 * @param options where the service is, and how lanes are made
 * @returns the wire
 * @throws {TypeError} when an option is of the wrong type or form, or has a name that nobody reads
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
  checkNames(options);
  return new GraphWire(options);
}

class GraphWire implements Wire {
  readonly name = "graph";
  readonly maxBatchSize: number = GRAPH_JSON.maxBatchSize;
  readonly frameBytes: number = JSON_FRAME_BYTES;
  readonly order = "native";
  /** Protocol C3: one request of a chain at a time, four of any other batch. */
  readonly chainsPerBatch: number = 4;
  readonly nearLimitMs: typeof nearLimitMs = nearLimitMs;
  readonly #base: ServiceBase;
  readonly #urls: GraphUrls;
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
    const base = checkedBaseUrl(options.baseUrl, DEFAULT_BASE_URL);
    checkVersion(base);
    this.#base = withLinks(base, options.linkBase, linksThrough(base));
    this.#urls = new GraphUrls(this.#base);
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
    const lane = laneFor(operation, this.#placeOf(operation).lane, this.#laneOf);
    const authorization = authorizationOf(operation);
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

  /** A 429 of files says nothing of the mail of the same user (protocol G). */
  serviceOf(operation: Operation): string | undefined {
    return serviceOf(this.#placeOf(operation).target);
  }

  #written(operation: Operation, defaults: Readonly<Record<string, string>>): JsonRequest {
    const { target } = this.#placeOf(operation);
    return new JsonRequest(operation, { target, body: this.#bodyOf(operation) }, {
      dialect: GRAPH_JSON,
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
    const parts = forParts(given);
    const rewritten = requests.map(({ operation }) => this.#written(operation as Operation, parts));
    return {
      ...request,
      headers: { ...onPost(given, context, ["prefer", "accept"]), ...fixed },
      body: writeJsonBatch(rewritten, shape),
    };
  }

  decoder(head: ResponseHead, operations: readonly Operation[]): Decoder | undefined {
    const mediaType = parseMediaType(head.headers["content-type"] ?? "");
    if (mediaType.type !== "application/json") return undefined;
    const ids = new PlaceIds(operations.length);
    const charset = charsetOf(mediaType);
    return new JsonEnvelopeDecoder(this.#limits, ids, readGraphBody, this.#parseJson, charset);
  }

  /** Where it leads; `encodeOne` mostly asks right after `contextOf`. */
  #placeOf(operation: Operation): GraphPlace {
    if (operation === this.#lastOperation) return this.#lastPlace!;
    const place = this.#urls.placeOf(operation);
    this.#lastOperation = operation;
    this.#lastPlace = place;
    return place;
  }
}
