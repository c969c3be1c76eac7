import { TransportError } from "../../operation/errors.ts";
import type { Entry } from "../entry.ts";
import type { Again } from "./again.ts";
import { Bars } from "./refused/bars.ts";
import { batchHttpError, forbidden, lost, notSent, skipped } from "./failure.ts";
import type { Post } from "../send/post.ts";
import type { PostEnd, Stop } from "../send/exchange.ts";
import type { Refusals } from "./refused/refusals.ts";
import { unmatched } from "./unreadable.ts";

/** What the end of a POST means for the operations that got no part: one policy and one wait for all of them. */
export class Endings {
  readonly #again: Again;
  readonly #refusals: Refusals;

  constructor(again: Again, refusals: Refusals) {
    this.#again = again;
    this.#refusals = refusals;
  }

  ended(post: Post, end: PostEnd, unanswered: readonly Entry[]): void {
    if (unanswered.length === 0) return;
    switch (end.kind) {
      case "abandoned":
        return;
      case "read":
        return this.#unanswered(post, unanswered, end);
      case "lost":
        return this.#unknown(post, unanswered, end.cause);
      case "refused":
        return this.#refusals.refused(post, unanswered, end);
      case "not sent":
        return this.#notSent(post, unanswered, end.cause);
      case "forbidden":
        return this.#again.none(unanswered, (entry) => forbidden(entry, end.cause));
      case "put back":
        return this.#again.back(unanswered);
      case "malformed":
        return this.#refusals.unreadable(post, unanswered, end);
    }
  }

  /** What the server ran without an answer is another matter than what it never came to. */
  #unanswered(
    post: Post,
    entries: readonly Entry[],
    { stop, mismatch }: { stop: Stop | undefined; mismatch: string | undefined },
  ): void {
    const behind = new Set(
      stop === undefined ? [] : post.riders.all(post.entries.slice(stop.place + 1)),
    );
    const unknown = entries.filter((entry) => !behind.has(entry));
    const attempt = this.#again.pausing(unknown, { outcome: "unknown" });
    this.#again.each(
      post,
      unknown,
      attempt,
      (entry, refusal) =>
        lost(entry, mismatch === undefined ? undefined : unmatched(mismatch), refusal),
    );
    if (stop !== undefined) {
      this.#skipped(post, entries.filter((entry) => behind.has(entry)), stop);
    }
  }

  #skipped(post: Post, entries: readonly Entry[], stop: Stop): void {
    if (post.isRenewed) {
      return this.#again.each(post, entries, { outcome: "not executed", isFree: true }, skipped);
    }
    if (post.settledCount === 0) {
      const attempt = this.#again.pausing(entries, { outcome: "not executed" });
      return this.#again.each(post, entries, attempt, skipped);
    }
    let again = entries;
    if (stop.place === 0) {
      // It stopped at its first operation: that error may be one of the whole batch.
      const bars = new Bars(stop.part, post.entries[0]!.built!);
      const { barred, others } = bars.sort(entries);
      this.#again.none(barred, (entry) => batchHttpError(entry, bars.unread, "policy"));
      again = others;
    }
    this.#again.each(post, again, { outcome: "not executed", isFree: true }, skipped);
  }

  #unknown(post: Post, entries: readonly Entry[], cause: unknown): void {
    const attempt = this.#again.pausing(entries, { outcome: "unknown", pausesLane: true });
    this.#again.each(post, entries, attempt, (entry, refusal) => lost(entry, cause, refusal));
  }

  #notSent(post: Post, entries: readonly Entry[], cause: unknown): void {
    // Without a token or a body another attempt would end the same way; without a connection it may not.
    const attempt = cause instanceof TransportError && !cause.isFinal
      ? this.#again.pausing(entries, { outcome: "throttled", pausesLane: true, isUnsent: true })
      : { outcome: "failed" } as const;
    this.#again.each(post, entries, attempt, (entry, refusal) => notSent(entry, cause, refusal));
  }
}
