import { Clock, Context, Effect } from "effect";
import { type SchedulerAction, type SchedulerLike, Subscription } from "rxjs";

/**
 * The clock of an Effect program as a scheduler of RxJS, so that TestClock drives the window, pauses and timeouts.
 *
 * @param context whose clock counts
 * @returns the scheduler; none for the clock of the platform, which RxJS itself asks with no fiber for each wait
 */
export function effectScheduler(context: Context.Context<never>): SchedulerLike | undefined {
  const clock = Context.get(context, Clock.Clock);
  if (clock === Context.get(Context.empty(), Clock.Clock)) return undefined;
  const fork = Effect.runForkWith(context);
  const start: Fork = (effect) => {
    const fiber = fork(effect);
    return () => fiber.interruptUnsafe();
  };
  return {
    // Milliseconds are those of the wall clock, which can be set; nanoseconds are counted (design rule 30).
    now: () => Number(clock.currentTimeNanosUnsafe() / 1_000_000n),
    schedule<T>(
      work: (this: SchedulerAction<T>, state?: T) => void,
      delayMs = 0,
      state?: T,
    ): Subscription {
      return new EffectAction(start, work).schedule(state, delayMs);
    },
  };
}

type Fork = (effect: Effect.Effect<void>) => () => void;

/** One piece of work, and the fiber in which it waits. */
class EffectAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #fork: Fork;
  readonly #work: (this: SchedulerAction<T>, state?: T) => void;
  #cancel: () => void = () => {};

  constructor(fork: Fork, work: (this: SchedulerAction<T>, state?: T) => void) {
    super();
    this.#fork = fork;
    this.#work = work;
  }

  schedule(state?: T, delayMs = 0): Subscription {
    if (this.closed) return this;
    this.#cancel();
    let isDue = false;
    const wait = delayMs > 0 ? Effect.sleep(delayMs) : Effect.yieldNow;
    const run = Effect.sync(() => {
      isDue = true;
      if (!this.closed) this.#work(state);
    });
    const cancel = this.#fork(Effect.andThen(wait, run));
    // A fiber that does its work cannot be stopped any more.
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
