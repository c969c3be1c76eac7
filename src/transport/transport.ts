import type { ObservableInput } from "rxjs";

/** One HTTP request, as a transport is given it. */
export interface HttpRequest {
  /** `POST` for every batch. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** As they go on the wire. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole: a batch is never streamed up. */
  readonly body: Uint8Array;
  /** Aborted when nobody waits for the answer any more; the transport then drops the connection. */
  readonly signal: AbortSignal;
}

/**
 * A request that can say without its signal that nobody waits any more: an AbortSignal and a listener cost as much as a
 * batch of ten operations. Between the pipeline and the transports of this package; whoever wraps those needs not know.
 */
export interface QuietRequest extends HttpRequest {
  /** Nobody waits any more. */
  readonly isAborted: boolean;
  /** Is it this very request, and not a copy, a clone or a proxy, which may have a signal of its own? */
  isSame(request: HttpRequest): boolean;
  /** Calls back when nobody waits any more. @returns what ends this */
  whenAborted(listener: () => void): () => void;
}

/** Status and headers of an HTTP answer. */
export interface ResponseHead {
  /** The HTTP status. */
  readonly status: number;
  /** Names in lower case; repeats joined by `, ` (RFC 9110 §5.3). */
  readonly headers: Readonly<Record<string, string>>;
}

/** An HTTP answer whose body is still on its way. */
export interface HttpResponse extends ResponseHead {
  /**
   * The body, decompressed; unsubscribing drops what is left of it. A chunk must not change afterwards: whoever reads into
   * one buffer again and again gives a copy of each.
   */
  readonly body: ObservableInput<Uint8Array>;
}

/**
 * How a batch gets to the server and back.
 *
 * It follows no redirect (the token goes to one origin only). One that knows that nothing was sent errors with
 * `TransportError { sent: false }`; any other error means that the server may have worked.
 */
export type Transport = (request: HttpRequest) => ObservableInput<HttpResponse>;

/** The transport that the platform should have cannot be loaded. */
export interface TransportFallback {
  /** What carries batches in its place. */
  readonly used: "fetch";
  /** What should have. */
  readonly wanted: "undici";
  /** Why it cannot be loaded. */
  readonly cause: unknown;
}

/** Makes the transport of a pipeline, which may have something to tell of it later. */
export type MakeTransport = (tell: (fallback: TransportFallback) => void) => Transport;
