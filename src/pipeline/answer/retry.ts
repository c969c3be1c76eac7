import { Subscription } from "rxjs";
import type { BatchError } from "../../operation/errors.ts";
import type { BatchEvent } from "../../options/events.ts";
import type { Settings } from "../../options/settings.ts";
import type { Clock } from "../time/clock.ts";
import type { Gate } from "../gate.ts";
import type { Dispatch } from "../send/dispatch.ts";
import type { Entry } from "../entry.ts";
import type { Events } from "../events.ts";
import type { Lane } from "../collect/lane.ts";
import type { Order } from "../collect/order.ts";
import { type ErrorOf, Expiry, type Refusal } from "./expiry.ts";
import { methodClassOf, NEXT, type Outcome } from "./outcome.ts";
import { retryAfterMs } from "./retry_after.ts";

export type { ErrorOf, Refusal } from "./expiry.ts";

/** What retry is made of. */
export interface RetryStages {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly events: Events;
  readonly gate: Gate;
  readonly dispatch: Dispatch;
  readonly order: Order;
}

/** What retry calls. */
export interface RetryCalls {
  /** It goes again: back to its lane, or to wait for what it depends on. */
  again(entry: Entry): void;
  /** The lane waits for nothing alone any more. */
  unparked(lane: Lane): void;
  /** One that it depends on has failed or was left. */
  fall(entry: Entry, need: Entry): void;
  /** It has waited for too long. */
  fail(entry: Entry, error: BatchError): void;
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
  /** The whole POST ended so, or the server throttles: then the lane pauses, not just this operation. */
  readonly pausesLane?: boolean | undefined;
  /** It was no attempt: the same answer settled another operation, so this cannot go on for ever. */
  readonly isFree?: boolean | undefined;
  /** Not a byte of it left. */
  readonly isUnsent?: boolean | undefined;
}

interface Pause {
  readonly delayMs: number;
  readonly reason: Extract<BatchEvent, { readonly type: "paused" }>["reason"];
  /** Since when it is counted. */
  readonly fromMs?: number | undefined;
}

interface Waiting {
  timer: Subscription;
  dueAtMs: number;
}

/** Decides who goes again and when, and lets them wait (design rules 21 to 24). */
export class Retry {
  readonly #stages: RetryStages;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #calls: RetryCalls;
  /** One timer a lane, for its pause and for those who wait alone. */
  readonly #waiting = new Map<Lane, Waiting>();
  readonly #parked = new Map<Lane, Map<Entry, number>>();
  readonly #expiry: Expiry;

  constructor(stages: RetryStages, calls: RetryCalls) {
    this.#stages = stages;
    this.#settings = stages.settings;
    this.#clock = stages.clock;
    this.#calls = calls;
    this.#expiry = new Expiry(stages, (entry, error) => calls.fail(entry, error));
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
   * Pauses the lane for as long as an answer says; how long that is, if it says so.
   *
   * @param date that of the answer, for a part that has none of its own
   */
  obey(
    lane: Lane,
    headers: Readonly<Record<string, string>>,
    date?: string,
  ): number | undefined {
    const waitMs = retryAfterMs(headers, this.#clock.epochNow(), date);
    if (waitMs !== undefined) this.#pause(lane, { delayMs: waitMs, reason: "asked" });
    return waitMs;
  }

  /** All lanes whose operations it carried. */
  obeyAll(
    lanes: readonly Lane[],
    headers: Readonly<Record<string, string>>,
    date?: string,
  ): void {
    for (const lane of lanes) this.obey(lane, headers, date);
  }

  /** A server that names a time is obeyed by the whole lane, whoever was told. */
  #pause(lane: Lane, { delayMs, reason, fromMs = this.#clock.now() }: Pause): void {
    if (!this.#settings.retry.isOn) return;
    const untilMs = fromMs + delayMs;
    if (delayMs <= 0 || untilMs <= lane.pausedUntilMs) return;
    lane.pausedUntilMs = untilMs;
    if (this.#stages.events.isHeard) {
      this.#stages.events.emit({ type: "paused", lane: lane.number, delayMs, reason });
    }
    this.#expiry.review(lane, this.#parked.get(lane)?.keys() ?? []);
    if (lane.live > 0) this.watch(lane);
  }

  /** Nothing new is taken in: what was never sent waits no longer than what was. */
  closed(lanes: Iterable<Lane>): void {
    for (const lane of lanes) this.#expiry.review(lane, this.#parked.get(lane)?.keys() ?? []);
  }

  /** Is its time over, now that it could be sent? Then it fails. */
  isTooLate(entry: Entry): boolean {
    return this.#expiry.ends(entry);
  }

  /** It waits in a lane that may pause. */
  joined(entry: Entry, lane: Lane): void {
    this.#expiry.joined(entry, lane);
    this.watch(lane);
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
    const next = NEXT[attempt.outcome][methodClassOf(entry.built!)];
    if (!retry.isOn || next === "settle") return "policy";
    const isFree = attempt.isFree === true && next === "again now";
    if (!isFree && entry.retries >= retry.maxRetries) return "retry.maxRetries";
    const draw = () => attempt.delayMs ?? this.delayMs(entry.retries, attempt.retryAfterMs);
    const delayMs = isFree ? 0 : entry.share?.delayMs(entry.attempts, draw) ?? draw();
    const now = this.#clock.now();
    const earliestMs = Math.max(now + delayMs, lane.pausedUntilMs);
    if (earliestMs - entry.firstSentAtMs > retry.maxTotalMs) return "retry.maxTotalMs";
    if (!isFree) entry.retries++;
    this.#expiry.remember(entry, errorOf);
    if (this.#stages.events.isHeard) {
      this.#stages.events.emit({
        type: "retried",
        operation: entry.operation.id,
        label: entry.operation.label,
        lane: lane.number,
        attempt: entry.attempts,
        delayMs,
        status: attempt.status,
      });
    }
    entry.state = "held";
    this.#stages.gate.waiting++;
    if (delayMs === 0 || attempt.pausesLane === true) {
      // What the answer asked for, no less and no more, has paused the lane since it came.
      if (delayMs !== attempt.retryAfterMs) {
        this.#pause(lane, { delayMs, reason: "backoff", fromMs: attempt.fromMs });
      }
      this.#calls.again(entry);
    } else {
      this.#park(entry, lane, now + delayMs);
    }
    return undefined;
  }

  /** Does it fall with one that it depends on? Nothing ran of it. */
  fallWithNeed(entry: Entry): boolean {
    const need = this.#stages.order.fallenNeed(entry);
    if (need !== undefined) this.#calls.fall(entry, need);
    return need !== undefined;
  }

  /** Makes sure that a paused lane wakes up, once something waits in it. */
  watch(lane: Lane): void {
    const { readyAtMs } = lane;
    if (readyAtMs > this.#clock.now() && readyAtMs < Infinity) this.#arm(lane, readyAtMs);
  }

  /** A limit of the server is near: the lane's next batch waits. */
  slowDown(lane: Lane, delayMs: number): void {
    const untilMs = this.#clock.now() + delayMs;
    if (untilMs <= lane.slowedUntilMs) return;
    lane.slowedUntilMs = untilMs;
    if (this.#stages.events.isHeard) {
      const reason = "near limit";
      this.#stages.events.emit({ type: "paused", lane: lane.number, delayMs, reason });
    }
    if (lane.live > 0) this.watch(lane);
  }

  /** It was put in a batch that never left: as if it had not been. */
  putBack(entry: Entry): void {
    entry.attempts--;
    entry.state = "held";
    this.#stages.gate.waiting++;
    this.#calls.again(entry);
  }

  /** It leaves while it waits alone. */
  withdraw(entry: Entry, lane: Lane): void {
    const parked = this.#parked.get(lane);
    if (parked?.delete(entry)) lane.parked--;
    if (parked?.size === 0) this.#parked.delete(lane);
    this.rest(lane);
    this.#calls.unparked(lane);
  }

  /** Nothing waits in the lane any more: no timer may hold the process. */
  rest(lane: Lane): void {
    if (lane.live > 0 || lane.parked > 0) return;
    this.#waiting.get(lane)?.timer.unsubscribe();
    this.#waiting.delete(lane);
  }

  #park(entry: Entry, lane: Lane, untilMs: number): void {
    entry.state = "parked";
    lane.parked++;
    let parked = this.#parked.get(lane);
    if (parked === undefined) this.#parked.set(lane, parked = new Map());
    parked.set(entry, untilMs);
    this.#arm(lane, untilMs);
  }

  #arm(lane: Lane, dueAtMs: number): void {
    const waiting = this.#waiting.get(lane);
    if (waiting !== undefined && waiting.dueAtMs <= dueAtMs) return;
    waiting?.timer.unsubscribe();
    const next = { timer: Subscription.EMPTY, dueAtMs };
    this.#waiting.set(lane, next);
    next.timer = this.#clock.after(dueAtMs - this.#clock.now(), () => this.#tick(lane));
  }

  #tick(lane: Lane): void {
    this.#waiting.delete(lane);
    const now = this.#clock.now();
    const parked = this.#parked.get(lane);
    let nextMs = Infinity;
    for (const [entry, untilMs] of parked ?? []) {
      if (untilMs > now) {
        nextMs = Math.min(nextMs, untilMs);
        continue;
      }
      parked!.delete(entry);
      lane.parked--;
      this.#calls.again(entry);
    }
    if (parked?.size === 0) this.#parked.delete(lane);
    if (lane.readyAtMs <= now) this.#stages.dispatch.unblock(lane);
    else if (lane.live > 0) nextMs = Math.min(nextMs, lane.readyAtMs);
    if (nextMs < Infinity) this.#arm(lane, nextMs);
    this.#calls.unparked(lane);
  }
}
