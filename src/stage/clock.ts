import { asapScheduler, asyncScheduler, type SchedulerLike, type Subscription } from "rxjs";
import type { Loop } from "./loop.ts";

/** The time, and the only place where timers are made: what they do happens inside the loop. */
export class Clock {
  readonly #scheduler: SchedulerLike;
  /** A timer of asyncScheduler comes a macrotask late; a wait of 0 ms means "after this synchronous run". */
  readonly #soon: SchedulerLike;
  readonly #loop: Loop;
  /** Time never runs backwards here, whatever the system's clock does. */
  #latestMs = -Infinity;

  constructor(scheduler: SchedulerLike, loop: Loop) {
    this.#scheduler = scheduler;
    this.#soon = scheduler === asyncScheduler ? asapScheduler : scheduler;
    this.#loop = loop;
  }

  now(): number {
    const now = this.#scheduler.now();
    if (now > this.#latestMs) this.#latestMs = now;
    return this.#latestMs;
  }

  /** Calls `work` once, `delayMs` from now, unless unsubscribed before. */
  after(delayMs: number, work: () => void): Subscription {
    const dueAtMs = this.now() + delayMs;
    const tick = () => {
      // Timers of Node come up to 1 ms early by its own clock.
      if (dueAtMs > this.#latestMs) this.#latestMs = dueAtMs;
      this.#loop.run(work);
    };
    return delayMs > 0 ? this.#scheduler.schedule(tick, delayMs) : this.#soon.schedule(tick);
  }
}
