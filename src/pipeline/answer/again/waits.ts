import { Subscription } from "rxjs";
import type { Lane } from "../../collect/lane.ts";
import type { Entry } from "../../entry.ts";
import type { Clock } from "../../time/clock.ts";

/** What waits call. */
export interface WaitCalls {
  /** It has waited alone for long enough. */
  again(entry: Entry): void;
  /** The lane may send again. */
  ready(lane: Lane): void;
  /** The lane waits for nothing alone any more. */
  unparked(lane: Lane): void;
}

interface Alarm {
  timer: Subscription;
  dueAtMs: number;
}

/** Who waits alone, and until when: one timer a lane serves them, and the pause of the lane too. */
export class Waits {
  readonly #clock: Clock;
  readonly #calls: WaitCalls;
  readonly #alarms = new Map<Lane, Alarm>();
  readonly #parked = new Map<Lane, Map<Entry, number>>();

  constructor(clock: Clock, calls: WaitCalls) {
    this.#clock = clock;
    this.#calls = calls;
  }

  /** Those of a lane who wait alone. */
  parkedIn(lane: Lane): Iterable<Entry> {
    return this.#parked.get(lane)?.keys() ?? [];
  }

  /** Makes sure that a paused lane wakes up, once something waits in it. */
  watch(lane: Lane): void {
    const { readyAtMs } = lane;
    if (readyAtMs > this.#clock.now() && readyAtMs < Infinity) this.#arm(lane, readyAtMs);
  }

  /** It waits alone until then. */
  park(entry: Entry, lane: Lane, untilMs: number): void {
    entry.state = "parked";
    lane.parked++;
    let parked = this.#parked.get(lane);
    if (parked === undefined) this.#parked.set(lane, parked = new Map());
    parked.set(entry, untilMs);
    this.#arm(lane, untilMs);
  }

  /** It waits alone, and for no less than until then. */
  postpone(entry: Entry, lane: Lane, untilMs: number): void {
    const parked = this.#parked.get(lane);
    const ownMs = parked?.get(entry);
    if (ownMs !== undefined && ownMs < untilMs) parked!.set(entry, untilMs);
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
    this.#alarms.get(lane)?.timer.unsubscribe();
    this.#alarms.delete(lane);
  }

  #arm(lane: Lane, dueAtMs: number): void {
    const alarm = this.#alarms.get(lane);
    if (alarm !== undefined && alarm.dueAtMs <= dueAtMs) return;
    alarm?.timer.unsubscribe();
    const next = { timer: Subscription.EMPTY, dueAtMs };
    this.#alarms.set(lane, next);
    next.timer = this.#clock.after(dueAtMs - this.#clock.now(), () => this.#tick(lane));
  }

  #tick(lane: Lane): void {
    this.#alarms.delete(lane);
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
    if (lane.readyAtMs <= now) this.#calls.ready(lane);
    else if (lane.live > 0) nextMs = Math.min(nextMs, lane.readyAtMs);
    if (nextMs < Infinity) this.#arm(lane, nextMs);
    this.#calls.unparked(lane);
  }
}
