import { Metric } from "effect3";
import type { BatchEvent } from "../../mod.ts";

/** What can be measured, of all batchers of the program together. */
export interface BatchMetrics {
  /** Operations that wait: for company, for a slot, for their turn, or to be sent again. Goes up and down. */
  readonly queued: Metric.Metric.Counter<number>;
  /** Operations in a POST. Goes up and down. */
  readonly inFlight: Metric.Metric.Counter<number>;
  /** How many times an operation was sent again. */
  readonly retried: Metric.Metric.Counter<number>;
}

/**
 * What can be measured, of all batchers of the program together: `rxbatch_queued` and `rxbatch_in_flight`, which go up and
 * down, and `rxbatch_retried`.
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
export const batchMetrics: BatchMetrics = {
  queued: Metric.counter("rxbatch_queued", { description: "Operations that wait to be sent" }),
  inFlight: Metric.counter("rxbatch_in_flight", { description: "Operations in a POST" }),
  retried: Metric.counter("rxbatch_retried", {
    description: "How many times an operation was sent again",
    incremental: true,
  }),
};

/** Keeps the count of one batcher. */
export class Counts {
  /** Submissions that are not settled, by operation: one may be submitted several times. */
  readonly #inHand = new Map<number, number>();
  /** By batch: which of its operations have got nothing yet. */
  readonly #flying = new Map<number, number[]>();

  heard(event: BatchEvent): void {
    switch (event.type) {
      case "queued":
        this.#inHand.set(event.operation, (this.#inHand.get(event.operation) ?? 0) + 1);
        return add(batchMetrics.queued, 1);
      case "sent":
        this.#flying.set(event.batch, [...event.operations]);
        return move(event.operations.length);
      case "retried":
        add(batchMetrics.retried, 1);
        return this.#land(event.operation);
      case "settled":
        this.#land(event.operation);
        return this.#leave(event.operation);
      case "answered":
        move(-(this.#flying.get(event.batch)?.length ?? 0));
        this.#flying.delete(event.batch);
    }
  }

  /** Out of the batch that carries it, if one does; there are never many. */
  #land(operation: number): void {
    for (const operations of this.#flying.values()) {
      const at = operations.indexOf(operation);
      if (at === -1) continue;
      operations.splice(at, 1);
      return move(-1);
    }
  }

  #leave(operation: number): void {
    const count = this.#inHand.get(operation);
    // what was refused at once was never queued
    if (count === undefined) return;
    if (count === 1) this.#inHand.delete(operation);
    else this.#inHand.set(operation, count - 1);
    add(batchMetrics.queued, -1);
  }
}

/** From those that wait to those in flight, or back. */
function move(count: number): void {
  add(batchMetrics.queued, -count);
  add(batchMetrics.inFlight, count);
}

function add(metric: Metric.Metric.Counter<number>, count: number): void {
  metric.unsafeUpdate(count, []);
}
