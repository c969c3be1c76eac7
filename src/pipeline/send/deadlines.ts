import type { Subscription } from "rxjs";
import type { Clock } from "../time/clock.ts";

/** What must be over in time. */
export interface Timed {
  timeOut(): void;
}

/** One time limit for many, POSTs or streams that stay open: they end in the order in which they started, so one timer serves all. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** When each is due, oldest first. */
  readonly #running = new Map<Timed, number>();
  #timer: Subscription | undefined = undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  started(timed: Timed): void {
    this.#running.set(timed, this.#clock.now() + this.#timeoutMs);
    if (this.#timer === undefined) this.#arm(this.#timeoutMs);
  }

  /** With nothing in flight there is no timer (design rule 1); otherwise it goes on for those who are left. */
  ended(timed: Timed): void {
    this.#running.delete(timed);
    if (this.#running.size > 0) return;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    this.#timer?.unsubscribe();
    const timer = this.#clock.after(delayMs, () => this.#tick());
    // A scheduler that does not wait has called already.
    this.#timer = this.#running.size > 0 ? timer : undefined;
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (const [timed, dueAtMs] of this.#running) {
      if (dueAtMs > now) return this.#arm(dueAtMs - now);
      timed.timeOut();
    }
  }
}
