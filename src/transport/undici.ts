import { Observable, type Subscriber } from "rxjs";
import { Agent, type Dispatcher } from "undici";
import { TransportError } from "../operation/errors.ts";
import { setField } from "../operation/headers.ts";
import { isAborted, whenAborted } from "./abort.ts";
import {
  ACCEPTED_ENCODINGS,
  type Decompressor,
  decompressorOf,
  type MakeDecompressor,
} from "./decompressor.ts";
import type { UndiciDispatcher } from "./dispatcher.ts";
import { checkGiven } from "./given.ts";
import { aborted, alreadyRead, cutOff, notSent } from "./failure.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

export type { UndiciDispatcher } from "./dispatcher.ts";
export type { HttpRequest, HttpResponse, ResponseHead, Transport } from "./transport.ts";

/**
 * Batches travel by undici, which costs a batch about a third of what `fetch` does and tells for certain when nothing
 * was sent.
 *
 * Sockets are kept alive, yet hold no process: one that has nothing else to do ends. Redirects are not followed, and
 * answers in gzip, brotli and deflate are asked for and decompressed. The batcher's `timeoutMs` bounds an answer, so
 * undici's own timeouts for head and body are off; connecting may take what the dispatcher says (10 seconds).
 *
 * @param dispatcher an `Agent`, `ProxyAgent`, `MockAgent` or another dispatcher of undici 7 or 8
 * @default dispatcher one `Agent` that all transports of this process share: at most 128 sockets for each origin, one
 * request at a time on each
 * @returns the transport; the body of its answer must be subscribed to, or the request's signal aborted
 * @throws {TypeError} when `dispatcher` cannot dispatch
 *
 * @example
 * ```ts
 * import { createOutlookBatcher } from "@rxbatch/rxbatch";
 * import { undiciTransport } from "@rxbatch/rxbatch/undici";
 * import { Agent } from "undici";
 *
 * const agent = new Agent({ connections: 8, keepAliveTimeout: 20_000 });
 * await using batcher = createOutlookBatcher({ transport: undiciTransport(agent) });
 * ```
 */
export function undiciTransport(dispatcher?: UndiciDispatcher): Transport {
  const isRight = dispatcher === undefined || typeof dispatcher?.dispatch === "function";
  checkGiven("dispatcher must be one of undici", dispatcher, isRight);
  return (request) =>
    new Observable<HttpResponse>((subscriber) => {
      if (isAborted(request)) return subscriber.error(aborted(request.signal, false));
      const exchange = new Exchange(request, subscriber);
      exchange.dispatch(dispatcher ?? sharedAgent());
      return () => exchange.leaveHead();
    });
}

let agent: Agent | undefined;

function sharedAgent(): Agent {
  agent ??= new Agent({ connections: 128, pipelining: 1 });
  return agent;
}

interface Target {
  readonly url: string;
  readonly origin: string;
  readonly path: string;
}

/** The batches of a lane all go to one URL: it is read once, not with each of them. */
let lastTarget: Target | undefined;

function targetOf(url: string): Target {
  if (lastTarget?.url === url) return lastTarget;
  const { origin, pathname, search } = new URL(url);
  return lastTarget = { url, origin, path: pathname + search };
}

/** One request and its answer; undici calls it straight from the socket, and it ends once, by whichever comes first. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #head: Subscriber<HttpResponse>;
  /** There from the moment that undici has a socket for it: before that, nothing can have been sent. */
  #controller: Dispatcher.DispatchController | undefined;
  #body: Subscriber<Uint8Array> | undefined;
  #makeDecompressor: MakeDecompressor | undefined;
  #decompressor: Decompressor | undefined;
  #failure: TransportError | undefined;
  /** What came before there was a reader, from dispatchers that cannot pause, such as `MockAgent`. */
  #early: Uint8Array[] = [];
  readonly #forget: () => void;
  #headGiven = false;
  #ended = false;

  constructor(request: HttpRequest, head: Subscriber<HttpResponse>) {
    this.#request = request;
    this.#head = head;
    this.#forget = whenAborted(request, this.#onAbort);
  }

  dispatch(dispatcher: UndiciDispatcher): void {
    const { url, method, headers, body } = this.#request;
    try {
      const { origin, path } = targetOf(url);
      dispatcher.dispatch(
        {
          origin,
          path,
          method: method as Dispatcher.HttpMethod,
          headers: { "accept-encoding": ACCEPTED_ENCODINGS, ...headers },
          body: body.length === 0 ? null : body,
          headersTimeout: 0,
          bodyTimeout: 0,
        } satisfies Dispatcher.DispatchOptions,
        this,
      );
    } catch (error) {
      this.#fail(this.#controller === undefined ? notSent(error) : cutOff(error));
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Somebody left while the connection was made.
    if (this.#ended) controller.abort(leftEarly());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.#ended) return;
    try {
      const head = headersOf(headers);
      this.#makeDecompressor = decompressorFor(head);
      this.#headGiven = true;
      const body = new Observable<Uint8Array>((subscriber) => this.#read(subscriber));
      this.#head.next({ status, headers: head, body });
      this.#head.complete();
      if (this.#body === undefined && !this.#ended) controller.pause();
    } catch (error) {
      this.#fail(error instanceof TransportError ? error : cutOff(error));
      controller.abort(leftEarly());
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#makeDecompressor === undefined) return this.#give(chunk);
    this.#decompressor ??= this.#listenTo(this.#makeDecompressor(chunk[0]!));
    if (!this.#decompressor.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#decompressor === undefined) this.#finish();
    else this.#decompressor.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(this.#controller === undefined ? notSent(error) : cutOff(error));
  }

  leaveHead(): void {
    if (!this.#headGiven) this.#leave();
  }

  #read(subscriber: Subscriber<Uint8Array>): void {
    if (this.#body !== undefined) return subscriber.error(alreadyRead());
    this.#body = subscriber;
    subscriber.add(() => this.#leave());
    for (const chunk of this.#early.splice(0)) subscriber.next(chunk);
    if (this.#failure !== undefined) subscriber.error(this.#failure);
    else if (this.#ended) subscriber.complete();
    else this.#controller?.resume();
  }

  /** As a plain array: whoever cuts it up would get views of a Buffer, which are dearer, and whose `slice` is no copy. */
  #give({ buffer, byteOffset, byteLength }: Uint8Array): void {
    const chunk = new Uint8Array(buffer, byteOffset, byteLength);
    if (this.#body === undefined) this.#early.push(chunk);
    else this.#body.next(chunk);
  }

  #listenTo(decompressor: Decompressor): Decompressor {
    decompressor.on("data", (chunk: Uint8Array) => this.#give(chunk));
    decompressor.on("drain", () => this.#controller?.resume());
    decompressor.on("end", () => this.#finish());
    decompressor.on("error", (error: Error) => {
      this.#fail(cutOff(error));
      this.#controller?.abort(error);
    });
    return decompressor;
  }

  readonly #onAbort = (): void => {
    if (this.#ended) return;
    this.#fail(aborted(this.#request.signal, this.#controller !== undefined));
    this.#controller?.abort(leftEarly());
  };

  #finish(): void {
    if (this.#ended) return;
    this.#end();
    this.#body?.complete();
  }

  #fail(failure: TransportError): void {
    if (this.#ended) return;
    this.#end();
    this.#failure = failure;
    this.#decompressor?.destroy();
    (this.#headGiven ? this.#body : this.#head)?.error(failure);
  }

  #leave(): void {
    if (this.#ended) return;
    this.#end();
    this.#decompressor?.destroy();
    this.#controller?.abort(leftEarly());
  }

  #end(): void {
    this.#ended = true;
    this.#forget();
  }
}

/** What a head says of compression is true of what came, and not of what is handed on. */
function decompressorFor(head: Record<string, string>): MakeDecompressor | undefined {
  const encoding = head["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return undefined;
  const make = decompressorOf(encoding);
  delete head["content-encoding"];
  delete head["content-length"];
  return make;
}

function headersOf(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const record: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) {
      setField(record, name, typeof value === "string" ? value : value.join(", "));
    }
  }
  return record;
}

/** What undici is told; whoever left hears nothing more. */
function leftEarly(): Error {
  return new Error("Cannot go on with a request as nobody waits for it: current value is 0");
}
