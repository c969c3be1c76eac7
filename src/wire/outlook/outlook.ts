import { kindOf } from "../../operation/check/kind.ts";
import type { KnownNames } from "../../operation/check/known_names.ts";
import { checkOptionNames, serviceNames } from "../../options/names.ts";
import { checkedOptionHeaders } from "../../options/headers.ts";
import { nearLimitMs } from "../near_limit.ts";
import { withLinks } from "../link_base.ts";
import { OperationError } from "../../operation/errors.ts";
import { headerOf, setField } from "../../operation/headers.ts";
import { parseMediaType } from "../../mime/media_type.ts";
import { CLOSE_BYTES, writeMultipart } from "../../mime/multipart/writer.ts";
import type { ReaderLimits } from "../../mime/limits.ts";
import type { Operation } from "../../operation/operation.ts";
import type { ServiceOptions } from "../../options/options.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import { type BodyWriter, bodyWriter } from "../body_writer.ts";
import { decoderFor } from "../decoder_for.ts";
import { partIdsOf } from "../part_id.ts";
import { type Mailbox, ME } from "./mailbox.ts";
import { MultipartOperation } from "../multipart_operation.ts";
import { OutlookUrls, type Place } from "./url.ts";
import { NONE, onPost } from "../headers/given.ts";
import { headTail } from "../request_head.ts";
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

/** What `batchOutlook` and `createOutlookBatcher` take. */
export interface OutlookOptions extends ServiceOptions {
  /**
   * Host and version; `…/api/beta/` selects the beta rules. https, or http on a loopback host.
   *
   * @default "https://outlook.office.com/api/v2.0/"
   */
  readonly baseUrl?: string | undefined;
  /**
   * The value of `x-AnchorMailbox`, with which Outlook finds the mailbox's server at once.
   *
   * @default the address in `users('…')`, if it is one
   */
  readonly anchorMailbox?: string | undefined;
}

const DEFAULT_BASE_URL = "https://outlook.office.com/api/v2.0/";
/** Protocol A1 row 11. */
const MAX_BATCH_SIZE = 20;
const VERSION = /\/(?:v\d+(?:\.\d+)?|(beta))\/$/i;
const CONTINUE_ON_ERROR = "odata.continue-on-error";

/**
 * The dialect of Outlook REST v2.0 and beta: multipart batches, run in any order.
 *
 * @param options where the service is, and what goes with every batch
 * @returns the wire
 * @throws {TypeError} when an option is of the wrong type or form
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

const ownNames = (): KnownNames<OutlookOptions> => ({
  ...serviceNames(),
  baseUrl: true,
  anchorMailbox: true,
});

/** What `contextOf` gives. */
interface OutlookContext extends BatchContext {
  /** The user's, for `x-AnchorMailbox`. */
  readonly address: string | undefined;
  /** What a request-target begins with, without and with a slash at its end. */
  readonly root: string;
  readonly folder: string;
}

class OutlookWire implements Wire {
  readonly name = "outlook";
  readonly maxBatchSize: number = MAX_BATCH_SIZE;
  readonly frameBytes: number = CLOSE_BYTES;
  /** Protocol A1 row 28. */
  readonly order = "any";
  readonly nearLimitMs: typeof nearLimitMs = nearLimitMs;
  readonly #base: ServiceBase;
  readonly #isBeta: boolean;
  readonly #urls: OutlookUrls;
  readonly #limits: ReaderLimits;
  readonly #parseJson: ServiceOptions["parseJson"];
  readonly #bodyOf: BodyWriter;
  /** The batch's own headers, those of the options first. */
  readonly #headers: Readonly<Record<string, string>>;
  /** What operations get that bring none of their own. */
  readonly #defaults: Readonly<Record<string, string>>;
  readonly #hasAnchor: boolean;
  /** For as long as a mailbox is remembered. */
  readonly #plainContexts = new WeakMap<Mailbox, OutlookContext>();
  #lastContext: OutlookContext;
  #lastOperation: Operation | undefined;
  #lastPlace: Place | undefined;

  constructor(options: OutlookOptions) {
    this.#base = withLinks(checkedBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL), options.linkBase);
    this.#isBeta = isBeta(this.#base);
    this.#urls = new OutlookUrls(this.#base, this.#isBeta);
    this.#limits = checkedLimits(options);
    this.#parseJson = checkedJsonFunction(options, "parseJson");
    this.#bodyOf = bodyWriter(options);
    const given = checkedOptionHeaders(options);
    const prefer = headerOf(given, "prefer");
    this.#defaults = prefer === undefined ? {} : { Prefer: prefer };
    this.#headers = batchHeaders(given, options);
    this.#hasAnchor = headerOf(this.#headers, "x-anchormailbox") !== undefined;
    this.#lastContext = this.#plainContext(ME);
  }

  contextOf(operation: Operation): BatchContext {
    const place = this.#placeOf(operation);
    const { mailbox } = place;
    const { name } = mailbox;
    const authorization = headerOf(operation.headers, "authorization");
    const last = this.#lastContext;
    if (last.name === name && last.authorization === authorization) return last;
    if (authorization === "") {
      throw new OperationError(
        `Cannot send a ${operation.method} operation as its Authorization must not be empty: current value is an empty string`,
        { operation },
      );
    }
    return this.#lastContext = authorization === undefined
      ? this.#plainContext(mailbox)
      : this.#context(mailbox, authorization);
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
    return new MultipartOperation(operation, { base, rest, tail, body }, MAX_BATCH_SIZE);
  }

  encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    _shape?: BatchShape,
    given: Readonly<Record<string, string>> = NONE,
  ): BatchRequest {
    const prefer = headerOf(given, "prefer");
    const parts = (operations as readonly MultipartOperation[]).map((part) =>
      prefer === undefined ? part : this.#written(part.operation, context, { Prefer: prefer })
    );
    const { boundary, bytes } = writeMultipart(parts);
    const headers = onPost(given, context, ["prefer"]);
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
      ids: partIdsOf(operations),
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

  /** That of all operations without a token of their own: with mailboxes in turn, each would have one made. */
  #plainContext(mailbox: Mailbox): OutlookContext {
    let context = this.#plainContexts.get(mailbox);
    if (context === undefined) {
      context = this.#context(mailbox, undefined);
      this.#plainContexts.set(mailbox, context);
    }
    return context;
  }

  #context({ name, address }: Mailbox, authorization: string | undefined): OutlookContext {
    const { origin, path, query } = this.#base;
    // Protocol A1 row 2: the beta preview knows one mailbox, and no context in the URL.
    const segment = this.#isBeta && name === "me" ? "" : `${name}/`;
    return {
      // Neither a name nor a header value holds a line end.
      key: authorization === undefined ? name : `${name}\n${authorization}`,
      url: `${origin}${path}${segment}$batch${query}`,
      name,
      address,
      root: `${path}${name}`,
      folder: `${path}${name}/`,
      authorization,
    };
  }
}

function isBeta(base: ServiceBase): boolean {
  const version = VERSION.exec(base.path);
  if (version === null) {
    throw refusedBaseUrl(
      "end with a version such as v2.0 or beta",
      `a path of ${base.path.length} characters`,
    );
  }
  return version[1] !== undefined;
}

/**
 * The batch's own headers but for the Content-Type.
 *
 * No Accept: Outlook applies the batch's headers to every operation (protocol A1 row 17), so it would ask each resource
 * for multipart. Without it the answer is of the request's type (OData 4.01 Protocol §11.7.1).
 */
function batchHeaders(
  given: Readonly<Record<string, string>>,
  options: OutlookOptions,
): Readonly<Record<string, string>> {
  const { anchorMailbox } = options;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const lowerName = name.toLowerCase();
    if (lowerName === "prefer") continue;
    if (lowerName === "x-anchormailbox" && anchorMailbox !== undefined) continue;
    setField(headers, name, value);
  }
  if (anchorMailbox !== undefined) headers["x-AnchorMailbox"] = checkedAnchor(anchorMailbox);
  if (options.continueOnError !== false) headers["Prefer"] = CONTINUE_ON_ERROR;
  return headers;
}

function checkedAnchor(anchorMailbox: unknown): string {
  if (typeof anchorMailbox === "string" && /^[\x21-\x7e]+$/.test(anchorMailbox)) {
    return anchorMailbox;
  }
  throw new TypeError(
    `Cannot use option anchorMailbox as it must hold visible ASCII characters only: current value is ${
      typeof anchorMailbox === "string"
        ? `a string of ${anchorMailbox.length} characters`
        : kindOf(anchorMailbox)
    }`,
  );
}
