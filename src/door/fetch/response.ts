import type { OperationResponse } from "../../operation/response.ts";
import { reasonPhrase } from "./reason_phrase.ts";

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/** What a Response of the network refuses, and a constructed one would do. */
const FIXED: PropertyDescriptorMap = /* @__PURE__ */ Object.fromEntries(
  /* @__PURE__ */ ["append", "delete", "set"].map((name) => [name, {
    value: () => {
      throw new TypeError(
        `Cannot ${name} a header as those of an answer are immutable: current value is an answer`,
      );
    },
  }]),
);

/**
 * The answer to one operation as `fetch` would have given it.
 *
 * @throws {TypeError} when no Response can hold it: a status below 200, a header beyond Latin-1
 */
export function toResponse(
  { status, headers, body }: OperationResponse<unknown>,
  { url, method }: { readonly url: string; readonly method: string },
): Response {
  const isNull = method === "HEAD" || NULL_BODY_STATUSES.has(status);
  const bytes = isNull ? null : body as Uint8Array<ArrayBuffer> | undefined ?? new Uint8Array();
  try {
    const response = new Response(bytes, {
      status,
      statusText: reasonPhrase(status),
      headers: NULL_BODY_STATUSES.has(status) ? withoutLength(headers) : headers,
    });
    return fetched(response, url);
  } catch (cause) {
    throw new TypeError(
      `Cannot make a Response as its status and headers must be such as fetch can give: current value is status ${status}`,
      { cause },
    );
  }
}

function withoutLength(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { "content-length": _, ...rest } = headers;
  return rest;
}

/**
 * Says where it came from, and has headers that cannot be changed, as a Response of the network. It is no subclass: on
 * Node, a module that names `Response` while it loads has all of `fetch` loaded, which is most of what an import may take.
 */
function fetched(response: Response, url: string): Response {
  Object.defineProperties(response.headers, FIXED);
  return Object.defineProperties(response, {
    url: { value: url },
    clone: { value: () => fetched(Response.prototype.clone.call(response), url) },
  });
}
