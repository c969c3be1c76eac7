import { type BatchError, LimitError, NotExecutedError } from "../../../operation/errors.ts";
import { nameOf } from "../../../operation/identity.ts";
import type { Settings } from "../../../options/settings.ts";
import type { Lane } from "../../collect/lane.ts";
import type { Entry } from "../../entry.ts";
import type { Gate } from "../../gate.ts";
import type { Clock } from "../../time/clock.ts";
import type { Waits } from "./waits.ts";

/** Why an operation does not go again: it must not, or one of its budgets is spent. */
export type Refusal = "policy" | "retry.maxRetries" | "retry.maxTotalMs";

/** Makes the error that an attempt ends with. */
export type ErrorOf = (entry: Entry, refusal: Refusal) => BatchError;

/** What expiry is made of. */
export interface ExpiryStages {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly gate: Gate;
}

/**
 * Ends what would wait for too long (design rule 22): what was in a POST waits for `maxTotalMs` at most, counted from the
 * first one, and then has the error of its last attempt. What never was waits for as long as a pause takes, but once the
 * batcher is closed for `maxTotalMs` only.
 */
export class Expiry {
  readonly #stages: ExpiryStages;
  readonly #fail: (entry: Entry, error: BatchError) => void;
  readonly #errors = new WeakMap<Entry, ErrorOf>();

  /** @param fail is called for each that waits no longer; it settles later */
  constructor(stages: ExpiryStages, fail: (entry: Entry, error: BatchError) => void) {
    this.#stages = stages;
    this.#fail = fail;
  }

  /** It goes again, and this is what it fails with when its time is over. */
  remember(entry: Entry, errorOf: ErrorOf): void {
    this.#errors.set(entry, errorOf);
  }

  /** Fails it, and says so, if its time is over at this moment. */
  failIfTooLate(entry: Entry): boolean {
    return this.#endsAt(entry, this.#stages.clock.now());
  }

  /** The lane pauses, or the batcher was closed meanwhile: who waits there for too long? */
  review(lane: Lane, waits: Waits): void {
    const untilMs = lane.heldUntilMs;
    if (untilMs <= this.#stages.clock.now()) return;
    for (const entry of waits.repeatedIn(lane)) this.#endsAt(entry, untilMs);
    for (const entry of lane.repeated) this.#endsAt(entry, untilMs);
    if (!this.isTooLongForFresh(untilMs)) return;
    for (const entry of waits.freshIn(lane)) this.#endFresh(entry, untilMs);
    for (const entry of lane.front(lane.live)) this.#endFresh(entry, untilMs);
  }

  /** It joins a lane that pauses. */
  joined(entry: Entry, { heldUntilMs }: Lane): void {
    if (this.isTooLongForFresh(heldUntilMs)) this.#endFresh(entry, heldUntilMs);
  }

  /** It waits alone until then: is that too long? */
  waits(entry: Entry, untilMs: number): void {
    if (this.#endsAt(entry, untilMs) || !this.isTooLongForFresh(untilMs)) return;
    this.#endFresh(entry, untilMs);
  }

  #endsAt(entry: Entry, ms: number): boolean {
    const { maxTotalMs } = this.#stages.settings.retry;
    const errorOf = this.#errors.get(entry);
    if (errorOf === undefined || ms - entry.firstSentAtMs <= maxTotalMs) return false;
    this.#fail(entry, errorOf(entry, "retry.maxTotalMs"));
    return true;
  }

  /** Nothing that was never sent waits until then any more. */
  isTooLongForFresh(untilMs: number): boolean {
    const { gate, clock, settings } = this.#stages;
    return gate.isClosed && untilMs - clock.now() > settings.retry.maxTotalMs;
  }

  #endFresh(entry: Entry, untilMs: number): void {
    if (entry.attempts > 0) return;
    const { operation } = entry;
    const pauseMs = untilMs - this.#stages.clock.now();
    const cause = new LimitError(
      `Cannot wait for a pause as after close() it must be no longer than retry.maxTotalMs: current value is ${pauseMs}`,
      { operation, limit: "retry.maxTotalMs" },
    );
    const error = new NotExecutedError(
      `Cannot send ${
        nameOf(operation)
      } as its mailbox must be open to requests: current value is a pause that the server asked for`,
      { operation, cause, certain: true },
    );
    this.#fail(entry, error);
  }
}
