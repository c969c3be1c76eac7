import { lengthOf, OperationError } from "./errors.ts";
import type { StandardSchemaIssue, StandardSchemaV1 } from "./standard_schema.ts";

/** The methods that a batch can carry. */
export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * One REST call, immutable; creating one sends nothing.
 *
 * OData calls this an *individual request*, and means actions and functions when it says operation.
 */
export interface Operation<out T = unknown> {
  /** Unique in this process; what events and logs call it. */
  readonly id: number;
  /** The HTTP method. */
  readonly method: Method;
  /** Absolute, relative to the host (`/api/v2.0/me/messages`), or relative to the batch (`messages`). */
  readonly url: string;
  /** Its own headers, which win over those of the batch. */
  readonly headers: Readonly<Record<string, string>>;
  /** The serialised body: every attempt sends the same bytes. */
  readonly body: string | Uint8Array | undefined;
  /** The context of a batch-relative URL; `undefined` means `me`. */
  readonly context: string | undefined;
  /** Sent only after each of these has succeeded. */
  readonly dependsOn: readonly Operation[];
  /** Operations with one key run one after another. */
  readonly orderingKey: string | undefined;
  /** May it be sent twice? `undefined`: the method decides. */
  readonly idempotent: boolean | undefined;
  /** What the body of its answer is checked with. */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
}

/** What an operation may be given besides its URL and body: `T` is the body of its answer, `B` what `bodySchema` takes. */
export interface OperationInit<T = unknown, B = unknown> {
  /** Headers of this operation alone; they win over those of the batch. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Checks and types the body of a 2xx answer (an empty one as `undefined`): any Standard Schema, such as those of zod,
   * valibot, arktype and effect.
   */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
  /**
   * Checks the body of a `post`, `put` or `patch` before anything is sent; its output is what is serialised. Any Standard
   * Schema that answers synchronously.
   */
  readonly bodySchema?: StandardSchemaV1<B, unknown> | undefined;
  /** Sent only after each of these has succeeded; if one fails, this one fails with `DependencyError`. */
  readonly dependsOn?: readonly Operation[] | undefined;
  /** Operations with one key run one after another, in the order submitted. */
  readonly orderingKey?: string | undefined;
  /**
   * The context of a batch-relative URL: `me`, or a user as in `users('rufus@contoso.com')`.
   *
   * @default "me"
   */
  readonly context?: string | undefined;
  /**
   * You vouch that sending it twice does no harm, so that it may be repeated when nobody knows whether it ran.
   *
   * @default true for GET, HEAD, PUT and DELETE, false for POST and PATCH (RFC 9110 §9.2.2)
   */
  readonly idempotent?: boolean | undefined;
}

/** The body type of an operation. */
export type BodyOf<I> = I extends Operation<infer T> ? T : never;

/** What `post`, `put` and `patch` take: bytes and text as they are, anything else as JSON. */
export type OperationBody = string | Uint8Array | ArrayBuffer | object | number | boolean | null;

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});
const NO_OPERATIONS: readonly Operation[] = Object.freeze([]);

/** RFC 9110 §5.6.2 `token`. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5 `field-value`: visible US-ASCII and Latin-1, blanks and tabs; never CR, LF or NUL. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Anything that would end the request-target early, or that a URI cannot hold unescaped (RFC 3986 §2). */
const NOT_IN_TARGET = /[^\x21-\x7e]|#/;

let operationCount = 0;

class RestOperation<T> implements Operation<T> {
  readonly id = ++operationCount;
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly context: string | undefined;
  readonly dependsOn: readonly Operation[];
  readonly orderingKey: string | undefined;
  readonly idempotent: boolean | undefined;
  readonly schema: StandardSchemaV1<unknown, T> | undefined;
  /** Private names stay writable when the object is frozen. */
  #last: object | undefined = undefined;

  constructor(method: Method, url: string | URL, content: Content, init: OperationInit<T>) {
    this.method = method;
    this.url = checkedUrl(method, url);
    this.body = content.body;
    this.headers = headersOf(method, init.headers, content.contentType);
    this.context = init.context === undefined ? undefined : checkedContext(method, init.context);
    this.dependsOn = init.dependsOn === undefined
      ? NO_OPERATIONS
      : checkedOperations(method, init.dependsOn);
    this.orderingKey = checkedKey(method, init.orderingKey);
    this.idempotent = checkedFlag(method, init.idempotent);
    this.schema = init.schema === undefined ? undefined : checkedSchema(method, init.schema);
    Object.freeze(this);
  }

  static isOperation(value: unknown): value is Operation {
    return typeof value === "object" && value !== null && #last in value;
  }

  static last(operation: Operation): object | undefined {
    return (operation as RestOperation<unknown>).#last;
  }

  static setLast(operation: Operation, submission: object | undefined): void {
    (operation as RestOperation<unknown>).#last = submission;
  }
}

/** Was this made by `get`, `post` and their kin? */
export const isOperation: (value: unknown) => value is Operation = RestOperation.isOperation;

/** What was last kept for this operation with {@link keepSubmission}; a slot in the object is half the cost of a WeakMap. */
export const submissionOf: (operation: Operation) => object | undefined = RestOperation.last;

/** Keeps the latest submission of this operation. */
export const keepSubmission: (operation: Operation, submission: object | undefined) => void =
  RestOperation.setLast;

/** Safe methods change nothing at the server (RFC 9110 §9.2.1). */
export function isSafe(operation: Operation): boolean {
  return operation.method === "GET" || operation.method === "HEAD";
}

/** May it be repeated when nobody knows whether it ran? The caller's word counts before the method (RFC 9110 §9.2.2). */
export function isIdempotent(operation: Operation): boolean {
  return operation.idempotent ??
    (operation.method !== "POST" && operation.method !== "PATCH");
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
export function get<T = unknown>(url: string | URL, init: OperationInit<T> = {}): Operation<T> {
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
export function head<T = undefined>(url: string | URL, init: OperationInit<T> = {}): Operation<T> {
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
export function del<T = unknown>(url: string | URL, init: OperationInit<T> = {}): Operation<T> {
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
): Operation<T> {
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
): Operation<T> {
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
): Operation<T> {
  return new RestOperation("PATCH", url, contentOf("PATCH", body, init.bodySchema), init);
}

interface Content {
  readonly body: string | Uint8Array | undefined;
  readonly contentType: string | undefined;
}

const NO_CONTENT: Content = { body: undefined, contentType: undefined };

function noContent(method: Method, { bodySchema }: OperationInit): Content {
  if (bodySchema === undefined) return NO_CONTENT;
  throw refused(method, "only post, put and patch have a body", "one with a bodySchema");
}

/** Serialises here, so that later changes to the value do not count and every attempt sends the same bytes. */
function contentOf(
  method: Method,
  given: unknown,
  schema: StandardSchemaV1 | undefined,
): Content {
  const body = schema === undefined ? given : fitting(method, given, schema);
  if (body === undefined || body === null) return NO_CONTENT;
  if (typeof body === "string") return { body, contentType: "text/plain;charset=utf-8" };
  if (body instanceof Uint8Array) {
    return { body: body.slice(), contentType: "application/octet-stream" };
  }
  if (body instanceof ArrayBuffer) {
    return { body: new Uint8Array(body.slice(0)), contentType: "application/octet-stream" };
  }
  const foreign = foreignKind(body);
  if (foreign !== undefined) {
    throw refused(
      method,
      `a body must be text, a Uint8Array, an ArrayBuffer or a JSON value, read whole beforehand`,
      `a ${foreign}`,
    );
  }
  return { body: jsonOf(method, body), contentType: "application/json" };
}

/** What `bodySchema` makes of the body. */
function fitting(method: Method, body: unknown, schema: StandardSchemaV1): unknown {
  let result: ReturnType<StandardSchemaV1["~standard"]["validate"]>;
  try {
    result = checkedSchema(method, schema, "bodySchema")["~standard"].validate(body);
  } catch (cause) {
    if (cause instanceof OperationError) throw cause;
    throw refused(method, "a body must fit its bodySchema", "one on which that threw", cause);
  }
  if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
    (result as Promise<unknown>).catch(() => {});
    throw refused(method, "a bodySchema must answer at once", "one that answers with a promise");
  }
  if (typeof result !== "object" || result === null) {
    throw refused(method, "a bodySchema must answer with a result", `a ${typeof result}`);
  }
  const { issues, value } = result as { issues?: readonly StandardSchemaIssue[]; value?: unknown };
  if (issues === undefined) return value;
  throw new OperationError(
    `Cannot make a ${method} operation as a body must fit its bodySchema: current value is one with ${issues.length} issues`,
    { issues },
  );
}

/** Kinds that JSON.stringify would quietly turn into `{}`. */
function foreignKind(body: unknown): string | undefined {
  if (ArrayBuffer.isView(body)) return "view that is no Uint8Array";
  for (
    const kind of [
      "Blob",
      "FormData",
      "ReadableStream",
      "URLSearchParams",
      "SharedArrayBuffer",
      "Map",
      "Set",
      "Promise",
    ]
  ) {
    const constructor = (globalThis as Record<string, unknown>)[kind];
    if (typeof constructor === "function" && body instanceof constructor) return kind;
  }
  return undefined;
}

function jsonOf(method: Method, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw refused(method, "a body must be serialisable as JSON", `a ${typeof value}`, cause);
  }
  if (text === undefined) {
    throw refused(method, "a body must be serialisable as JSON", `a ${typeof value}`);
  }
  return text;
}

function checkedUrl(method: Method, url: string | URL): string {
  const text = typeof url === "string" ? url : url instanceof URL ? url.href : undefined;
  if (text === undefined) {
    throw refused(method, "a URL must be a string or a URL", `a ${typeof url}`);
  }
  if (text === "") throw refused(method, "a URL must not be empty", "an empty string");
  const at = text.search(NOT_IN_TARGET);
  if (at !== -1) {
    throw refused(
      method,
      "a URL must hold visible ASCII characters only, anything else percent-encoded, and no fragment",
      `${lengthOf("a URL", text)} with U+${hex(text, at)} at ${at}`,
    );
  }
  return text;
}

function headersOf(
  method: Method,
  given: Readonly<Record<string, string>> | undefined,
  contentType: string | undefined,
): Readonly<Record<string, string>> {
  if (given === undefined) {
    return contentType === undefined ? NO_HEADERS : Object.freeze({ "Content-Type": contentType });
  }
  const checked = checkedHeaders(given, (rule, value) => refused(method, rule, value));
  if (contentType !== undefined && !hasHeader(checked, "content-type")) {
    checked["Content-Type"] = contentType;
  }
  return Object.freeze(checked);
}

/** A checked copy; `refuse` makes the error, for headers stand in operations and in options. */
export function checkedHeaders(
  given: Readonly<Record<string, string>>,
  refuse: (rule: string, value: string) => Error,
): Record<string, string> {
  if (typeof given !== "object" || given === null || Symbol.iterator in given) {
    throw refuse("headers must be a plain object of strings", `a ${typeof given}`);
  }
  const seen = new Set<string>();
  const checked: Record<string, string> = {};
  for (const name of Object.keys(given)) {
    if (!TOKEN.test(name)) {
      throw refuse("a header name must be a token", lengthOf("a name", name));
    }
    const value = given[name];
    if (typeof value !== "string") {
      throw refuse("a header value must be a string", `a ${typeof value} for ${name}`);
    }
    if (!FIELD_VALUE.test(value)) {
      throw refuse(
        "a header value must hold Latin-1 characters only, and no CR, LF or NUL",
        `${lengthOf("a value", value)} for ${name}`,
      );
    }
    if (seen.has(name.toLowerCase())) {
      throw refuse("a header must be given once, whatever its letter case", `${name} twice`);
    }
    seen.add(name.toLowerCase());
    Object.defineProperty(checked, name, {
      value: value.trim(),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return checked;
}

/** Looks a header up whatever its letter case. */
export function hasHeader(headers: Readonly<Record<string, string>>, lowerName: string): boolean {
  for (const name in headers) {
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return true;
  }
  return false;
}

function checkedContext(method: Method, context: unknown): string {
  if (typeof context !== "string" || context === "") {
    throw refused(method, "a context must be a string that is not empty", `a ${typeof context}`);
  }
  if (NOT_IN_TARGET.test(context)) {
    throw refused(
      method,
      "a context must hold visible ASCII characters only",
      lengthOf("a context", context),
    );
  }
  return context;
}

function checkedOperations(method: Method, dependsOn: unknown): readonly Operation[] {
  if (!Array.isArray(dependsOn) || !dependsOn.every(isOperation)) {
    throw refused(
      method,
      "dependsOn must be an array of operations made by get, post and their kin",
      Array.isArray(dependsOn) ? "an array with something else in it" : `a ${typeof dependsOn}`,
    );
  }
  return dependsOn.length === 0 ? NO_OPERATIONS : Object.freeze([...dependsOn]);
}

function checkedKey(method: Method, key: unknown): string | undefined {
  if (key === undefined || typeof key === "string") return key;
  throw refused(method, "an orderingKey must be a string", `a ${typeof key}`);
}

/** Anything but a boolean would decide by its truth whether a mail may go out twice. */
function checkedFlag(method: Method, idempotent: unknown): boolean | undefined {
  if (idempotent === undefined || typeof idempotent === "boolean") return idempotent;
  throw refused(method, "idempotent must be a boolean", `a ${typeof idempotent}`);
}

function checkedSchema<T>(
  method: Method,
  schema: StandardSchemaV1<unknown, T>,
  name: "schema" | "bodySchema" = "schema",
): StandardSchemaV1<unknown, T> {
  if (typeof schema?.["~standard"]?.validate === "function") return schema;
  throw refused(method, `a ${name} must be a Standard Schema`, `a ${typeof schema}`);
}

function refused(method: Method, rule: string, value: string, cause?: unknown): OperationError {
  return new OperationError(
    `Cannot make a ${method} operation as ${rule}: current value is ${value}`,
    { cause },
  );
}

function hex(text: string, at: number): string {
  return text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
}
