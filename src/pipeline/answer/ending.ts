import { type BatchError, TransportError } from "../../operation/errors.ts";
import type { Settings } from "../../options/settings.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import type { Clock } from "../time/clock.ts";
import type { Entry } from "../entry.ts";
import { batchHttpError, lost, malformed, notSent, skipped } from "./failure.ts";
import { outcomeOfBatch } from "./outcome.ts";
import type { Post } from "../send/post.ts";
import type { PostEnd } from "../send/exchange.ts";
import type { Attempt, Refusal, Retry } from "./retry.ts";
import { retryAfterMs } from "./retry_after.ts";
import type { Settle } from "./settle.ts";
import type { Tokens } from "../send/token.ts";

/** What the end of a POST means for the operations that got no part: one policy and one wait for all of them. */
export class Endings {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #retry: Retry;
  readonly #settle: Settle;
  readonly #tokens: Tokens;

  constructor(
    settings: Settings,
    stages: { clock: Clock; retry: Retry; settle: Settle; tokens: Tokens },
  ) {
    this.#settings = settings;
    this.#clock = stages.clock;
    this.#retry = stages.retry;
    this.#settle = stages.settle;
    this.#tokens = stages.tokens;
  }

  ended(post: Post, end: PostEnd, unanswered: readonly Entry[]): void {
    if (unanswered.length === 0) return;
    switch (end.kind) {
      case "abandoned":
        return;
      case "read":
        return this.#unanswered(post, unanswered, end.skippedFrom);
      case "lost":
        return this.#unknown(post, unanswered, end.cause);
      case "refused":
        return this.#refused(post, unanswered, end.head, end.detail);
      case "not sent":
        return this.#notSent(post, unanswered, end.cause);
      case "malformed":
        return this.#fail(unanswered, (entry) => malformed(entry, end.cause));
    }
  }

  /** What the server ran without an answer is another matter than what it never came to. */
  #unanswered(post: Post, entries: readonly Entry[], skippedFrom = Infinity): void {
    const skipped = new Set(post.entries.slice(skippedFrom));
    this.#unknown(post, entries.filter((entry) => !skipped.has(entry)), undefined);
    this.#skipped(post, entries.filter((entry) => skipped.has(entry)));
  }

  #skipped(post: Post, entries: readonly Entry[]): void {
    const attempt = post.settledCount > 0
      ? { outcome: "not executed", isFree: true } as const
      : this.#pausing(entries, { outcome: "not executed" });
    this.#again(post, entries, attempt, skipped);
  }

  #unknown(post: Post, entries: readonly Entry[], cause: unknown): void {
    const attempt = this.#pausing(entries, { outcome: "unknown", pausesLane: cause !== undefined });
    this.#again(post, entries, attempt, (entry, refusal) => lost(entry, cause, refusal));
  }

  #notSent(post: Post, entries: readonly Entry[], cause: unknown): void {
    // Without a token or a body another attempt would end the same way; without a connection it may not.
    const attempt = cause instanceof TransportError
      ? this.#pausing(entries, { outcome: "throttled", pausesLane: true })
      : { outcome: "failed" } as const;
    this.#again(post, entries, attempt, (entry, refusal) => notSent(entry, cause, refusal));
  }

  #refused(post: Post, entries: readonly Entry[], head: ResponseHead, detail: string): void {
    const { status } = head;
    const waitMs = retryAfterMs(head.headers, this.#clock.epochNow());
    const outcome = status >= 400
      ? outcomeOfBatch(status, this.#settings.retry.refusedStatuses)
      : "failed";
    const failed = (entry: Entry, refusal: Refusal) => batchHttpError(entry, head, detail, refusal);
    if (status === 401 && outcome === "not executed") {
      return this.#refresh(post, entries, failed);
    }
    if (status === 413 && outcome === "not executed") {
      const attempt = this.#halve(post)
        ? { outcome, status, isFree: true } as const
        : { outcome: "failed" } as const;
      return this.#again(post, entries, attempt, failed);
    }
    const attempt = this.#pausing(
      entries,
      { outcome, status, retryAfterMs: waitMs, pausesLane: true },
    );
    this.#again(post, entries, attempt, failed);
  }

  /** 401: nothing ran. A fresh token is asked for once for each operation. */
  #refresh(
    post: Post,
    entries: readonly Entry[],
    failed: (entry: Entry, refusal: Refusal) => BatchError,
  ): void {
    for (const entry of entries) {
      if (entry.isSettled) continue;
      const mayRefresh = this.#tokens.refused(post.laneOf(entry), post.token);
      const attempt = mayRefresh && !entry.hasRefreshed
        ? { outcome: "not executed", status: 401, isFree: true } as const
        : { outcome: "failed" } as const;
      entry.hasRefreshed = true;
      this.#again(post, [entry], attempt, failed);
    }
  }

  /** 413: until the lane is empty, batches are half as large. A single operation cannot be made smaller. */
  #halve(post: Post): boolean {
    const { entries, lanes } = post;
    if (entries.length < 2) return false;
    const bytes = entries.reduce((sum, entry) => sum + (entry.encoded?.bytes ?? 0), 0);
    for (const lane of lanes) {
      lane.maxSize = Math.min(lane.maxSize, Math.ceil(entries.length / 2));
      lane.maxBytes = Math.min(lane.maxBytes, Math.max(1, Math.ceil(bytes / 2)));
    }
    return true;
  }

  /** Draws one wait for all, so that they share the next batch too. */
  #pausing(entries: readonly Entry[], attempt: Attempt): Attempt {
    const retries = entries.reduce((most, entry) => Math.max(most, entry.retries), 0);
    return { ...attempt, delayMs: this.#retry.delayMs(retries, attempt.retryAfterMs) };
  }

  #again(
    post: Post,
    entries: readonly Entry[],
    attempt: Attempt,
    errorOf: (entry: Entry, refusal: Refusal) => BatchError,
  ): void {
    for (const entry of entries) {
      if (entry.isSettled) continue;
      const refusal = this.#retry.tryAgain(entry, post.laneOf(entry), attempt);
      if (refusal !== undefined) this.#settle.failed(entry, errorOf(entry, refusal));
    }
  }

  #fail(entries: readonly Entry[], errorOf: (entry: Entry) => BatchError): void {
    for (const entry of entries) this.#settle.failed(entry, errorOf(entry));
  }
}
