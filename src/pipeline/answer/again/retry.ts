import type { Settings } from "../../../options/settings.ts";
import type { Clock } from "../../time/clock.ts";
import type { Gate } from "../../gate.ts";
import { type Entry, pastOf } from "../../entry.ts";
import type { Events } from "../../events.ts";
import type { Lane } from "../../collect/lane.ts";
import type { Past } from "../../past.ts";
import type { Order } from "../../collect/order.ts";
import type { ErrorOf, Expiry, Refusal } from "./expiry.ts";
import { mayGoAgain, type Outcome } from "./outcome.ts";
import type { Pauses } from "./pauses.ts";
import type { Waits } from "./waits.ts";

export type { ErrorOf, Refusal } from "./expiry.ts";

/** What retry is made of. */
export interface RetryStages {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly events: Events;
  readonly gate: Gate;
  readonly order: Order;
  readonly expiry: Expiry;
  readonly waits: Waits;
  readonly pauses: Pauses;
}

/** What retry calls. */
export interface RetryCalls {
  /** It goes again: back to its lane, or to wait for what it depends on. */
  again(entry: Entry): void;
  /** One that it depends on has failed or was left. */
  fall(entry: Entry, need: Entry): void;
}

/** How an attempt ended, and what it says of the next one. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly status?: number | undefined;
  /** What the answer said besides: a challenge, when its status is 401. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the server asked for. */
  readonly retryAfterMs?: number | undefined;
  /** One wait for all operations of a batch, so that they share the next one. */
  readonly delayMs?: number | undefined;
  /** Since when that is counted, so that it ends for all of them at once. */
  readonly fromMs?: number | undefined;
  /** The whole POST ended so, or the server throttles: then the lane pauses, or its service, not just this operation. */
  readonly pauses?: "lane" | "service" | undefined;
  /** It was no attempt: the same answer settled another operation, so this cannot go on for ever. */
  readonly isFree?: boolean | undefined;
  /** Some of a group may have run, and is not undone: no fresh token mends that. */
  readonly isHalfDone?: boolean | undefined;
  /** Not a byte of it left. */
  readonly isUnsent?: boolean | undefined;
}

/** Decides who goes again, and when (design rules 21 to 24). */
export class Retry {
  readonly #stages: RetryStages;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #calls: RetryCalls;

  constructor(stages: RetryStages, calls: RetryCalls) {
    this.#stages = stages;
    this.#settings = stages.settings;
    this.#clock = stages.clock;
    this.#calls = calls;
  }

  /**
   * Full jitter: evenly drawn below a bound that doubles with each attempt. A longer Retry-After counts instead; a shorter
   * one does not, so that a server that always says 1 second is not asked for ever at that pace.
   */
  delayMs(retries: number, retryAfterMs = 0): number {
    const { baseDelayMs, maxDelayMs } = this.#settings.retry;
    const backoffMs = Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** retries);
    return Math.max(backoffMs, retryAfterMs);
  }

  /**
   * Sends the entry again, if policy and budget allow.
   *
   * @param errorOf the error that it has, for when its time is over before it could go
   * @returns why it is to be settled with the error that it has, or `undefined` when it goes again
   */
  tryAgain(entry: Entry, lane: Lane, attempt: Attempt, errorOf: ErrorOf): Refusal | undefined {
    const { retry } = this.#settings;
    if (entry.built!.retry === false && attempt.isUnsent !== true) return "policy";
    // What it waits for will never be.
    if (this.#stages.order.fallenNeed(entry) !== undefined) return "policy";
    if (!retry.isOn || !mayGoAgain(entry.built!, attempt.outcome)) return "policy";
    const { isFree = false } = attempt;
    const retries = entry.past?.retries ?? 0;
    if (!isFree && retries >= retry.maxRetries) return "retry.maxRetries";
    const draw = () => attempt.delayMs ?? this.delayMs(retries, attempt.retryAfterMs);
    const delayMs = isFree ? 0 : entry.share?.delayMs(entry.attempts, draw) ?? draw();
    const now = this.#clock.now();
    // Who rested until others had come has waited since then.
    const untilMs = Math.max(now, (attempt.fromMs ?? now) + delayMs);
    const earliestMs = Math.max(untilMs, this.#stages.pauses.untilMs(entry, lane));
    if (earliestMs - entry.firstSentAtMs > retry.maxTotalMs) return "retry.maxTotalMs";
    if (!isFree) countAttempt(pastOf(entry), attempt);
    this.#stages.expiry.remember(entry, errorOf);
    if (this.#stages.events.isHeard) {
      this.#stages.events.emit({
        type: "retried",
        operation: entry.operation.id,
        label: entry.operation.label,
        lane: lane.number,
        attempt: entry.attempts,
        delayMs: untilMs - now,
        status: attempt.status,
      });
    }
    this.#stages.gate.waiting++;
    if (delayMs === 0 || attempt.pauses !== undefined) {
      // What the answer asked for, no less and no more, has paused the lane since it came.
      if (delayMs !== attempt.retryAfterMs) {
        const { fromMs, pauses: holds } = attempt;
        this.#stages.pauses.backOff(entry, lane, { delayMs, fromMs, holds });
      }
      this.#calls.again(entry);
    } else {
      this.#stages.waits.park(entry, lane, untilMs);
    }
    return undefined;
  }

  /** Nothing ran of it: it fails in its turn, and this says so, if one that it depends on has fallen. */
  failInTurnIfNeedFell(entry: Entry): boolean {
    const need = this.#stages.order.fallenNeed(entry);
    if (need !== undefined) this.#calls.fall(entry, need);
    return need !== undefined;
  }

  /** It was put in a batch that never left: as if it had not been. */
  putBack(entry: Entry): void {
    if (--entry.attempts === 0) entry.share = undefined;
    this.#stages.gate.waiting++;
    this.#calls.again(entry);
  }
}

/** What was answered otherwise had a good token and good headers: if they are refused later, fresh ones are asked for again. */
function countAttempt(past: Past, { status }: Attempt): void {
  past.retries++;
  if (status === undefined) return;
  past.hasNewHeaders = false;
  past.hasRefreshed = false;
}
