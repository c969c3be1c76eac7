import { contentOf, noContent } from "./check/body.ts";
import { checkedInit } from "./check/init_names.ts";
import type { Operation, OperationBody, OperationInit } from "./operation.ts";
import { RestOperation } from "./rest_operation.ts";

/**
 * Reads. An answer with one of `okStatuses` has no body, and the type says so.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init with the statuses of 400 and more that count as an answer
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or `init` is no object
 * @throws {TypeError} when a member has a name that nobody reads, or one status is in `okStatuses` and in `retry.statuses`
 */
export function get<T = unknown>(
  url: string | URL,
  init: OperationInit<T> & { readonly okStatuses: readonly number[] },
): Operation<NoInfer<T> | undefined>;
/**
 * Reads.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init headers, schema, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or `init` is no object
 * @throws {TypeError} when a member has a name that nobody reads
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
  init?: OperationInit<T>,
): Operation<NoInfer<T>>;
export function get<T = unknown>(
  url: string | URL,
  init: OperationInit<T> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("GET", url, noContent("GET", checkedInit("GET", init)), init);
}

/**
 * Reads status and headers alone. An answer with one of `okStatuses` has no body, and the type says so.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init with the statuses of 400 and more that count as an answer
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or `init` is no object
 * @throws {TypeError} when a member has a name that nobody reads, or one status is in `okStatuses` and in `retry.statuses`
 */
export function head<T = undefined>(
  url: string | URL,
  init: OperationInit<T> & { readonly okStatuses: readonly number[] },
): Operation<NoInfer<T> | undefined>;
/**
 * Reads status and headers alone; the body of its answer is `undefined`.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init headers, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or `init` is no object
 * @throws {TypeError} when a member has a name that nobody reads
 */
export function head<T = undefined>(
  url: string | URL,
  init?: OperationInit<T>,
): Operation<NoInfer<T>>;
export function head<T = undefined>(
  url: string | URL,
  init: OperationInit<T> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("HEAD", url, noContent("HEAD", checkedInit("HEAD", init)), init);
}

/**
 * Deletes. An answer with one of `okStatuses` has no body, and the type says so.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init with the statuses of 400 and more that count as an answer
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or `init` is no object
 * @throws {TypeError} when a member has a name that nobody reads, or one status is in `okStatuses` and in `retry.statuses`
 */
export function del<T = unknown>(
  url: string | URL,
  init: OperationInit<T> & { readonly okStatuses: readonly number[] },
): Operation<NoInfer<T> | undefined>;
/**
 * Deletes.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param init headers (`If-Match`, for example), order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, or `init` is no object
 * @throws {TypeError} when a member has a name that nobody reads
 */
export function del<T = unknown>(
  url: string | URL,
  init?: OperationInit<T>,
): Operation<NoInfer<T>>;
export function del<T = unknown>(
  url: string | URL,
  init: OperationInit<T> = {},
): Operation<NoInfer<T>> {
  return new RestOperation("DELETE", url, noContent("DELETE", checkedInit("DELETE", init)), init);
}

/**
 * Creates, or calls an action. An answer with one of `okStatuses` has no body, and the type says so.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init with the statuses of 400 and more that count as an answer
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads, or one status is in `okStatuses` and in `retry.statuses`
 */
export function post<T = unknown, B = OperationBody>(
  url: string | URL,
  body: NoInfer<B> | undefined,
  init: OperationInit<T, B> & { readonly okStatuses: readonly number[] },
): Operation<NoInfer<T> | undefined>;
/**
 * Creates, or calls an action.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init headers, schemas, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads
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
  init?: OperationInit<T, B>,
): Operation<NoInfer<T>>;
export function post<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init: OperationInit<T, B> = {},
): Operation<NoInfer<T>> {
  return new RestOperation(
    "POST",
    url,
    contentOf("POST", body, checkedInit("POST", init).bodySchema),
    init,
  );
}

/**
 * Replaces. An answer with one of `okStatuses` has no body, and the type says so.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init with the statuses of 400 and more that count as an answer
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads, or one status is in `okStatuses` and in `retry.statuses`
 */
export function put<T = unknown, B = OperationBody>(
  url: string | URL,
  body: NoInfer<B> | undefined,
  init: OperationInit<T, B> & { readonly okStatuses: readonly number[] },
): Operation<NoInfer<T> | undefined>;
/**
 * Replaces.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init headers, schemas, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads
 */
export function put<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init?: OperationInit<T, B>,
): Operation<NoInfer<T>>;
export function put<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init: OperationInit<T, B> = {},
): Operation<NoInfer<T>> {
  return new RestOperation(
    "PUT",
    url,
    contentOf("PUT", body, checkedInit("PUT", init).bodySchema),
    init,
  );
}

/**
 * Changes some properties. An answer with one of `okStatuses` has no body, and the type says so.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init with the statuses of 400 and more that count as an answer
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads, or one status is in `okStatuses` and in `retry.statuses`
 */
export function patch<T = unknown, B = OperationBody>(
  url: string | URL,
  body: NoInfer<B> | undefined,
  init: OperationInit<T, B> & { readonly okStatuses: readonly number[] },
): Operation<NoInfer<T> | undefined>;
/**
 * Changes some properties.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init headers, schemas, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads
 */
export function patch<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init?: OperationInit<T, B>,
): Operation<NoInfer<T>>;
export function patch<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init: OperationInit<T, B> = {},
): Operation<NoInfer<T>> {
  return new RestOperation(
    "PATCH",
    url,
    contentOf("PATCH", body, checkedInit("PATCH", init).bodySchema),
    init,
  );
}

/**
 * Changes some properties at services of version 1 to 3, which know no PATCH. An answer with one of `okStatuses` has no
 * body, and the type says so.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init with the statuses of 400 and more that count as an answer
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads, or one status is in `okStatuses` and in `retry.statuses`
 */
export function merge<T = unknown, B = OperationBody>(
  url: string | URL,
  body: NoInfer<B> | undefined,
  init: OperationInit<T, B> & { readonly okStatuses: readonly number[] },
): Operation<NoInfer<T> | undefined>;
/**
 * Changes some properties at services of version 1 to 3 (SAP V2, Azure Tables), which know no PATCH.
 *
 * @param url absolute, relative to the host, or relative to the batch
 * @param body bytes and text go as they are, anything else as JSON; `null` and `undefined` mean none
 * @param init headers, schemas, order, context
 * @returns the operation; nothing is sent yet
 * @throws {OperationError} when the URL, a header or another member is malformed, `init` is no object, or the body does
 * not fit `bodySchema` (`issues`) or cannot be serialised
 * @throws {TypeError} when a member has a name that nobody reads
 */
export function merge<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init?: OperationInit<T, B>,
): Operation<NoInfer<T>>;
export function merge<T = unknown, B = OperationBody>(
  url: string | URL,
  body?: NoInfer<B>,
  init: OperationInit<T, B> = {},
): Operation<NoInfer<T>> {
  return new RestOperation(
    "MERGE",
    url,
    contentOf("MERGE", body, checkedInit("MERGE", init).bodySchema),
    init,
  );
}
