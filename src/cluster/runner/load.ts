import { Effect, Schedule } from "effect";
import type { Journal } from "../journal/journal.ts";

const REPORTS = /* @__PURE__ */ Schedule.spaced("1 second");

/** How many operations the fleet has in hand: here at this moment, elsewhere when they last said. */
export class Load {
  /** Of this runner, all its mailboxes together. */
  here = 0;
  #elsewhere = 0;
  readonly #max: number;

  constructor(maxQueuedInFleet: number) {
    this.#max = maxQueuedInFleet;
  }

  /** Of all runners, as far as this one knows. */
  get total(): number {
    return this.here + this.#elsewhere;
  }

  get isFull(): boolean {
    return this.total >= this.#max;
  }

  /** Tells the others, and hears of them, as long as the runner lives; where nothing is bounded nobody has to know. */
  exchanges(journal: Journal): Effect.Effect<void> {
    if (this.#max === Infinity) return Effect.void;
    const runner = crypto.randomUUID();
    const once = Effect.suspend(() => journal.report({ runner, queued: this.here })).pipe(
      Effect.tap((elsewhere) =>
        Effect.sync(() => {
          this.#elsewhere = elsewhere;
        })
      ),
    );
    return Effect.asVoid(Effect.repeat(Effect.exit(once), REPORTS));
  }
}
