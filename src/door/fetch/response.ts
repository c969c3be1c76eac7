import type { OperationResponse } from "../../operation/response.ts";
import { reasonPhrase } from "./reason_phrase.ts";

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/** What a Response of the network refuses, and a constructed one would do. */
const FIXED: PropertyDescriptorMap = Object.fromEntries(
  ["append", "delete", "set"].map((name) => [name, {
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
    return new FetchedResponse(bytes, url, {
      status,
      statusText: reasonPhrase(status),
      headers: NULL_BODY_STATUSES.has(status) ? withoutLength(headers) : headers,
    });
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

/** A Response that says where it came from, and whose headers cannot be changed, as those of the network. */
class FetchedResponse extends Response {
  readonly #url: string;
  #headers: Headers | undefined = undefined;

  constructor(body: BodyInit | null, url: string, init: ResponseInit) {
    super(body, init);
    this.#url = url;
  }

  override get url(): string {
    return this.#url;
  }

  override get headers(): Headers {
    return this.#headers ??= Object.defineProperties(super.headers, FIXED);
  }

  override clone(): Response {
    const { status, statusText, headers } = this;
    // A clone of the platform's has the other half of the body.
    return new FetchedResponse(super.clone().body, this.#url, { status, statusText, headers });
  }
}
