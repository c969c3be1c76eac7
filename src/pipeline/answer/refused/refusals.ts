import { type BatchError, DecodeError } from "../../../operation/errors.ts";
import { membersOf } from "../../../operation/atomic.ts";
import { isIdempotent } from "../../../operation/operation.ts";
import type { ResponseHead } from "../../../transport/transport.ts";
import type { Settings } from "../../../options/settings.ts";
import { type Entry, pastOf } from "../../entry.ts";
import type { Unread } from "../../send/exchange.ts";
import type { Batch } from "../../send/batch.ts";
import type { Clock } from "../../time/clock.ts";
import type { Again } from "../again/again.ts";
import { batchHttpError } from "../failure.ts";
import { unreadable } from "../unreadable.ts";
import type { BatchRefusal, Halves } from "./halves.ts";
import { outcomeOfBatch } from "../again/outcome.ts";
import type { Renewal } from "./renewal.ts";
import { namesTheCount } from "./text.ts";
import type { Refusal } from "../again/retry.ts";
import { retryAfterMs } from "../again/retry_after.ts";

/** What a whole batch is refused with when a single operation in it is malformed, or breaks the server. */
const SPOILT: ReadonlySet<number> = new Set([400, 422, 500]);

/** What a whole batch was refused for: a token, its size, or one operation that spoils it for all. */
export class Refusals {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #renewal: Renewal;
  readonly #halves: Halves;
  readonly #again: Again;

  constructor(
    settings: Settings,
    stages: { clock: Clock; renewal: Renewal; halves: Halves; again: Again },
  ) {
    this.#settings = settings;
    this.#clock = stages.clock;
    this.#renewal = stages.renewal;
    this.#halves = stages.halves;
    this.#again = stages.again;
  }

  unreadable(
    batch: Batch,
    entries: readonly Entry[],
    { cause, unread }: { cause: unknown; unread: Unread | undefined },
  ): void {
    const errorOf = (entry: Entry) => unreadable(entry, cause, unread);
    const refusal = { attempt: { outcome: "failed" }, errorOf } as const;
    // Without a head there was no answer, and no operation that could have spoilt it.
    const mayBeSpoilt = cause instanceof DecodeError && unread !== undefined &&
      this.#halves.canCut(batch.entries);
    if (mayBeSpoilt) this.#inHalves(entries, refusal, false);
    else this.#again.failAll(entries, errorOf);
  }

  refused(batch: Batch, entries: readonly Entry[], unread: Unread): void {
    const { head: { status, headers } } = unread;
    const { refusedStatuses } = this.#settings.retry;
    const waitMs = retryAfterMs(headers, this.#clock.epochNow());
    const outcome = outcomeOfBatch(status, refusedStatuses);
    const errorOf = (entry: Entry, refusal: Refusal) =>
      batchHttpError(entry, unread, refusal, batch);
    const wanted = this.#renewal.wants(unread.head);
    if (wanted === "headers" || (wanted === "token" && outcome === "not executed")) {
      return this.#renew(wanted, { batch, entries, head: unread.head }, errorOf);
    }
    if (status === 413 && outcome === "not executed") {
      this.#shrink(batch, ["maxSize", "maxBytes"]);
      return this.#inSmaller(batch, entries, errorOf, true);
    }
    if (batch.entries.length > 1 && waitMs === undefined && namesTheCount(unread.detail, status)) {
      this.#shrink(batch, ["maxSize"]);
      return this.#inSmaller(batch, entries, errorOf, refusedStatuses.has(status));
    }
    const attempt = this.#again.withOneWait(
      entries,
      { outcome, status, retryAfterMs: waitMs, pauses: "lane" },
    );
    if (SPOILT.has(status) && this.#halves.canCut(batch.entries)) {
      return this.#inHalves(entries, { attempt, errorOf }, refusedStatuses.has(status));
    }
    this.#again.tryEach(batch, entries, attempt, errorOf);
  }

  /** Nothing ran. A fresh token, or fresh headers, are asked for once for each operation. */
  #renew(
    what: "headers" | "token",
    { batch, entries, head }: { batch: Batch; entries: readonly Entry[]; head: ResponseHead },
    errorOf: (entry: Entry, refusal: Refusal) => BatchError,
  ): void {
    const { status } = head;
    for (const entry of entries) {
      // Whoever left at the failure of the one before is in no lane any more.
      if (entry.isSettled) continue;
      const attempt = this.#renewal.attempt(
        what,
        { batch, entry, head, isWhole: true },
        { outcome: "not executed", status },
      );
      this.#again.tryEach(batch, [entry], attempt ?? { outcome: "failed" }, errorOf);
    }
  }

  /** Until the lane is empty, batches are half as large. */
  #shrink({ entries, lanes }: Batch, limits: readonly ("maxSize" | "maxBytes")[]): void {
    if (entries.length < 2) return;
    const bytes = entries.reduce((sum, entry) => sum + (entry.encoded?.bytes ?? 0), 0);
    const halves = { maxSize: Math.ceil(entries.length / 2), maxBytes: Math.ceil(bytes / 2) };
    for (const lane of lanes) {
      for (const limit of limits) lane[limit] = Math.min(lane[limit], Math.max(1, halves[limit]));
    }
  }

  /** A single operation cannot be made smaller; a status that is not trusted may hide that some ran. */
  #inSmaller(
    batch: Batch,
    entries: readonly Entry[],
    failed: (entry: Entry, refusal: Refusal) => BatchError,
    isCertain: boolean,
  ): void {
    const isCut = batch.entries.length > 1;
    const { again, never } = this.#partition(isCut ? entries : [], isCertain);
    this.#again.tryEach(batch, again, { outcome: "not executed", isFree: true }, failed);
    this.#again.failAll(isCut ? never : entries, (entry) => failed(entry, "policy"));
  }

  /** What must not run twice goes again only where it surely did not run. */
  #inHalves(entries: readonly Entry[], refusal: BatchRefusal, isCertain: boolean): void {
    const { again, never } = this.#partition(entries, isCertain);
    this.#again.failAll(never, (entry) => refusal.errorOf(entry, "policy"));
    this.#halves.refused(again, refusal);
  }

  #partition(
    entries: readonly Entry[],
    isCertain: boolean,
  ): { again: readonly Entry[]; never: readonly Entry[] } {
    if (!isCertain) { for (const entry of entries) pastOf(entry).mayHaveRun = true; }
    const mayRepeat = ({ built }: Entry) =>
      this.#settings.retry.isOn && (isCertain || membersOf(built!).every(isIdempotent));
    return {
      again: entries.filter(mayRepeat),
      never: entries.filter((entry) => !mayRepeat(entry)),
    };
  }
}
