import { checkOptionNames } from "../../options/names.ts";
import { checkedOptionHeaders } from "../../options/headers.ts";
import { nearLimitMs } from "../near_limit.ts";
import { withLinks } from "../link_base.ts";
import { headerOf, setField } from "../../operation/headers.ts";
import { parseMediaType } from "../../mime/media_type.ts";
import { CLOSE_BYTES, writeMultipart } from "../../mime/multipart/writer.ts";
import type { ReaderLimits } from "../../mime/limits.ts";
import type { Operation } from "../../operation/operation.ts";
import type { ServiceOptions } from "../../options/options.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import { type BodyWriter, bodyWriter } from "../body_writer.ts";
import { decoderFor } from "../decoder_for.ts";
import { PlaceIds } from "../part_id.ts";
import { type OutlookContext, OutlookContexts } from "./context.ts";
import { ME } from "./mailbox.ts";
import { batchHeaders, isBeta, type OutlookOptions, ownNames } from "./options.ts";
import { MultipartOperation } from "../multipart_operation.ts";
import { OutlookUrls, type Place } from "./url.ts";
import { authorizationOf } from "../headers/authorization.ts";
import { NONE, onPost } from "../headers/given.ts";
import { preferencesForParts } from "../headers/prefer.ts";
import { headTail } from "../request_head.ts";
import { checkedBaseUrl, checkedFlag, checkedJsonFunction, checkedLimits } from "../service.ts";
import type {
  BatchContext,
  BatchRequest,
  BatchShape,
  Decoder,
  EncodedOperation,
  Wire,
} from "../wire.ts";

export type { OutlookOptions } from "./options.ts";

const DEFAULT_BASE_URL = "https://outlook.office.com/api/v2.0/";
/** Protocol A1 row 11. */
const MAX_BATCH_SIZE = 20;

/**
 * The dialect of Outlook REST v2.0 and beta: multipart batches, run in any order.
 *
 * @param options where the service is, and what goes with every batch
 * @returns the wire
 * @throws {TypeError} when an option is of the wrong type or form, or has a name that nobody reads
 * @throws {RangeError} when a number is out of range
 *
 * @example What a wire says of an operation, without sending it
 * ```ts
 * import { get, outlookWire } from "@rxbatch/rxbatch";
 *
 * const { name, url } = outlookWire().contextOf(get("messages"));
 * console.log(name, url); // me https://outlook.office.com/api/v2.0/me/$batch
 * ```
 */
export function outlookWire(options: OutlookOptions = {}): Wire {
  checkOptionNames(options, ownNames());
  return new OutlookWire(options);
}

class OutlookWire implements Wire {
  readonly name = "outlook";
  readonly maxBatchSize: number = MAX_BATCH_SIZE;
  readonly frameBytes: number = CLOSE_BYTES;
  /** Protocol A1 row 28. */
  readonly order = "any";
  readonly nearLimitMs: typeof nearLimitMs = nearLimitMs;
  readonly #urls: OutlookUrls;
  readonly #limits: ReaderLimits;
  readonly #parseJson: ServiceOptions["parseJson"];
  readonly #bodyOf: BodyWriter;
  /** The batch's own headers, those of the options first. */
  readonly #headers: Readonly<Record<string, string>>;
  /** What operations get that bring none of their own. */
  readonly #defaults: Readonly<Record<string, string>>;
  /** Lower-case names of what a function's headers give way to: `Prefer`, and the batch's own. */
  readonly #ownNames: readonly string[];
  readonly #hasAnchor: boolean;
  readonly #contentLength: boolean;
  readonly #contexts: OutlookContexts;
  #lastContext: OutlookContext;
  #lastOperation: Operation | undefined;
  #lastPlace: Place | undefined;

  constructor(options: OutlookOptions) {
    const base = withLinks(checkedBaseUrl(options.baseUrl, DEFAULT_BASE_URL), options.linkBase);
    const hasBetaRules = isBeta(base);
    this.#urls = new OutlookUrls(base, hasBetaRules);
    this.#limits = checkedLimits(options);
    this.#parseJson = checkedJsonFunction(options, "parseJson");
    this.#bodyOf = bodyWriter(options);
    const given = checkedOptionHeaders(options);
    this.#defaults = preferOf(given);
    this.#headers = batchHeaders(given, options);
    this.#ownNames = ["prefer", ...Object.keys(this.#headers).map((name) => name.toLowerCase())];
    this.#hasAnchor = headerOf(this.#headers, "x-anchormailbox") !== undefined;
    this.#contentLength = checkedFlag("contentLength", options.contentLength);
    this.#contexts = new OutlookContexts(base, hasBetaRules);
    this.#lastContext = this.#contexts.of(ME, undefined);
  }

  contextOf(operation: Operation): BatchContext {
    const place = this.#placeOf(operation);
    const { mailbox } = place;
    const { name } = mailbox;
    const authorization = authorizationOf(operation);
    const last = this.#lastContext;
    if (last.name === name && last.authorization === authorization) return last;
    return this.#lastContext = this.#contexts.of(mailbox, authorization);
  }

  encodeOne(operation: Operation, context: BatchContext): EncodedOperation {
    return this.#written(operation, context, this.#defaults);
  }

  #written(
    operation: Operation,
    context: BatchContext,
    defaults: Readonly<Record<string, string>>,
  ): MultipartOperation {
    const { rest } = this.#placeOf(operation);
    const { root, folder } = context as OutlookContext;
    const base = rest === "" || rest.startsWith("?") ? root : folder;
    const tail = headTail(operation, defaults);
    const body = this.#bodyOf(operation);
    const part = { base, rest, tail, body, contentLength: this.#contentLength };
    return new MultipartOperation(operation, part, MAX_BATCH_SIZE);
  }

  encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    _shape?: BatchShape,
    given: Readonly<Record<string, string>> = NONE,
  ): BatchRequest {
    const prefer = preferOf(given);
    const parts = (operations as readonly MultipartOperation[]).map((part) =>
      prefer === NONE ? part : this.#written(part.operation, context, prefer)
    );
    const { boundary, bytes } = writeMultipart(parts);
    const headers = onPost(given, context, this.#ownNames);
    for (const name in this.#headers) {
      // The operations' own token goes in its place.
      if (context.authorization !== undefined && name.toLowerCase() === "authorization") continue;
      setField(headers, name, this.#headers[name]!);
    }
    const { address } = context as OutlookContext;
    const hasAnchor = this.#hasAnchor || headerOf(given, "x-anchormailbox") !== undefined;
    if (address !== undefined && !hasAnchor) headers["x-AnchorMailbox"] = address;
    headers["Content-Type"] = `multipart/mixed; boundary=${boundary}`;
    return { method: "POST", url: context.url, headers, body: bytes };
  }

  decoder(head: ResponseHead, operations: readonly Operation[]): Decoder | undefined {
    return decoderFor(parseMediaType(head.headers["content-type"] ?? ""), {
      limits: this.#limits,
      parseJson: this.#parseJson,
      ids: new PlaceIds(operations.length),
    });
  }

  /** Where it leads; `encodeOne` mostly asks right after `contextOf`. */
  #placeOf(operation: Operation): Place {
    if (operation === this.#lastOperation) return this.#lastPlace!;
    const place = this.#urls.placeOf(operation);
    this.#lastOperation = operation;
    this.#lastPlace = place;
    return place;
  }
}

/** What each operation prefers, which is no matter of the batch as a whole. */
function preferOf(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const prefer = preferencesForParts(headerOf(given, "prefer") ?? "");
  return prefer === "" ? NONE : { Prefer: prefer };
}
