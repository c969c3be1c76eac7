import {
  type MeterProvider,
  metrics as globalMetrics,
  trace as globalTrace,
  type TracerProvider,
} from "@opentelemetry/api";
import type { SchedulerLike, Subscription } from "rxjs";
import type { Batcher } from "../../door/batcher.ts";
import { checkKinds, having, type Kinds } from "../../operation/check/kinds.ts";
import { checkKnownNames, type KnownNames } from "../../operation/check/known_names.ts";
import { elapsedMs } from "../elapsed.ts";
import { Metrics } from "./metrics.ts";
import { Observation } from "./observation.ts";
import type { TracedTransport } from "./traced_transport.ts";

/** What `observe` may be given. */
export interface ObserveOptions {
  /**
   * Who makes spans.
   *
   * @default the one that is registered with `@opentelemetry/api`
   */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * Who measures.
   *
   * @default the one that is registered with `@opentelemetry/api`
   */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * The batcher's transport, when its POSTs are to carry a `traceparent`.
   *
   * @default none: no header is sent
   */
  readonly traced?: TracedTransport | undefined;
  /**
   * The clock, as for the batcher.
   *
   * @default asyncScheduler
   */
  readonly scheduler?: SchedulerLike | undefined;
}

const NAMES: KnownNames<ObserveOptions> = {
  tracerProvider: true,
  meterProvider: true,
  traced: true,
  scheduler: true,
};
const KINDS: Kinds<ObserveOptions> = {
  tracerProvider: having("a TracerProvider", "getTracer"),
  meterProvider: having("a MeterProvider", "getMeter"),
  traced: having("a TracedTransport", "observed", "told"),
  scheduler: having("a scheduler", "now"),
};

/**
 * Tells OpenTelemetry what a batcher does: a CLIENT span a POST by the conventions for HTTP, a span an operation from
 * submission to settling (a child of the span that is active where `send()` is subscribed to), both linked with each
 * other, and metrics: `http.client.request.duration`, `rxbatch.operation.duration`, `rxbatch.batch.size`,
 * `rxbatch.operations.waiting`, `rxbatch.operations.in_flight`, `rxbatch.retries` and `rxbatch.pause.duration`.
 *
 * @param batcher whose events are told
 * @param options who makes spans, who measures, and whether POSTs carry a `traceparent`
 * @returns what ends it; it ends by itself when the batcher is closed
 * @throws {TypeError} when an option is of the wrong type, or has a name that nobody reads
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, get, toPromise } from "@rxbatch/rxbatch";
 * import { observe } from "@rxbatch/rxbatch/otel";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 *
 * const graph = fakeGraph();
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * const observation = observe(batcher); // with the providers that your program has registered
 * await toPromise(batcher, get("me/messages", { label: "inbox" }));
 * await batcher.close();
 * console.log(observation.closed); // true
 * ```
 */
export function observe(
  batcher: Pick<Batcher, "events">,
  options: ObserveOptions = {},
): Subscription {
  checkKnownNames("options of observe", options, NAMES);
  checkKinds(options, KINDS);
  const tracerProvider = options.tracerProvider ?? globalTrace.getTracerProvider();
  const meterProvider = options.meterProvider ?? globalMetrics.getMeterProvider();
  const { traced } = options;
  const observation = new Observation({
    tracer: tracerProvider.getTracer("rxbatch"),
    metrics: new Metrics(meterProvider.getMeter("rxbatch")),
    traced,
    nowMs: elapsedMs(options.scheduler),
  });
  traced?.observed(true);
  const subscription = batcher.events.subscribe((event) => observation.take(event));
  subscription.add(() => {
    traced?.observed(false);
    observation.end();
  });
  return subscription;
}
