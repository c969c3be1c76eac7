import { Metric, type MetricLabel } from "effect3";
// What effect 4 has no name for is asked for when the entry is known to be loaded beside effect 3.
import * as Library from "effect3";
import type { BatchEvent } from "../../../mod.ts";
import { outcomeOfPost, serverOf } from "../../observe/http.ts";
import { checkEffectVersion } from "../version.ts";

/**
 * What can be measured, of all batchers of the program together.
 *
 * @since 0.2.0
 * @category models
 */
export interface BatchMetrics {
  /** Operations that wait: for company, for a slot, for their turn, or to be sent again. Goes up and down. */
  readonly queued: Metric.Metric.Counter<number>;
  /** Operations in a POST. Goes up and down. */
  readonly inFlight: Metric.Metric.Counter<number>;
  /** How many times an operation was sent again. */
  readonly retried: Metric.Metric.Counter<number>;
  /** How long each batch POST took, in seconds, by where it went and its status. */
  readonly duration: Metric.Metric.Histogram<number>;
}

/**
 * What can be measured, of all batchers of the program together: `rxbatch_queued` and `rxbatch_in_flight`, which go up and
 * down, `rxbatch_retried`, and `http.client.request.duration` as OpenTelemetry's conventions for HTTP have it. They carry
 * the labels of the program that sends (`Effect.tagMetrics`): of an operation those of its caller, of a POST those of the
 * service.
 *
 * @since 0.2.0
 * @category metrics
 *
 * @example
 * ```ts
 * import { Effect, Metric } from "effect";
 * import { batchMetrics } from "@rxbatch/rxbatch/effect3";
 *
 * const program = Effect.map(Metric.value(batchMetrics.queued), ({ count }) => count);
 * console.log(await Effect.runPromise(program)); // 0
 * ```
 */
export const batchMetrics: BatchMetrics = madeOf(() => ({
  queued: Metric.counter("rxbatch_queued", { description: "Operations that wait to be sent" }),
  inFlight: Metric.counter("rxbatch_in_flight", { description: "Operations in a POST" }),
  retried: Metric.counter("rxbatch_retried", {
    description: "How many times an operation was sent again",
    incremental: true,
  }),
  duration: Metric.histogram(
    "http.client.request.duration",
    Library.MetricBoundaries.fromIterable(
      [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    ),
    "Duration of HTTP client requests",
  ).pipe(
    Metric.tagged("unit", "s"),
    Metric.tagged("http.request.method", "POST"),
    Metric.tagged("url.template", "$batch"),
  ),
}));

function madeOf<T>(make: () => T): T {
  checkEffectVersion();
  return make();
}

type Labels = readonly MetricLabel.MetricLabel[];

/** Keeps the count of one batcher. */
export class Counts {
  /** Of the service. */
  readonly #own: Labels;
  readonly #labelsOf: (operation: number) => Labels;
  /** By operation: how many of its submissions are not settled, and where they count. */
  readonly #inHand = new Map<number, { count: number; readonly labels: Labels }>();
  /** By batch: where it went, and which of its operations have got nothing yet. */
  readonly #flying = new Map<number, { readonly origin: string; readonly operations: number[] }>();

  constructor(own: Labels, labelsOf: (operation: number) => Labels) {
    this.#own = own;
    this.#labelsOf = labelsOf;
  }

  heard(event: BatchEvent): void {
    switch (event.type) {
      case "queued":
        return this.#enter(event.operation);
      case "sent":
        this.#flying.set(event.batch, {
          origin: event.origin,
          operations: [...event.operations],
        });
        for (const operation of event.operations) this.#move(operation, 1);
        return;
      case "retried":
        this.#add("retried", event.operation, 1);
        return this.#land(event.operation);
      case "settled":
        this.#land(event.operation);
        return this.#leave(event.operation);
      case "answered":
        return this.#end(event);
    }
  }

  /** Out of the batch that carries it, if one does; there are never many. */
  #land(operation: number): void {
    for (const { operations } of this.#flying.values()) {
      const at = operations.indexOf(operation);
      if (at === -1) continue;
      operations.splice(at, 1);
      return this.#move(operation, -1);
    }
  }

  #enter(operation: number): void {
    const known = this.#inHand.get(operation);
    if (known !== undefined) known.count += 1;
    // What counts up and down must do so in one place, whoever else submits it meanwhile.
    else this.#inHand.set(operation, { count: 1, labels: this.#labelsOf(operation) });
    this.#add("queued", operation, 1);
  }

  #leave(operation: number): void {
    const known = this.#inHand.get(operation);
    // What was refused at once was never queued.
    if (known === undefined) return;
    this.#add("queued", operation, -1);
    if (--known.count === 0) this.#inHand.delete(operation);
  }

  /** From those that wait to those in flight, or back. */
  #move(operation: number, count: number): void {
    this.#add("queued", operation, -count);
    this.#add("inFlight", operation, count);
  }

  #end(event: BatchEvent & { readonly type: "answered" }): void {
    const flown = this.#flying.get(event.batch);
    if (flown === undefined) return;
    this.#flying.delete(event.batch);
    for (const operation of flown.operations) this.#move(operation, -1);
    const told = Object.entries({ ...serverOf(flown.origin), ...outcomeOfPost(event) })
      .map(([name, value]) => Library.MetricLabel.make(name, `${value}`));
    batchMetrics.duration.unsafeUpdate(event.durationMs / 1_000, [...this.#own, ...told]);
  }

  #add(metric: Exclude<keyof BatchMetrics, "duration">, operation: number, count: number): void {
    batchMetrics[metric].unsafeUpdate(count, this.#inHand.get(operation)?.labels ?? []);
  }
}
