import type { OperationResponse } from "../../operation/response.ts";
import { reasonPhrase } from "./reason_phrase.ts";

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

type MakeFetched = new (
  body: Uint8Array<ArrayBuffer> | null,
  init: ResponseInit,
  url: string,
) => Response;

/** Made with the first answer: on Node, a module that names `Response` while it loads has all of `fetch` loaded. */
let Fetched: MakeFetched | undefined;

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
    Fetched ??= fetchedClass();
    return new Fetched(bytes, {
      status,
      statusText: reasonPhrase(status),
      headers: NULL_BODY_STATUSES.has(status) ? withoutLength(headers) : headers,
    }, url);
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

/** A Response that says where it came from, and has headers that cannot be changed, as one of the network. */
function fetchedClass(): MakeFetched {
  const refusing = (name: string) => ({
    value: () => {
      throw new TypeError(
        `Cannot ${name} a header as those of an answer are immutable: current value is an answer`,
      );
    },
  });
  const immutable = {
    append: refusing("append"),
    delete: refusing("delete"),
    set: refusing("set"),
  };
  const fetched = (response: Response, url: string): Response => {
    Object.defineProperties(response.headers, immutable);
    return Object.defineProperties(response, {
      url: { value: url },
      clone: { value: () => fetched(Response.prototype.clone.call(response), url) },
    });
  };
  return class FetchedResponse extends Response {
    readonly #url: string;

    constructor(body: Uint8Array<ArrayBuffer> | null, init: ResponseInit, url: string) {
      super(body, init);
      this.#url = url;
      Object.defineProperties(this.headers, immutable);
    }

    override get url(): string {
      return this.#url;
    }

    override clone(): Response {
      return fetched(super.clone(), this.#url);
    }
  };
}
