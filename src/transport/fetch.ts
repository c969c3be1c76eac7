import { Observable, type Subscriber } from "rxjs";
import { TransportError } from "../operation/errors.ts";
import { setField } from "../operation/headers.ts";
import { isAborted, whenAborted } from "./abort.ts";
import { type ChunkReader, chunkReader } from "./chunk_reader.ts";
import { aborted, alreadyRead, causesOf, cutOff, denied, notSent } from "./failure.ts";
import { checkGiven } from "./given.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

/**
 * Batches travel by `fetch`: on Deno, Bun, workers and in browsers, and on Node as well.
 *
 * It follows no redirect: a 3xx answer is handed on as it is, and where the platform hides it (browsers) the POST fails
 * with a `TransportError`.
 *
 * @param fetch any function that behaves like `fetch`: wrapped, recorded or faked
 * @default fetch the global one, looked up with each batch
 * @returns the transport; the body of its answer must be subscribed to, or the request's signal aborted
 * @throws {TypeError} when `fetch` is no function
 *
 * @example
 * ```ts
 * import { createOutlookBatcher, fetchTransport } from "@rxbatch/rxbatch";
 *
 * const logged = fetchTransport((url, init) => {
 *   console.log(init.method);
 *   return fetch(url, init);
 * });
 * await using batcher = createOutlookBatcher({ transport: logged });
 * ```
 */
export function fetchTransport(
  fetch?: (url: string, init: RequestInit) => Promise<Response>,
): Transport {
  checkGiven("fetch must be a function", fetch, fetch === undefined || typeof fetch === "function");
  return (request) =>
    new Observable<HttpResponse>((subscriber) => {
      if (isAborted(request)) return subscriber.error(aborted(request.signal, false));
      const exchange = new Exchange(request, subscriber);
      void exchange.run(fetch ?? globalThis.fetch);
      return () => exchange.leaveHead();
    });
}

type Fetch = NonNullable<Parameters<typeof fetchTransport>[0]>;

/** One request and its answer; it ends once, by whichever comes first. */
class Exchange {
  readonly #request: HttpRequest;
  readonly #head: Subscriber<HttpResponse>;
  readonly #abort = new AbortController();
  #body: Subscriber<Uint8Array> | undefined;
  #reader: ChunkReader | undefined;
  #failure: TransportError | undefined;
  readonly #forget: () => void;
  #headGiven = false;
  #ended = false;

  constructor(request: HttpRequest, head: Subscriber<HttpResponse>) {
    this.#request = request;
    this.#head = head;
    this.#forget = whenAborted(request, this.#onAbort);
  }

  async run(fetch: Fetch): Promise<void> {
    try {
      const response = await fetch(this.#request.url, this.#init());
      if (this.#ended) return discard(response);
      if (response.type === "opaqueredirect") return this.#fail(redirected());
      this.#reader = chunkReader(response);
      this.#headGiven = true;
      this.#head.next({
        status: response.status,
        headers: headersOf(response),
        body: new Observable((subscriber) => this.#read(subscriber)),
      });
      this.#head.complete();
    } catch (error) {
      this.#fail(failureOf(error));
    }
  }

  leaveHead(): void {
    if (!this.#headGiven) this.#leave();
  }

  #init(): RequestInit {
    const { method, body } = this.#request;
    return {
      method,
      headers: sendableHeaders(this.#request.headers),
      redirect: "manual",
      signal: this.#abort.signal,
      // Fetch refuses a body, even an empty one, where the method has none.
      ...(body.length === 0 ? {} : { body: bodyOf(body, this.#request.url) }),
    };
  }

  #read(subscriber: Subscriber<Uint8Array>): (() => void) | void {
    if (this.#body !== undefined) return subscriber.error(alreadyRead());
    this.#body = subscriber;
    if (this.#failure !== undefined) return subscriber.error(this.#failure);
    void this.#pump(subscriber);
    return () => this.#leave();
  }

  async #pump(subscriber: Subscriber<Uint8Array>): Promise<void> {
    try {
      while (this.#reader !== undefined) {
        const { done, value } = await this.#reader.read();
        if (this.#ended) return;
        if (done) break;
        subscriber.next(value);
      }
      this.#end();
      subscriber.complete();
    } catch (error) {
      this.#fail(cutOff(error));
    }
  }

  readonly #onAbort = (): void => {
    const { signal } = this.#request;
    const failure = aborted(signal, true);
    if (this.#ended) return;
    this.#cancel(signal.reason);
    this.#fail(failure);
  };

  #fail(failure: TransportError): void {
    if (this.#ended) return;
    this.#end();
    this.#failure = failure;
    (this.#body ?? this.#head).error(failure);
  }

  #leave(): void {
    if (this.#ended) return;
    this.#end();
    this.#cancel();
  }

  #end(): void {
    this.#ended = true;
    this.#forget();
  }

  /** Both, as a fetch that was handed in may know only one of them. */
  #cancel(reason?: unknown): void {
    this.#reader?.cancel(reason).catch(ignore);
    this.#abort.abort(reason);
  }
}

/**
 * Deno repeats by itself a POST whose connection from the pool was reset, unless its body is a Blob or a stream
 * (denoland/deno#35610). A Blob keeps the Content-Length, and costs a copy that no other runtime has to pay for.
 */
function bodyOf(body: Uint8Array, url: string): BodyInit {
  const deno = Reflect.get(globalThis, "Deno") as DenoRuntime | undefined;
  // The Blob of a request that Deno denies would keep the process alive.
  const isGranted = deno?.permissions.querySync({ name: "net", host: new URL(url).host }).state ===
    "granted";
  return (isGranted ? new Blob([body as BlobPart]) : body) as BodyInit;
}

/** What is asked of Deno. */
interface DenoRuntime {
  readonly permissions: {
    querySync(what: { readonly name: "net"; readonly host: string }): { readonly state: string };
  };
}

function ignore(): void {}

function discard(response: Response): void {
  response.body?.cancel().catch(ignore);
}

/** What `fetch` would refuse is refused before it: then nothing was sent, and that is certain. */
function sendableHeaders(headers: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(headers);
  } catch (error) {
    const count = Object.keys(headers).length;
    throw new TransportError(
      "Cannot send the request as its headers must be Latin-1 without line breaks: " +
        `current value is ${count} headers, one of which is not`,
      { cause: error, sent: false },
    );
  }
}

function headersOf({ headers }: Response): Record<string, string> {
  const record: Record<string, string> = {};
  // On Deno an iterator takes more than twice as long.
  headers.forEach((value, name) => {
    // Set-Cookie is the one that comes once a line
    setField(record, name, Object.hasOwn(record, name) ? `${record[name]}, ${value}` : value);
  });
  return record;
}

/** A browser hides the answer's status behind 0, and with it whether the server worked. */
function redirected(): TransportError {
  return new TransportError(
    "Cannot read the answer as redirects are not followed: current value is a redirect",
  );
}

const CONNECT_CODES: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "FailedToOpenSocket",
]);
const CONNECT_CALLS: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo"]);
/** How Deno's HTTP client ends the message of whatever failed before there was a connection. */
const DENO_CONNECT = /client error \(Connect\)/;

/** A fetch that was handed in may know better, and say so with a `TransportError`. */
function failureOf(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  const causes = causesOf(error);
  // What Deno calls a permission that was not given.
  if (causes.some(({ name }) => name === "NotCapable")) return denied(error);
  // Node and Bun tell by code or system call, Deno by its message; a browser tells nothing, so nothing is certain.
  const neverConnected = causes.some(({ code, message, syscall }) =>
    CONNECT_CODES.has(code) || CONNECT_CALLS.has(syscall) || DENO_CONNECT.test(message)
  );
  return neverConnected ? notSent(error) : cutOff(error);
}
