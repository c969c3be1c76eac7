import { type SchedulerAction, type SchedulerLike, Subscription } from "rxjs";

/** A scheduler like the event loop: code can block it, and timers that were due meanwhile come right afterwards. */
export class EventLoop implements SchedulerLike {
  #nowMs = 0;
  #tasks: { readonly atMs: number; readonly work: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  schedule<T>(
    work: (this: SchedulerAction<T>, state?: T) => void,
    delayMs: number = 0,
    state?: T,
  ): Subscription {
    const task = {
      atMs: this.#nowMs + delayMs,
      work: () => work.call(undefined as unknown as SchedulerAction<T>, state),
    };
    this.#tasks.push(task);
    return new Subscription(() => {
      this.#tasks = this.#tasks.filter((one) => one !== task);
    });
  }

  /** Code that takes this long. */
  block(ms: number): void {
    this.#nowMs += ms;
  }

  /** Until there is nothing left to do. */
  run(): void {
    while (this.#tasks.length > 0) {
      const next = this.#tasks.reduce((first, task) => task.atMs < first.atMs ? task : first);
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.work();
    }
  }
}
