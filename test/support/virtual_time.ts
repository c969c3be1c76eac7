import { setImmediate } from "node:timers/promises";
import { VirtualTimeScheduler } from "rxjs";
import { afterEach, beforeEach, vi } from "vitest";
import type { Clock } from "../../src/testing.ts";

/** One time for a batcher and a fake service that works in promises: it stands still until all that was said is heard. */
export class VirtualTime implements Clock {
  readonly scheduler: VirtualTimeScheduler = new VirtualTimeScheduler();

  now(): number {
    return this.scheduler.now();
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = ms === Infinity ? undefined : this.scheduler.schedule(() => {
        signal.removeEventListener("abort", leave);
        resolve();
      }, ms);
      function leave(): void {
        timer?.unsubscribe();
        reject(signal.reason);
      }
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** How many timers are set. */
  get timers(): number {
    return this.scheduler.actions.length;
  }

  /** Does something at a time. */
  at(ms: number, work: () => void): void {
    this.scheduler.schedule(work, ms - this.now());
  }

  /** Lets time pass until nothing is scheduled. */
  async run(): Promise<void> {
    for (;;) {
      // Promises lead to promises; once more, as some streams of the platform take a turn of the event loop.
      await setImmediate();
      await setImmediate();
      const next = this.scheduler.actions[0];
      if (next === undefined) return;
      this.scheduler.maxFrames = next.delay;
      this.scheduler.flush();
    }
  }
}

/** Lets what waits for promises go on, without a timer and so without real time. */
export async function heard(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await undefined;
}

/** Half of what it may take is what every backoff takes: for tests whose outcome hangs on which repeat comes first. */
export function steadyBackoff(): void {
  beforeEach(() => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}
