import type { BatchError } from "../../../operation/errors.ts";
import { type Entry, pastOf } from "../../entry.ts";
import type { Batch } from "../../send/batch.ts";
import type { Clock } from "../../time/clock.ts";
import type { Attempt, Refusal, Retry } from "./retry.ts";
import type { Settle } from "../settle.ts";

/** Sends those again that share one fate, and fails those that cannot go. */
export class Again {
  readonly #retry: Retry;
  readonly #settle: Settle;
  readonly #clock: Clock;

  constructor(stages: { retry: Retry; settle: Settle; clock: Clock }) {
    this.#clock = stages.clock;
    this.#retry = stages.retry;
    this.#settle = stages.settle;
  }

  /** Draws one wait for all, so that they share the next batch too. */
  withOneWait(entries: readonly Entry[], attempt: Attempt): Attempt {
    const retries = entries.reduce((most, entry) => Math.max(most, entry.past?.retries ?? 0), 0);
    const delayMs = this.#retry.delayMs(retries, attempt.retryAfterMs);
    return { ...attempt, delayMs, fromMs: this.#clock.now() };
  }

  /** Each goes again as policy and budget allow, or fails with the error that it has. */
  tryEach(
    batch: Batch,
    entries: readonly Entry[],
    attempt: Attempt,
    errorOf: (entry: Entry, refusal: Refusal) => BatchError,
  ): void {
    for (const entry of entries) {
      if (entry.isSettled) continue;
      if (attempt.outcome === "unknown") pastOf(entry).mayHaveRun = true;
      const refusal = this.#retry.tryAgain(entry, batch.laneOf(entry), attempt, errorOf);
      if (refusal !== undefined) this.#settle.failed(entry, errorOf(entry, refusal));
    }
  }

  /** They were put in a batch that never left: as if they had not been. */
  putBack(entries: readonly Entry[]): void {
    for (const entry of entries) this.#retry.putBack(entry);
  }

  /** None of them may go again. */
  failAll(entries: readonly Entry[], errorOf: (entry: Entry) => BatchError): void {
    for (const entry of entries) this.#settle.failed(entry, errorOf(entry));
  }
}
