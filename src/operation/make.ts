import { checkedAccount } from "./check/account.ts";
import {
  BYTES_TYPE,
  checkedSchema,
  type Content,
  contentOf,
  type ContentType,
  JSON_TYPE,
  noContent,
  TEXT_TYPE,
} from "./check/body.ts";
import { checkedHeaders, hasHeader } from "./headers.ts";
import { Identity } from "./identity.ts";
import type { AnyOperation, Method, Operation, OperationBody, OperationInit } from "./operation.ts";
import { refusedOperation as refused } from "./check/refused.ts";
import { checkedRetry } from "./check/retry.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";
import { checkedContext, checkedUrl } from "./check/url.ts";
import { checkedKey, checkedLabel, checkedOperations } from "./check/init.ts";

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});
/** Shared, for most operations have no other header. */
const CONTENT_TYPE_ALONE: Readonly<Record<ContentType, Readonly<Record<string, string>>>> = {
  [JSON_TYPE]: Object.freeze({ "Content-Type": JSON_TYPE }),
  [TEXT_TYPE]: Object.freeze({ "Content-Type": TEXT_TYPE }),
  [BYTES_TYPE]: Object.freeze({ "Content-Type": BYTES_TYPE }),
};
class RestOperation<T> extends Identity implements Operation<T> {
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly context: string | undefined;
  readonly dependsOn: readonly AnyOperation[];
  readonly orderingKey: string | undefined;
  readonly idempotent: boolean | undefined;
  readonly read: "bytes" | "text" | undefined;
  readonly account: string | undefined;
  readonly retry: Operation["retry"];
  readonly label: string | undefined;
  readonly schema: StandardSchemaV1<unknown, T> | undefined;

  constructor(method: Method, url: string | URL, content: Content, init: OperationInit<T>) {
    super();
    this.method = method;
    this.url = checkedUrl(method, url);
    this.body = content.body;
    this.headers = headersOf(method, init.headers, content.contentType);
    this.context = init.context === undefined ? undefined : checkedContext(method, init.context);
    this.dependsOn = checkedOperations(method, init.dependsOn);
    this.orderingKey = checkedKey(method, init.orderingKey);
    this.idempotent = checkedFlag(method, init.idempotent);
    this.read = checkedRead(method, init.read);
    this.account = checkedAccount(method, init.account);
    this.retry = checkedRetry(method, init.retry);
    this.label = checkedLabel(method, init.label);
    this.schema = init.schema === undefined ? undefined : checkedSchema(method, init.schema);
    Object.freeze(this);
  }
}

/**
 * Reads.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init headers, schema, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed
 *
 * @example
 * ```ts
 * import { get } from "@rxbatch/rxbatch";
 *
 * const unread = get("messages?$filter=IsRead%20eq%20false&$top=5");
 * const events = get("events", { context: "users('rufus@contoso.com')" });
 * ```
 */
export function get<T = unknown>(
  url: string | URL,
  init: OperationInit<T> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("GET", url, noContent("GET", init), init);
}

/**
 * Reads status and headers alone; the body of its answer is `undefined`.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init headers, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed
 */
export function head<T = undefined>(
  url: string | URL,
  init: OperationInit<T> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("HEAD", url, noContent("HEAD", init), init);
}

/**
 * Deletes.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init headers (`If-Match`, for example), order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed
 */
export function del<T = unknown>(
  url: string | URL,
  init: OperationInit<T> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("DELETE", url, noContent("DELETE", init), init);
}

/**
 * Creates, or calls an action.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init headers, schemas, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or the body does not fit `bodySchema`
 * (`issues`) or cannot be serialised
 *
 * @example
 * ```ts
 * import { post } from "@rxbatch/rxbatch";
 *
 * const draft = post("messages", { Subject: "Lunch?" });
 * const sent = post("messages/42/send", undefined, { dependsOn: [draft] });
 * ```
 */
export function post<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init: OperationInit<T, B> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("POST", url, contentOf("POST", body, init.bodySchema), init);
}

/**
 * Replaces.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init headers, schemas, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or the body does not fit `bodySchema`
 * (`issues`) or cannot be serialised
 */
export function put<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init: OperationInit<T, B> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("PUT", url, contentOf("PUT", body, init.bodySchema), init);
}

/**
 * Changes some properties.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init headers, schemas, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or the body does not fit `bodySchema`
 * (`issues`) or cannot be serialised
 */
export function patch<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init: OperationInit<T, B> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("PATCH", url, contentOf("PATCH", body, init.bodySchema), init);
}

function headersOf(
  method: Method,
  given: Readonly<Record<string, string>> | undefined,
  contentType: ContentType | undefined,
): Readonly<Record<string, string>> {
  if (given === undefined) {
    return contentType === undefined ? NO_HEADERS : CONTENT_TYPE_ALONE[contentType];
  }
  const checked = checkedHeaders(given, (rule, value) => refused(method, rule, value));
  if (contentType !== undefined && !hasHeader(checked, "content-type")) {
    checked["Content-Type"] = contentType;
  }
  return Object.freeze(checked);
}

/** Anything but a boolean would decide by its truth whether a mail may go out twice. */
function checkedFlag(method: Method, idempotent: unknown): boolean | undefined {
  if (idempotent === undefined || typeof idempotent === "boolean") return idempotent;
  throw refused(method, "idempotent must be a boolean", `a ${typeof idempotent}`);
}

function checkedRead(method: Method, read: unknown): "bytes" | "text" | undefined {
  if (read === undefined || read === "bytes" || read === "text") return read;
  throw refused(method, 'read must be "bytes" or "text"', `a ${typeof read}`);
}
