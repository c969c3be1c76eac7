import type { Span } from "@opentelemetry/api";

/** One submission of an operation, until it has settled. */
export interface Submission {
  readonly span: Span;
  /** When it was submitted, by the clock of whoever keeps it. */
  readonly queuedAtMs: number;
  isInFlight: boolean;
  /** How many have carried it. */
  posts: number;
}

/**
 * Those in hand, by the operation's id: one operation may be submitted many times, and events tell these apart by the number
 * of their POSTs alone. Of those that are alike, which one it is is all the same.
 */
export class Submissions {
  readonly #byOperation = new Map<number, Submission[]>();

  join(operation: number, submission: Submission): void {
    const known = this.#byOperation.get(operation);
    if (known === undefined) this.#byOperation.set(operation, [submission]);
    else known.push(submission);
  }

  /** One that waits leaves with a POST; `undefined` of what was submitted before anybody listened. */
  board(operation: number): Submission | undefined {
    const submission = this.#byOperation.get(operation)?.find(({ isInFlight }) => !isInFlight);
    if (submission === undefined) return undefined;
    submission.isInFlight = true;
    submission.posts++;
    return submission;
  }

  /** One that was in a POST waits again. */
  land(operation: number, posts: number): Submission | undefined {
    const submission = this.#likeliest(operation, posts);
    if (submission?.isInFlight !== true) return undefined;
    submission.isInFlight = false;
    return submission;
  }

  leave(operation: number, posts: number): Submission | undefined {
    const gone = this.#likeliest(operation, posts);
    if (gone === undefined) return undefined;
    const others = this.#byOperation.get(operation)!.filter((one) => one !== gone);
    if (others.length === 0) this.#byOperation.delete(operation);
    else this.#byOperation.set(operation, others);
    return gone;
  }

  all(): readonly Submission[] {
    return [...this.#byOperation.values()].flat();
  }

  /** One that so many POSTs have carried, and that is in one of them if it can be. */
  #likeliest(operation: number, posts: number): Submission | undefined {
    const known = this.#byOperation.get(operation);
    if (known === undefined || known.length < 2) return known?.[0];
    const alike = known.filter((one) => one.posts === posts);
    const candidates = alike.length === 0 ? known : alike;
    return candidates.find(({ isInFlight }) => isInFlight) ?? candidates[0];
  }
}
