import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from "@opentelemetry/api";

/** The conventions' own for durations in seconds. */
const SECONDS = {
  unit: "s",
  advice: {
    explicitBucketBoundaries: [
      ...[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25],
      ...[0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    ],
  },
};
const SIZES = { advice: { explicitBucketBoundaries: [1, 2, 5, 10, 15, 20, 50, 100, 500, 1000] } };

/** What is measured. */
export class Metrics {
  readonly #postDuration: Histogram;
  readonly #operationDuration: Histogram;
  readonly #batchSize: Histogram;
  readonly #pauseDuration: Histogram;
  readonly #waiting: UpDownCounter;
  readonly #inFlight: UpDownCounter;
  readonly #retries: Counter;

  constructor(meter: Meter) {
    this.#postDuration = meter.createHistogram("http.client.request.duration", {
      ...SECONDS,
      description: "Duration of HTTP client requests",
    });
    this.#operationDuration = meter.createHistogram("rxbatch.operation.duration", {
      ...SECONDS,
      description: "From submission to settling",
    });
    this.#batchSize = meter.createHistogram("rxbatch.batch.size", {
      ...SIZES,
      unit: "{operation}",
      description: "Operations in one POST",
    });
    this.#pauseDuration = meter.createHistogram("rxbatch.pause.duration", {
      ...SECONDS,
      description: "For how long a lane pauses",
    });
    const unit = { unit: "{operation}" };
    this.#waiting = meter.createUpDownCounter("rxbatch.operations.waiting", unit);
    this.#inFlight = meter.createUpDownCounter("rxbatch.operations.in_flight", unit);
    this.#retries = meter.createCounter("rxbatch.retries", {
      unit: "{retry}",
      description: "How often an operation went again",
    });
  }

  waiting(by: number, door: Attributes): void {
    this.#waiting.add(by, door);
  }

  inFlight(by: number, door: Attributes): void {
    this.#inFlight.add(by, door);
  }

  left(size: number, attributes: Attributes): void {
    this.#batchSize.record(size, attributes);
  }

  postEnded(durationMs: number, attributes: Attributes): void {
    this.#postDuration.record(durationMs / 1000, attributes);
  }

  settled(durationMs: number, attributes: Attributes): void {
    this.#operationDuration.record(durationMs / 1000, attributes);
  }

  retried(attributes: Attributes): void {
    this.#retries.add(1, attributes);
  }

  paused(delayMs: number, attributes: Attributes): void {
    this.#pauseDuration.record(delayMs / 1000, attributes);
  }
}
