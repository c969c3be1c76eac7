import { Subscription } from "rxjs";
import type { Lane } from "../../collect/lane.ts";
import type { Entry } from "../../entry.ts";
import type { Clock } from "../../time/clock.ts";

/** What waits call. */
export interface WaitCalls {
  /** A pause of its service may have grown meanwhile: until when that holds it back. */
  heldUntilMs(entry: Entry, lane: Lane): number;
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

/** Some who wait alone, each until its time. */
class Sleepers extends Map<Entry, number> {
  /** None is due before: who is not due need not be looked at. */
  earliestMs = Infinity;
}

/** Those of a lane who wait alone: what was in a POST before, whose time is counted, and what never was. */
class Parked {
  readonly repeated = new Sleepers();
  readonly fresh = new Sleepers();

  get isEmpty(): boolean {
    return this.repeated.size === 0 && this.fresh.size === 0;
  }

  of({ attempts }: Entry): Sleepers {
    return attempts > 0 ? this.repeated : this.fresh;
  }

  add(entry: Entry, untilMs: number): void {
    const sleepers = this.of(entry);
    sleepers.set(entry, untilMs);
    sleepers.earliestMs = Math.min(sleepers.earliestMs, untilMs);
  }
}

const NONE: Iterable<Entry> = [];

/** Who waits alone, and until when: one timer a lane serves them, and the pause of the lane too. */
export class Waits {
  readonly #clock: Clock;
  readonly #calls: WaitCalls;
  readonly #alarms = new Map<Lane, Alarm>();
  readonly #parked = new Map<Lane, Parked>();

  constructor(clock: Clock, calls: WaitCalls) {
    this.#clock = clock;
    this.#calls = calls;
  }

  /** Those of a lane who wait alone and were in a POST before. */
  repeatedIn(lane: Lane): Iterable<Entry> {
    return this.#parked.get(lane)?.repeated.keys() ?? NONE;
  }

  /** Those of a lane who wait alone and never were. */
  freshIn(lane: Lane): Iterable<Entry> {
    return this.#parked.get(lane)?.fresh.keys() ?? NONE;
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
    if (parked === undefined) this.#parked.set(lane, parked = new Parked());
    parked.add(entry, untilMs);
    this.#arm(lane, untilMs);
  }

  /** It leaves while it waits alone. */
  withdraw(entry: Entry, lane: Lane): void {
    const parked = this.#parked.get(lane);
    if (parked?.of(entry).delete(entry)) lane.parked--;
    if (parked?.isEmpty) this.#parked.delete(lane);
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
    if (parked !== undefined) {
      for (const sleepers of [parked.repeated, parked.fresh]) {
        if (sleepers.earliestMs <= now) this.#wake(sleepers, lane, now);
        nextMs = Math.min(nextMs, sleepers.earliestMs);
      }
      if (parked.isEmpty) this.#parked.delete(lane);
    }
    if (lane.readyAtMs <= now) this.#calls.ready(lane);
    else if (lane.live > 0) nextMs = Math.min(nextMs, lane.readyAtMs);
    if (nextMs < Infinity) this.#arm(lane, nextMs);
    this.#calls.unparked(lane);
  }

  #wake(sleepers: Sleepers, lane: Lane, now: number): void {
    sleepers.earliestMs = Infinity;
    for (const [entry, untilMs] of sleepers) {
      const laterMs = untilMs > now ? untilMs : this.#calls.heldUntilMs(entry, lane);
      if (laterMs > now) {
        // It keeps its place in the line.
        if (laterMs > untilMs) sleepers.set(entry, laterMs);
        sleepers.earliestMs = Math.min(sleepers.earliestMs, laterMs);
        continue;
      }
      sleepers.delete(entry);
      lane.parked--;
      this.#calls.again(entry);
    }
  }
}
