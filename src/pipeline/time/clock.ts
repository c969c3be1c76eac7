import { asapScheduler, asyncScheduler, type SchedulerLike, type Subscription } from "rxjs";
import type { Loop } from "./loop.ts";
import { report } from "./report.ts";

/**
 * The time, and the only place where timers are made: what they do happens inside the loop.
 *
 * Elapsed time is that of `performance.now()`, which no setting of the wall clock moves; a scheduler's own clock counts
 * unless it is the wall clock (design rule 30).
 */
export class Clock {
  readonly #scheduler: SchedulerLike;
  readonly #isOfWall: boolean;
  /** A timer of asyncScheduler comes a macrotask late; a wait of 0 ms means "after this synchronous run". */
  readonly #soon: SchedulerLike;
  readonly #loop: Loop;
  /** Times are counted from here: small integers, which cost an entry nothing to keep. */
  readonly #originMs: number;
  /** Time never runs backwards here, whatever a scheduler's clock does. */
  #latestMs = 0;
  #isInOneRun = false;

  constructor(scheduler: SchedulerLike | undefined, loop: Loop) {
    this.#scheduler = scheduler ?? asyncScheduler;
    this.#soon = this.#scheduler === asyncScheduler ? asapScheduler : this.#scheduler;
    this.#loop = loop;
    this.#isOfWall = isWallClock(this.#scheduler);
    this.#originMs = this.#read();
  }

  /** Milliseconds since this clock was made. */
  now(): number {
    const now = this.#read() - this.#originMs;
    if (now > this.#latestMs) this.#latestMs = now;
    return this.#latestMs;
  }

  /** Milliseconds since 1970, to hold against an HTTP-date. */
  epochNow(): number {
    return this.#isOfWall ? Date.now() : this.#originMs + this.now();
  }

  /** The time; for what comes in one synchronous run, the latest look at it (see `inOneRun`). */
  recently(): number {
    return this.#isInOneRun ? this.#latestMs : this.now();
  }

  /** All that comes while `work` runs comes together: one look at the clock for each would cost a fifth of taking it in. */
  inOneRun(work: () => void): void {
    this.now();
    this.#isInOneRun = true;
    try {
      work();
    } finally {
      this.#isInOneRun = false;
    }
  }

  /** Calls `work` once, `delayMs` from now, unless unsubscribed before. */
  after(delayMs: number, work: () => void): Subscription {
    const dueAtMs = this.now() + delayMs;
    const tick = () => {
      // Timers of Node come up to 1 ms early by its own clock.
      if (dueAtMs > this.#latestMs) this.#latestMs = dueAtMs;
      this.#loop.run(work);
    };
    try {
      return delayMs > 0 ? this.#scheduler.schedule(tick, delayMs) : this.#soon.schedule(tick);
    } catch (cause) {
      // Nobody may wait for ever because of a scheduler that throws.
      report(cause);
      return delayMs > 0 ? asyncScheduler.schedule(tick, delayMs) : asapScheduler.schedule(tick);
    }
  }

  /** Whole milliseconds, for those of `performance` are fractions. */
  #read(): number {
    return this.#isOfWall ? Math.floor(performance.now()) : this.#scheduler.now();
  }
}

/** The schedulers of RxJS that wait for real time share one function, which reads `Date`. */
function isWallClock({ now }: SchedulerLike): boolean {
  return now === asyncScheduler.now || now === Date.now;
}
