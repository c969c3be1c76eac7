import { Effect } from "effect";

/** Messages that somebody waits for, until they are at work here. */
export class Arrivals {
  readonly #waiting = new Map<string, () => void>();

  /** Waits for the message of this key. */
  of(key: string): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.#waiting.set(key, () => resume(Effect.void));
      return Effect.sync(() => this.#waiting.delete(key));
    });
  }

  /** It is here, and has joined what it shares with others. */
  arrived(key: string): void {
    this.#waiting.get(key)?.();
    this.#waiting.delete(key);
  }
}
