import type { SpanContext } from "@opentelemetry/api";
import { isSpanContextValid } from "@opentelemetry/api";
import type { HttpRequest, Transport } from "../../transport/transport.ts";
import { checkTransport } from "../../options/given_transport.ts";
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
  #observers = 0;

  /**
   * Makes what carries batches as `transport` does.
   *
   * @param transport what carries batches
   * @throws {TypeError} when it is no transport, but `fetch` for example
   */
  constructor(transport: Transport) {
    // Behind this one the batcher does not see what it is given.
    checkTransport(transport);
    this.transport = (request) =>
      this.#observers > 0
        ? this.#departures.leave((context) => transport(carrying(context, request)))
        : transport(request);
  }

  /**
   * Is called by `observe`.
   *
   * @param isObserved does one more tell of spans from now on, or one less
   * @internal
   */
  observed(isObserved: boolean): void {
    this.#observers += isObserved ? 1 : -1;
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
}

function carrying(context: SpanContext | undefined, request: HttpRequest): HttpRequest {
  if (context === undefined || !isSpanContextValid(context)) return request;
  const flags = context.traceFlags.toString(16).padStart(2, "0");
  return withHeaders(request, {
    traceparent: `00-${context.traceId}-${context.spanId}-${flags}`,
    ...(context.traceState === undefined ? {} : { tracestate: context.traceState.serialize() }),
  });
}
