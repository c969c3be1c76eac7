import type { StandardSchemaV1 } from "./standard_schema.ts";

/** The methods that a batch can carry. */
export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "MERGE" | "DELETE";

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
  /**
   * The serialised body: every attempt sends the same bytes.
   *
   * @throws {OperationError} when there is none before option `stringifyJson` has written it, as of a BigInt
   */
  readonly body: string | Uint8Array | undefined;
  /** Whose a batch-relative URL is; `undefined`: what the URL says, else that of the wire (`me` for Outlook and Graph). */
  readonly context: string | undefined;
  /** Runs only after each of these has succeeded; where the service honours that itself, it may be in the same batch. */
  readonly dependsOn: readonly AnyOperation[];
  /** Operations with one key run one after another. */
  readonly orderingKey: string | undefined;
  /** May it be sent twice? `undefined`: the method decides. */
  readonly idempotent: boolean | undefined;
  /** The body of its answer as it came, not parsed. */
  readonly read: "bytes" | "text" | undefined;
  /** Whose token opens it; `undefined`: that of the context. */
  readonly account: string | undefined;
  /** What was said of trying it again; `undefined`: nothing. */
  readonly retry: false | { readonly statuses: readonly number[] } | undefined;
  /** Statuses of 400 and more that count as an answer. */
  readonly okStatuses: readonly number[] | undefined;
  /** What events, traces and errors call it besides its number. */
  readonly label: string | undefined;
  /** What the body of its answer is checked with. */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
}

/**
 * An operation that needs answers first: made by `after` from what its parents got, once all of them have succeeded.
 *
 * `method`, `url` and `body` are never there, so that `operation.method === undefined` tells it from an {@link Operation}.
 */
export interface DerivedOperation<out T = unknown> {
  /** Unique in this process; what events and logs call it. */
  readonly id: number;
  /** Its parents, and what else it waits for: each of them has to succeed first. */
  readonly dependsOn: readonly AnyOperation[];
  /** Operations with one key run one after another. */
  readonly orderingKey: string | undefined;
  /** What events, traces and errors call it besides its number. */
  readonly label: string | undefined;
  /** Never there. */
  readonly method?: undefined;
  /** Never there. */
  readonly url?: undefined;
  /** Never there. */
  readonly body?: undefined;
  /** Never there: it carries the type of the body that the operation built from it gets. */
  readonly "~body"?: T;
}

/** Whatever can be submitted. */
export type AnyOperation<T = unknown> = Operation<T> | DerivedOperation<T>;

/** What an operation may be given besides its URL and body: `T` is the body of its answer, `B` what `bodySchema` takes. */
export interface OperationInit<T = unknown, B = unknown> {
  /**
   * Headers of this operation alone; they win over those of the batch.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Checks and types the body of a 2xx answer (an empty one as `undefined`): any Standard Schema, such as those of zod,
   * valibot, arktype and effect.
   *
   * @default none: the body is taken as it comes
   */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
  /**
   * Checks the body of a `post`, `put`, `patch` or `merge` before anything is sent; its output is what is serialised. Any
   * Standard Schema that answers synchronously.
   *
   * @default none
   */
  readonly bodySchema?: StandardSchemaV1<B, unknown> | undefined;
  /**
   * The body of the answer as it came, not parsed: its bytes, or their text. Of a JSON batch it is the text that stood
   * there, numbers beyond 2^53 included.
   *
   * @default the Content-Type decides
   */
  readonly read?: "bytes" | "text" | undefined;
  /**
   * Runs only after each of these has succeeded; if one fails, this one fails with `DependencyError`. Where the service
   * honours that itself (Graph), it may be in the same batch.
   *
   * @default none
   */
  readonly dependsOn?: readonly AnyOperation[] | undefined;
  /**
   * Operations with one key run one after another, in the order submitted.
   *
   * @default none
   */
  readonly orderingKey?: string | undefined;
  /**
   * Whose a batch-relative URL is: `me`, or a user as in `users('rufus@contoso.com')`. A service of OData has none.
   *
   * @default what the URL says, else that of the wire: `me` for Outlook and Graph
   */
  readonly context?: string | undefined;
  /**
   * You vouch that sending it twice does no harm, so that it may be repeated when nobody knows whether it ran.
   *
   * @default true for GET, HEAD, PUT and DELETE, false for POST, PATCH and MERGE (RFC 9110 §9.2.2)
   */
  readonly idempotent?: boolean | undefined;
  /**
   * Whose token opens it, where one batcher serves many people: it is part of the lane, so that two accounts never share
   * a batch, and `token` is given it. It is never sent and never logged.
   *
   * @default none: one account for all
   */
  readonly account?: string | undefined;
  /**
   * `false`: it is never sent again once a byte of it may have left, whatever the answer. `statuses`: answers of it that
   * you vouch did not run it, so that it goes again after a pause; the batcher's budgets and its `retry: false` hold. A
   * group goes again when each of its members names the status.
   *
   * @default what the batcher's `retry` says
   */
  readonly retry?: false | { readonly statuses: readonly number[] } | undefined;
  /**
   * Statuses of 400 and more that count as an answer, such as the 404 of a second delete: then the operation has
   * succeeded, the body is `undefined`, no `schema` is asked and nothing is repeated. 401 and 424 cannot be among them.
   *
   * @default none
   */
  readonly okStatuses?: readonly number[] | undefined;
  /**
   * A name that is safe to log: events, traces and errors carry it beside the operation's number.
   *
   * @default none
   */
  readonly label?: string | undefined;
}

/** The body type of an operation. */
export type BodyOf<O> = O extends Operation<infer T> ? T
  : O extends DerivedOperation<infer T> ? T
  : never;

/**
 * What `post`, `put`, `patch` and `merge` take: bytes and text as they are, anything else as JSON; a BigInt wants option
 * `stringifyJson`.
 */
export type OperationBody =
  | string
  | Uint8Array
  | ArrayBuffer
  | object
  | number
  | bigint
  | boolean
  | null;

/** Safe methods change nothing at the server (RFC 9110 §9.2.1); a group, which has none, is all writes. */
export function isSafe({ method }: { readonly method?: Method | undefined }): boolean {
  return method === "GET" || method === "HEAD";
}

/** May it be repeated when nobody knows whether it ran? The caller's word counts before the method (RFC 9110 §9.2.2). */
export function isIdempotent(operation: Operation): boolean {
  return operation.idempotent ??
    (operation.method !== "POST" && operation.method !== "PATCH" && operation.method !== "MERGE");
}
