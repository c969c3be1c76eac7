import type { BatchContext } from "../../wire/wire.ts";
import type { Clock } from "../time/clock.ts";
import { Lane } from "./lane.ts";

/** The lanes in use: a context that nothing waits for costs nothing (design rule 7). */
export class Lanes {
  readonly #clock: Clock;
  readonly #limits: { readonly size: number; readonly bytes: number };
  readonly #lanes = new Map<string, Lane>();
  /** Empty lanes whose pause runs: remembered, yet without a timer, so that the process may end. */
  readonly #resting = new Set<Lane>();
  #count = 0;
  /** Operations mostly come in runs of one context. */
  #latest: Lane | undefined = undefined;

  constructor(clock: Clock, limits: { readonly size: number; readonly bytes: number }) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many there are. */
  get size(): number {
    return this.#lanes.size;
  }

  of(context: BatchContext): Lane {
    if (this.#latest?.context === context) return this.#latest;
    return this.#latest = this.#lanes.get(context.key) ?? this.#open(context);
  }

  find(context: BatchContext): Lane | undefined {
    return this.#lanes.get(context.key);
  }

  /** To be called whenever a lane may have become empty. */
  dropIfIdle(lane: Lane): void {
    if (lane.live > 0 || lane.inFlight > 0 || lane.parked > 0) return;
    lane.maxSize = this.#limits.size;
    lane.maxBytes = this.#limits.bytes;
    if (lane.pausedUntilMs > this.#clock.now()) this.#resting.add(lane);
    else this.#forget(lane);
  }

  [Symbol.iterator](): IterableIterator<Lane> {
    return this.#lanes.values();
  }

  #open(context: BatchContext): Lane {
    this.#forgetRested();
    const lane = new Lane(++this.#count, context, this.#limits);
    this.#lanes.set(context.key, lane);
    return lane;
  }

  /** Pauses end in about the order in which they began, so this ends at the first that still runs. */
  #forgetRested(): void {
    const now = this.#clock.now();
    for (const lane of this.#resting) {
      if (lane.live > 0 || lane.inFlight > 0 || lane.parked > 0) this.#resting.delete(lane);
      else if (lane.pausedUntilMs <= now) this.#forget(lane);
      else return;
    }
  }

  #forget(lane: Lane): void {
    this.#resting.delete(lane);
    if (this.#latest === lane) this.#latest = undefined;
    // A lane that stood in line when it was dropped may have a successor.
    if (this.#lanes.get(lane.context.key) === lane) this.#lanes.delete(lane.context.key);
  }
}
