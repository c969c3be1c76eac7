import { TransportError } from "../../operation/errors.ts";
import type { Entry } from "../entry.ts";
import type { Again } from "./again/again.ts";
import { Bars } from "./refused/bars.ts";
import { batchHttpError, forbidden, lost, notSent, skipped } from "./failure.ts";
import type { Batch } from "../send/batch.ts";
import type { PostEnd, Stop } from "../send/exchange.ts";
import type { Refusals } from "./refused/refusals.ts";
import { unmatched } from "./unreadable.ts";

/** Who goes again, with what wait, and who does not. */
type EndingAgain = Pick<Again, "withOneWait" | "tryEach" | "failAll" | "putBack">;

/** What an answer means that is none of a batch, or that nobody can read. */
type EndingRefusals = Pick<Refusals, "refused" | "unreadable">;

/** What the end of a POST means for the operations that got no part: one policy and one wait for all of them. */
export class Endings {
  readonly #again: EndingAgain;
  readonly #refusals: EndingRefusals;

  constructor(again: EndingAgain, refusals: EndingRefusals) {
    this.#again = again;
    this.#refusals = refusals;
  }

  ended(batch: Batch, end: PostEnd, unanswered: readonly Entry[]): void {
    // Of a batch that was abandoned nobody is.
    if (unanswered.length === 0) return;
    switch (end.kind) {
      case "read":
        return this.#unanswered(batch, unanswered, end);
      case "lost":
        return this.#unknown(batch, unanswered, end.cause);
      case "refused":
        return this.#refusals.refused(batch, unanswered, end);
      case "not sent":
        return this.#notSent(batch, unanswered, end.cause);
      case "forbidden":
        return this.#again.failAll(unanswered, (entry) => forbidden(entry, end.cause));
      case "put back":
        return this.#again.putBack(unanswered);
      case "malformed":
        return this.#refusals.unreadable(batch, unanswered, end);
    }
  }

  /** What the server ran without an answer is another matter than what it never came to. */
  #unanswered(
    batch: Batch,
    entries: readonly Entry[],
    { stop, mismatch, unread }: Extract<PostEnd, { readonly kind: "read" }>,
  ): void {
    const behind = new Set(stop && batch.riders.all(batch.entries.slice(stop.place + 1)));
    const unknown = entries.filter((entry) => !behind.has(entry));
    const attempt = this.#again.withOneWait(unknown, { outcome: "unknown" });
    this.#again.tryEach(
      batch,
      unknown,
      attempt,
      (entry, refusal) =>
        lost(entry, mismatch === undefined ? undefined : unmatched(mismatch, unread), refusal),
    );
    if (stop !== undefined) {
      this.#skipped(batch, entries.filter((entry) => behind.has(entry)), stop);
    }
  }

  #skipped(batch: Batch, entries: readonly Entry[], stop: Stop): void {
    if (batch.isRenewed) {
      return this.#again.tryEach(
        batch,
        entries,
        { outcome: "not executed", isFree: true },
        skipped,
      );
    }
    if (!batch.hasSettled) {
      const attempt = this.#again.withOneWait(entries, { outcome: "not executed" });
      return this.#again.tryEach(batch, entries, attempt, skipped);
    }
    let again = entries;
    if (stop.place === 0) {
      // It stopped at its first operation: that error may be one of the whole batch.
      const bars = new Bars(stop.part, batch.entries[0]!.built!);
      const { barred, others } = bars.sort(entries);
      this.#again.failAll(barred, (entry) => batchHttpError(entry, bars.unread, "policy"));
      again = others;
    }
    // The server took the headers and the token that they came with: if it refuses them later, that is another refusal.
    for (const { past } of again) {
      if (past === undefined) continue;
      past.hasNewHeaders = false;
      if (stop.part.status !== 401) past.hasRefreshed = false;
    }
    this.#again.tryEach(batch, again, { outcome: "not executed", isFree: true }, skipped);
  }

  #unknown(batch: Batch, entries: readonly Entry[], cause: unknown): void {
    const attempt = this.#again.withOneWait(entries, { outcome: "unknown", pauses: "lane" });
    this.#again.tryEach(batch, entries, attempt, (entry, refusal) => lost(entry, cause, refusal));
  }

  #notSent(batch: Batch, entries: readonly Entry[], cause: unknown): void {
    // Without a token or a body another attempt would end the same way; without a connection it may not.
    const attempt = cause instanceof TransportError && !cause.isFinal
      ? this.#again.withOneWait(entries, { outcome: "throttled", pauses: "lane", isUnsent: true })
      : { outcome: "failed" } as const;
    this.#again.tryEach(
      batch,
      entries,
      attempt,
      (entry, refusal) => notSent(entry, cause, refusal),
    );
  }
}
