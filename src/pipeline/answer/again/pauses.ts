import type { BatchEvent } from "../../../options/events.ts";
import type { Settings } from "../../../options/settings.ts";
import type { Wire } from "../../../wire/wire.ts";
import type { Lane } from "../../collect/lane.ts";
import type { Entry } from "../../entry.ts";
import type { Events } from "../../events.ts";
import type { Clock } from "../../time/clock.ts";
import type { Expiry } from "./expiry.ts";
import { retryAfterMs } from "./retry_after.ts";
import { serviceOf } from "./service_of.ts";
import type { Waits } from "./waits.ts";

/** What pauses are made of. */
export interface PauseStages {
  readonly wire: Wire;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly events: Events;
  readonly expiry: Expiry;
  readonly waits: Waits;
}

type PauseReason = Extract<BatchEvent, { readonly type: "paused" }>["reason"];

type Headers = Readonly<Record<string, string>>;

/** How long a lane pauses after a failure, and what of it: all, or what is for the same service. */
export interface BackOff {
  readonly delayMs: number;
  /** Since when it is counted. */
  readonly fromMs?: number | undefined;
  /** All of the lane's, unless it is said that others are of another service. */
  readonly holds?: "lane" | "service" | undefined;
}

interface Pause {
  readonly delayMs: number;
  readonly reason: PauseReason;
  /** Since when it is counted. */
  readonly fromMs?: number | undefined;
}

/** What pauses call. */
export interface PauseCalls {
  /** Fewer wait in the lane now. */
  thinned(lane: Lane): void;
}

/** Keeps lanes from sending for as long as a server wants it (design rule 22), or what of them is for one of its services. */
export class Pauses {
  readonly #stages: PauseStages;
  readonly #calls: PauseCalls;

  constructor(stages: PauseStages, calls: PauseCalls) {
    this.#stages = stages;
    this.#calls = calls;
  }

  /** Pauses all lanes that a batch carried for as long as its answer says; `date`: the answer's, for a part without one. */
  obeyAll(lanes: readonly Lane[], headers: Headers, date?: string): void {
    for (const lane of lanes) this.#obey(lane, headers, { date });
  }

  /** The same for one operation's part, which speaks for its service; how long that is, if it says so. */
  obey(entry: Entry, lane: Lane, headers: Headers, date?: string): number | undefined {
    return this.#obey(lane, headers, { date, service: serviceOf(entry, this.#stages.wire) });
  }

  #obey(
    lane: Lane,
    headers: Headers,
    { date, service }: {
      readonly date?: string | undefined;
      readonly service?: string | undefined;
    },
  ): number | undefined {
    if (headers["retry-after"] === undefined) return undefined;
    const delayMs = retryAfterMs(headers, this.#stages.clock.epochNow(), date);
    if (delayMs !== undefined) this.#pause(lane, service, { delayMs, reason: "asked" });
    return delayMs;
  }

  /** An attempt has failed so that others would fail too: all of the lane's, or those of its service. */
  backOff(entry: Entry, lane: Lane, { delayMs, fromMs, holds }: BackOff): void {
    const service = holds === "service" ? serviceOf(entry, this.#stages.wire) : undefined;
    this.#pause(lane, service, { delayMs, reason: "backoff", fromMs });
  }

  /** Before when it may not leave. */
  untilMs(entry: Entry, lane: Lane): number {
    return Math.max(lane.heldUntilMs, this.serviceUntilMs(entry, lane));
  }

  /** Where its service pauses, and this says so, it waits outside the lane, which goes on with others. */
  parkIfPaused(entry: Entry, lane: Lane): boolean {
    const untilMs = this.serviceUntilMs(entry, lane);
    if (untilMs === 0) return false;
    this.#park(entry, lane, untilMs);
    return true;
  }

  #pause(lane: Lane, service: string | undefined, pause: Pause): void {
    const { clock, expiry, settings, waits } = this.#stages;
    const now = clock.now();
    const { delayMs, fromMs = now, reason } = pause;
    const untilMs = fromMs + delayMs;
    // Who waited for others before he goes again may find it over.
    if (!settings.retry.isOn || untilMs <= now) return;
    const rest = { delayMs: untilMs - now, reason, untilMs };
    if (service !== undefined) return this.#pauseService(lane, service, rest);
    if (untilMs <= lane.pausedUntilMs) return;
    lane.pausedUntilMs = untilMs;
    this.#tell(lane, rest);
    expiry.review(lane, waits);
    if (lane.live > 0) waits.watch(lane);
  }

  #pauseService(lane: Lane, service: string, pause: Pause & { readonly untilMs: number }): void {
    const { untilMs } = pause;
    const { clock, expiry, waits } = this.#stages;
    lane.servicePauses ??= new Map();
    const untilNowMs = lane.servicePauses.get(service) ?? 0;
    if (untilMs <= untilNowMs) return;
    lane.servicePauses.set(service, untilMs);
    lane.keptUntilMs = Math.max(lane.keptUntilMs, untilMs);
    this.#tell(lane, pause, service);
    const isOfIt = (entry: Entry) => serviceOf(entry, this.#stages.wire) === service;
    this.#review(waits.repeatedIn(lane), isOfIt, untilMs);
    if (expiry.isTooLongForFresh(untilMs)) this.#review(waits.freshIn(lane), isOfIt, untilMs);
    // While it paused, what is for it has joined no lane: each part of an answer may prolong a pause, and none looks again.
    if (untilNowMs > clock.now()) return;
    const taken = lane.takeOut(isOfIt);
    if (taken.length === 0) return;
    for (const entry of taken) this.#park(entry, lane, untilMs);
    this.#calls.thinned(lane);
  }

  #review(parked: Iterable<Entry>, isOfIt: (entry: Entry) => boolean, untilMs: number): void {
    for (const entry of parked) if (isOfIt(entry)) this.#stages.expiry.waits(entry, untilMs);
  }

  #park(entry: Entry, lane: Lane, untilMs: number): void {
    this.#stages.waits.park(entry, lane, untilMs);
    this.#stages.expiry.waits(entry, untilMs);
  }

  /** Before when its service may not be asked; 0: it does not pause. */
  serviceUntilMs(entry: Entry, lane: Lane): number {
    const { servicePauses } = lane;
    if (servicePauses === undefined) return 0;
    const service = serviceOf(entry, this.#stages.wire);
    const untilMs = service === undefined ? 0 : servicePauses.get(service) ?? 0;
    if (untilMs > this.#stages.clock.now()) return untilMs;
    if (untilMs > 0) servicePauses.delete(service!);
    if (servicePauses.size === 0) lane.servicePauses = undefined;
    return 0;
  }

  /** A limit of the server is near: the lane's next batch waits. */
  slowDown(lane: Lane, delayMs: number): void {
    const { clock, expiry, waits } = this.#stages;
    const untilMs = clock.now() + delayMs;
    if (untilMs <= lane.slowedUntilMs) return;
    lane.slowedUntilMs = untilMs;
    this.#tell(lane, { delayMs, reason: "near limit" });
    expiry.review(lane, waits);
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
    for (const lane of lanes) {
      expiry.review(lane, waits);
      for (const parked of [waits.repeatedIn(lane), waits.freshIn(lane)]) {
        for (const entry of parked) expiry.waits(entry, this.serviceUntilMs(entry, lane));
      }
    }
  }

  #tell(lane: Lane, { delayMs, reason }: Pause, service?: string): void {
    const { events } = this.#stages;
    if (!events.isHeard) return;
    events.emit({ type: "paused", lane: lane.number, service, delayMs, reason });
  }
}
