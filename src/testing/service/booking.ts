import type { Call } from "../http/http.ts";
import type { OpenBatch, OpenEntry } from "../ledger.ts";

/** A batch as it came in. */
export function recordOf(call: Call, post: number): OpenBatch {
  return {
    post,
    mailbox: undefined,
    path: pathOf(call),
    headers: call.headers,
    size: 0,
    status: undefined,
    faults: [],
    aborted: false,
  };
}

/** An operation as it came in. */
export function entryOf(
  call: Call,
  place: { readonly post: number; readonly index: number; readonly mailbox: string },
): OpenEntry {
  const { method, headers, body } = call;
  const path = pathOf(call);
  return {
    ...place,
    key: headers["client-request-id"] ?? `${method} ${path}`,
    method,
    path,
    headers,
    bodyText: body.length === 0 ? undefined : new TextDecoder().decode(body),
    status: undefined,
    carriedOut: false,
    answered: false,
  };
}

function pathOf({ url }: Call): string {
  return url.pathname + url.search;
}
