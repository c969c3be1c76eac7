import type { Span } from "@opentelemetry/api";

/** One submission of an operation, until it has settled. */
export interface Submission {
  readonly span: Span;
  /** When it was submitted, by the clock of whoever keeps it. */
  readonly queuedAtMs: number;
  isInFlight: boolean;
}

/** Those in hand, by the operation's id: one operation may be submitted many times, and which of these it is is all the same. */
export class Submissions {
  readonly #byOperation = new Map<number, Submission[]>();

  join(operation: number, submission: Submission): void {
    const known = this.#byOperation.get(operation);
    if (known === undefined) this.#byOperation.set(operation, [submission]);
    else known.push(submission);
  }

  /** One that waits, or is in flight; `undefined` of what was submitted before anybody listened. */
  find(operation: number, isInFlight: boolean): Submission | undefined {
    return this.#byOperation.get(operation)?.find((one) => one.isInFlight === isInFlight);
  }

  leave(operation: number): Submission | undefined {
    const gone = this.find(operation, true) ?? this.find(operation, false);
    if (gone === undefined) return undefined;
    const others = this.#byOperation.get(operation)!.filter((one) => one !== gone);
    if (others.length === 0) this.#byOperation.delete(operation);
    else this.#byOperation.set(operation, others);
    return gone;
  }

  all(): readonly Submission[] {
    return [...this.#byOperation.values()].flat();
  }
}
