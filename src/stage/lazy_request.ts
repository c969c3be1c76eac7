import type { HttpRequest } from "../transport/transport.ts";

/** All of a request but its signal. */
type Content = Omit<HttpRequest, "signal">;

/**
 * A request whose signal is made when a transport asks for it: a controller costs as much as the rest of a POST.
 *
 * The property is the object's own, so that `{ ...request }` has it too, and all objects share one getter: a getter of its
 * own would give each object a hidden class of its own, which keeps what the getter knows until the next full collection.
 */
export class LazyRequest implements HttpRequest {
  static readonly #SIGNAL: PropertyDescriptor & ThisType<LazyRequest> = {
    get() {
      return this.#signalOf();
    },
    enumerable: true,
  };

  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  declare readonly signal: AbortSignal;
  readonly #signalOf: () => AbortSignal;

  constructor({ method, url, headers, body }: Content, signalOf: () => AbortSignal) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.body = body;
    this.#signalOf = signalOf;
    Object.defineProperty(this, "signal", LazyRequest.#SIGNAL);
  }
}
