import type { SpanContext } from "@opentelemetry/api";
import { isSpanContextValid } from "@opentelemetry/api";
import { from, mergeMap, type Observable } from "rxjs";
import type { HttpRequest, HttpResponse, Transport } from "../../transport/transport.ts";
import { withHeaders } from "../../transport/with_headers.ts";
import { Departures } from "../departures.ts";

/**
 * A transport that tells the server which trace a POST belongs to: a header `traceparent` by W3C Trace Context. It is one
 * batcher's, and is given to `observe` too.
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, get, toPromise } from "@rxbatch/rxbatch";
 * import { observe, TracedTransport } from "@rxbatch/rxbatch/otel";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 *
 * const graph = fakeGraph();
 * const traced = new TracedTransport(fetchTransport(graph.fetch));
 * const batcher = createGraphBatcher({ token: graph.token, transport: traced.transport });
 * observe(batcher, { traced });
 * console.log((await toPromise(batcher, get("me/messages"))).status); // 200
 * ```
 */
export class TracedTransport {
  /** What the batcher is given. */
  readonly transport: Transport;
  readonly #departures = new Departures<SpanContext | undefined>();
  #isObserved = false;

  /**
   * Makes what carries batches as `transport` does.
   *
   * @param transport what carries batches
   */
  constructor(transport: Transport) {
    this.transport = (request) =>
      this.#isObserved ? this.#traced(transport, request) : transport(request);
  }

  /**
   * Is called by `observe`.
   *
   * @param isObserved are spans told from now on
   * @internal
   */
  observed(isObserved: boolean): void {
    this.#isObserved = isObserved;
  }

  /**
   * Is called by `observe`, once for each POST, in the order in which they leave.
   *
   * @param context of the POST's span
   * @internal
   */
  told(context: SpanContext | undefined): void {
    this.#departures.told(context);
  }

  #traced(transport: Transport, request: HttpRequest): Observable<HttpResponse> {
    const departure = this.#departures.leave();
    // what leaves is told once all state is written, which is before the next microtask
    return from(Promise.resolve()).pipe(
      mergeMap(() => transport(carrying(departure.event, request))),
    );
  }
}

function carrying(context: SpanContext | undefined, request: HttpRequest): HttpRequest {
  if (context === undefined || !isSpanContextValid(context)) return request;
  const flags = context.traceFlags.toString(16).padStart(2, "0");
  return withHeaders(request, {
    traceparent: `00-${context.traceId}-${context.spanId}-${flags}`,
    ...(context.traceState === undefined ? {} : { tracestate: context.traceState.serialize() }),
  });
}
