import type { Subscription } from "rxjs";
import type { BatchReason } from "../../options/events.ts";
import type { Clock } from "../time/clock.ts";
import type { Lane } from "./lane.ts";

/** What windows call. */
export interface WindowCalls {
  /** The lane has collected enough, or for long enough. */
  due(lane: Lane, reason: BatchReason): void;
}

/**
 * The open windows, oldest first (design rules 1 and 2): every window stays open for the same time, so they close in the
 * order in which they opened, and one timer serves all of them.
 */
export class Windows {
  readonly #clock: Clock;
  readonly #maxWaitMs: number;
  readonly #calls: WindowCalls;
  #oldest: Lane | undefined = undefined;
  #youngest: Lane | undefined = undefined;
  #timer: Subscription | undefined = undefined;

  constructor(clock: Clock, maxWaitMs: number, calls: WindowCalls) {
    this.#clock = clock;
    this.#maxWaitMs = maxWaitMs;
    this.#calls = calls;
  }

  /** An operation has joined: the lane is due by size, or its window opens, or it collects on. */
  grew(lane: Lane): void {
    if (lane.dueFor !== undefined) return;
    const reason = dueBySize(lane);
    if (reason !== undefined) {
      this.close(lane);
      this.#calls.due(lane, reason);
    } else if (!lane.isOpen && lane.reserved === 0) {
      this.#open(lane);
    }
  }

  /** After a batch was taken, or a slot came too late: what is left is due, collects on, or is nothing. */
  review(lane: Lane): void {
    if (lane.dueFor !== undefined) return;
    const reason = this.dueNow(lane);
    if (reason !== undefined) {
      this.close(lane);
      this.#calls.due(lane, reason);
    } else if (lane.live === 0) {
      this.close(lane);
    } else if (!lane.isOpen && lane.reserved === 0) {
      this.#open(lane);
    }
  }

  /** Why the lane is due at this moment, if it is. */
  dueNow(lane: Lane): BatchReason | undefined {
    const reason = dueBySize(lane);
    if (reason !== undefined || lane.reserved > 0) return reason;
    return this.#isOverdue(lane) ? "time" : undefined;
  }

  close(lane: Lane): void {
    if (!lane.isOpen) return;
    lane.isOpen = false;
    if (lane.older === undefined) this.#oldest = lane.younger;
    else lane.older.younger = lane.younger;
    if (lane.younger === undefined) this.#youngest = lane.older;
    else lane.younger.older = lane.older;
    lane.older = undefined;
    lane.younger = undefined;
    if (this.#oldest === undefined) {
      this.#timer?.unsubscribe();
      this.#timer = undefined;
    }
  }

  /** A window may open in the past, for what a batch left behind: then its place is further up. */
  #open(lane: Lane): void {
    lane.openedAtMs = lane.waitsSinceMs;
    let older = this.#youngest;
    while (older !== undefined && older.openedAtMs > lane.openedAtMs) older = older.older;
    const younger = older === undefined ? this.#oldest : older.younger;
    lane.isOpen = true;
    lane.older = older;
    lane.younger = younger;
    if (older === undefined) this.#oldest = lane;
    else older.younger = lane;
    if (younger === undefined) this.#youngest = lane;
    else younger.older = lane;
    if (this.#oldest === lane) this.#arm();
  }

  #arm(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    if (this.#oldest === undefined) return;
    const delayMs = this.#oldest.openedAtMs + this.#maxWaitMs - this.#clock.now();
    this.#timer = this.#clock.after(Math.max(0, delayMs), () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (
      let lane = this.#oldest;
      lane !== undefined && lane.openedAtMs + this.#maxWaitMs <= now;
      lane = this.#oldest
    ) {
      this.close(lane);
      // Who opened it may have left since: those who stay have waited for less.
      this.review(lane);
    }
    this.#arm();
  }

  #isOverdue(lane: Lane): boolean {
    return lane.waitsSinceMs + this.#maxWaitMs <= this.#clock.now();
  }
}

/** What waits beyond the batches that already hold a slot and wait for their token. */
function dueBySize(lane: Lane): BatchReason | undefined {
  const { size, bytes, reserved, maxSize, maxBytes } = lane;
  const spare = size - reserved * maxSize;
  if (spare <= 0) return undefined;
  if (lane.flushedFor !== undefined) return lane.flushedFor;
  if (spare >= maxSize) return "count";
  return bytes - reserved * maxBytes >= maxBytes ? "bytes" : undefined;
}
