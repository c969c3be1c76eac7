import type { Settings } from "../../options/settings.ts";
import type { BatchContext, Wire } from "../../wire/wire.ts";
import type { Entry } from "../entry.ts";
import type { Clock } from "../time/clock.ts";
import { Lane } from "./lane.ts";
import { Mixes } from "./mix.ts";

/** What lanes are made with. */
export interface LaneStages {
  readonly clock: Clock;
  readonly settings: Pick<Settings, "maxBatchSize" | "maxBatchBytes">;
  readonly wire: Wire;
}

/** The lanes in use: a context that nothing waits for costs nothing (design rule 7). */
export class Lanes {
  readonly #clock: Clock;
  readonly #limits: { readonly size: number; readonly bytes: number };
  /** By account, then by the key of the context: no account can spell the key of another lane. */
  readonly #lanes = new Map<string | undefined, Map<string, Lane>>();
  readonly #mixes = new Mixes<Lane>();
  /** Empty lanes whose pause or pace runs: remembered, yet without a timer, so that the process may end. */
  readonly #resting = new Set<Lane>();
  #count = 0;
  /** Operations mostly come in runs of one context. */
  #latest: Lane | undefined = undefined;

  constructor({ clock, settings, wire }: LaneStages) {
    this.#clock = clock;
    this.#limits = {
      size: settings.maxBatchSize,
      bytes: settings.maxBatchBytes - (wire.frameBytes ?? 0),
    };
  }

  of(entry: Entry): Lane {
    const latest = this.#latest;
    if (latest?.context === entry.context && latest!.account === entry.account) return latest!;
    return this.#latest = this.find(entry) ?? this.#open(entry);
  }

  find({ context, account }: Entry): Lane | undefined {
    return this.#lanes.get(account)?.get(context!.key);
  }

  /** To be called whenever a lane may have become empty. */
  dropIfIdle(lane: Lane): void {
    if (lane.live > 0 || lane.inFlight > 0 || lane.parked > 0) return;
    lane.maxSize = sizeLimitOf(lane.context, this.#limits.size);
    lane.maxBytes = this.#limits.bytes;
    if (Math.max(lane.readyAtMs, lane.keptUntilMs) > this.#clock.now()) this.#resting.add(lane);
    else this.#forget(lane);
  }

  *[Symbol.iterator](): IterableIterator<Lane> {
    for (const lanes of this.#lanes.values()) yield* lanes.values();
  }

  #open({ context, account }: Entry): Lane {
    this.#forgetRested();
    const limits = { ...this.#limits, size: sizeLimitOf(context!, this.#limits.size) };
    const mix = this.#mixes.join(context!.mix, account);
    const lane = new Lane(++this.#count, { context: context!, account }, limits, mix);
    let lanes = this.#lanes.get(account);
    if (lanes === undefined) this.#lanes.set(account, lanes = new Map());
    lanes.set(lane.context.key, lane);
    return lane;
  }

  /** Two at a time, in turns: a long pause must not keep those behind it, and a look at all would cost too much. */
  #forgetRested(): void {
    const now = this.#clock.now();
    let left = Math.min(2, this.#resting.size);
    for (const lane of this.#resting) {
      if (left-- === 0) return;
      this.#resting.delete(lane);
      if (lane.live > 0 || lane.inFlight > 0 || lane.parked > 0) continue;
      if (Math.max(lane.readyAtMs, lane.keptUntilMs) <= now) this.#forget(lane);
      else this.#resting.add(lane);
    }
  }

  #forget(lane: Lane): void {
    this.#resting.delete(lane);
    this.#latest = undefined;
    const { account, context } = lane;
    const lanes = this.#lanes.get(account);
    // A lane that stood in line when it was dropped may have a successor.
    if (lanes?.get(context.key) !== lane) return;
    lanes.delete(context.key);
    this.#mixes.leave(lane);
    if (lanes.size === 0) this.#lanes.delete(account);
  }
}

/** A wire may say that a lane takes fewer operations at a time than others. */
function sizeLimitOf({ maxBatchSize }: BatchContext, limit: number): number {
  return maxBatchSize === undefined ? limit : Math.max(1, Math.min(maxBatchSize, limit));
}
