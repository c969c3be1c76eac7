/** Where a fake server takes its time from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Waits; `Infinity` waits until the signal aborts.
   *
   * @throws the signal's reason when it aborts first
   */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** What a timer can hold: anything longer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of the platform; timers are looked up with each wait, so a test runner's fake timers rule it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wait(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = ms <= LONGEST_TIMER_MS ? setTimeout(finish, ms) : undefined;
      function finish(): void {
        signal.removeEventListener("abort", leave);
        resolve();
      }
      function leave(): void {
        clearTimeout(timer);
        reject(signal.reason);
      }
      signal.addEventListener("abort", leave, { once: true });
    });
  },
};
