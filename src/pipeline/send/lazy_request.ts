import type { HttpRequest, QuietRequest } from "../../transport/transport.ts";

/** All of a request but its signal. */
type Content = Omit<HttpRequest, "signal">;

/**
 * A request whose signal is made when somebody asks for it: a controller costs as much as the rest of a POST.
 *
 * The property is the object's own, so that `{ ...request }` has it too, and all objects share one getter: a getter of its
 * own would give each object a hidden class of its own, which keeps what the getter knows until the next full collection.
 */
export class LazyRequest implements QuietRequest {
  static readonly #SIGNAL: PropertyDescriptor & ThisType<LazyRequest> = {
    get() {
      return this.#signal();
    },
    enumerable: true,
  };

  declare readonly method: string;
  declare readonly url: string;
  declare readonly headers: Readonly<Record<string, string>>;
  declare readonly body: Uint8Array;
  declare readonly signal: AbortSignal;
  #isAborted = false;
  #controller: AbortController | undefined = undefined;
  #listeners: (() => void)[] = [];

  constructor({ method, url, headers, body }: Content) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.body = body;
    Object.defineProperty(this, "signal", LazyRequest.#SIGNAL);
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  isSame(request: HttpRequest): boolean {
    return #isAborted in this && request === this;
  }

  whenAborted(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /** Nobody waits any more. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#controller?.abort();
    for (const listener of this.#listeners) listener();
  }

  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }
}
