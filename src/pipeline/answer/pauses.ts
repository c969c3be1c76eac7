import type { BatchEvent } from "../../options/events.ts";
import type { Settings } from "../../options/settings.ts";
import type { Lane } from "../collect/lane.ts";
import type { Entry } from "../entry.ts";
import type { Events } from "../events.ts";
import type { Clock } from "../time/clock.ts";
import type { Expiry } from "./expiry.ts";
import { retryAfterMs } from "./retry_after.ts";
import type { Waits } from "./waits.ts";

/** What pauses are made of. */
export interface PauseStages {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly events: Events;
  readonly expiry: Expiry;
  readonly waits: Waits;
}

type PauseReason = Extract<BatchEvent, { readonly type: "paused" }>["reason"];

/** How long a lane pauses, and why. */
export interface Pause {
  readonly delayMs: number;
  readonly reason: PauseReason;
  /** Since when it is counted. */
  readonly fromMs?: number | undefined;
}

/** Keeps lanes from sending for as long as a server wants it (design rule 22). */
export class Pauses {
  readonly #stages: PauseStages;

  constructor(stages: PauseStages) {
    this.#stages = stages;
  }

  /**
   * Pauses the lane for as long as an answer says; how long that is, if it says so.
   *
   * @param date that of the answer, for a part that has none of its own
   */
  obey(
    lane: Lane,
    headers: Readonly<Record<string, string>>,
    date?: string,
  ): number | undefined {
    const waitMs = retryAfterMs(headers, this.#stages.clock.epochNow(), date);
    if (waitMs !== undefined) this.pause(lane, { delayMs: waitMs, reason: "asked" });
    return waitMs;
  }

  /** All lanes whose operations it carried. */
  obeyAll(
    lanes: readonly Lane[],
    headers: Readonly<Record<string, string>>,
    date?: string,
  ): void {
    for (const lane of lanes) this.obey(lane, headers, date);
  }

  /** A server that names a time is obeyed by the whole lane, whoever was told. */
  pause(lane: Lane, { delayMs, reason, fromMs = this.#stages.clock.now() }: Pause): void {
    const { expiry, settings, waits } = this.#stages;
    if (!settings.retry.isOn) return;
    const untilMs = fromMs + delayMs;
    if (delayMs <= 0 || untilMs <= lane.pausedUntilMs) return;
    lane.pausedUntilMs = untilMs;
    this.#tell(lane, delayMs, reason);
    expiry.review(lane, waits.parkedIn(lane));
    if (lane.live > 0) waits.watch(lane);
  }

  /** A limit of the server is near: the lane's next batch waits. */
  slowDown(lane: Lane, delayMs: number): void {
    const { clock, waits } = this.#stages;
    const untilMs = clock.now() + delayMs;
    if (untilMs <= lane.slowedUntilMs) return;
    lane.slowedUntilMs = untilMs;
    this.#tell(lane, delayMs, "near limit");
    if (lane.live > 0) waits.watch(lane);
  }

  /** It waits in a lane that may pause. */
  joined(entry: Entry, lane: Lane): void {
    this.#stages.expiry.joined(entry, lane);
    this.#stages.waits.watch(lane);
  }

  /** Nothing new is taken in: what was never sent waits no longer than what was. */
  closed(lanes: Iterable<Lane>): void {
    const { expiry, waits } = this.#stages;
    for (const lane of lanes) expiry.review(lane, waits.parkedIn(lane));
  }

  #tell(lane: Lane, delayMs: number, reason: PauseReason): void {
    const { events } = this.#stages;
    if (events.isHeard) events.emit({ type: "paused", lane: lane.number, delayMs, reason });
  }
}
