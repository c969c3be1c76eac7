import { Effect, Runtime } from "effect3";
import { type SchedulerAction, type SchedulerLike, Subscription } from "rxjs";

/**
 * The clock of an Effect program as a scheduler of RxJS, so that TestClock drives the window, pauses and timeouts.
 *
 * @param runtime whose clock counts
 * @returns the scheduler
 */
export function effectScheduler(runtime: Runtime.Runtime<never>): SchedulerLike {
  const clock = Runtime.runSync(runtime)(Effect.clock);
  const start = Runtime.runCallback(runtime);
  // A clock that is adjusted by hand holds no timer of the platform, so a sleeper can be left to sleep. It has to be: up to
  // effect 3.20 a TestClock never ends when one is interrupted as it lies down.
  const isAdjusted = "adjust" in clock;
  const fork: Fork = isAdjusted
    ? (effect) => {
      start(effect);
      return () => {};
    }
    : (effect) => start(effect);
  return {
    // Milliseconds are those of the wall clock, which can be set; nanoseconds are counted (design rule 30).
    now: () => Number(clock.unsafeCurrentTimeNanos() / 1_000_000n),
    schedule<T>(
      work: (this: SchedulerAction<T>, state?: T) => void,
      delayMs = 0,
      state?: T,
    ): Subscription {
      return new EffectAction(fork, work).schedule(state, delayMs);
    },
  };
}

type Fork = (effect: Effect.Effect<void>) => () => void;

/** One piece of work, and the fiber in which it waits. */
class EffectAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #fork: Fork;
  readonly #work: (this: SchedulerAction<T>, state?: T) => void;
  #cancel: () => void = () => {};
  /** A sleeper that was left to sleep does nothing when it wakes. */
  #turn = 0;

  constructor(fork: Fork, work: (this: SchedulerAction<T>, state?: T) => void) {
    super();
    this.#fork = fork;
    this.#work = work;
  }

  schedule(state?: T, delayMs = 0): Subscription {
    if (this.closed) return this;
    this.#cancel();
    const turn = ++this.#turn;
    let isDue = false;
    const wait = delayMs > 0 ? Effect.sleep(delayMs) : Effect.yieldNow();
    const run = Effect.sync(() => {
      isDue = true;
      if (!this.closed && turn === this.#turn) this.#work(state);
    });
    const cancel = this.#fork(Effect.zipRight(wait, run));
    // A fiber that does its work cannot be stopped any more, and must not be: it would wait for itself.
    this.#cancel = () => {
      if (!isDue) cancel();
    };
    return this;
  }

  override unsubscribe(): void {
    if (this.closed) return;
    super.unsubscribe();
    this.#cancel();
  }
}
