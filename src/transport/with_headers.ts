import { isAborted, whenAborted } from "./abort.ts";
import { setField } from "../operation/headers.ts";
import type { HttpRequest, QuietRequest } from "./transport.ts";

/**
 * The same request with more headers. It is as quiet as the one that it is made of: no AbortController is made for it.
 *
 * @param request what is sent
 * @param headers what is added; of two with one name, whatever its letter case, these count
 * @returns a request of its own; the given one stays as it is
 */
export function withHeaders(
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
): HttpRequest {
  const added = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const all: Record<string, string> = {};
  for (const name in request.headers) {
    if (!added.has(name.toLowerCase())) setField(all, name, request.headers[name]!);
  }
  return new DressedRequest(request, Object.assign(all, headers));
}

class DressedRequest implements QuietRequest {
  /** The object's own, so that `{ ...request }` has it too. */
  static readonly #SIGNAL: PropertyDescriptor & ThisType<DressedRequest> = {
    get() {
      return this.#request.signal;
    },
    enumerable: true,
  };

  declare readonly method: string;
  declare readonly url: string;
  declare readonly headers: Readonly<Record<string, string>>;
  declare readonly body: Uint8Array;
  declare readonly signal: AbortSignal;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest, headers: Readonly<Record<string, string>>) {
    this.#request = request;
    this.method = request.method;
    this.url = request.url;
    this.headers = headers;
    this.body = request.body;
    Object.defineProperty(this, "signal", DressedRequest.#SIGNAL);
  }

  get isAborted(): boolean {
    return isAborted(this.#request);
  }

  isSame(request: HttpRequest): boolean {
    return #request in this && request === this;
  }

  whenAborted(listener: () => void): () => void {
    return whenAborted(this.#request, listener);
  }
}
