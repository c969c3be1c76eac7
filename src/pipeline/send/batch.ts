import type { BatchError } from "../../operation/errors.ts";
import { headerOf } from "../../operation/headers.ts";
import type { BatchReason } from "../../options/events.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import type { Part } from "../../wire/wire.ts";
import type { Lane } from "../collect/lane.ts";
import type { Entry, Flight } from "../entry.ts";
import type { LazyRequest } from "./lazy_request.ts";
import { Riders } from "./riders.ts";

/** Which batch it is, and why now. */
export interface BatchName {
  /** The one that got the slot. */
  readonly lane: Lane;
  readonly number: number;
  readonly reason: BatchReason;
}

/** A part that makes sense only once the others are there, and what its operation may fail with. */
export interface Deferred {
  readonly entry: Entry;
  readonly part: Part;
  error(entry: Entry, refusal: "policy" | "retry.maxRetries" | "retry.maxTotalMs"): BatchError;
}

/** What is known of one batch: who is in it, what it went with, and what its answer has settled so far. */
export class Batch implements Flight, BatchName {
  declare readonly lane: Lane;
  /** All whose operations it carries, the one that got the slot first while it carries any of it. */
  declare readonly lanes: Lane[];
  declare readonly number: number;
  declare readonly reason: BatchReason;
  /** Its operations, in the order of the batch. */
  entries: readonly Entry[] = [];
  /** Who shares a place with another. */
  readonly riders: Riders = new Riders();
  isPreparing = true;
  /** Each of its operations depends on the one before it. */
  isChain = false;
  /** The token that it went with. */
  token: string | undefined = undefined;
  /** The headers that were asked for, as one text. */
  headerSet: string | undefined = undefined;
  /** What was sent. */
  request: LazyRequest | undefined = undefined;
  /** Status and headers of the answer, once they are there. */
  head: ResponseHead | undefined = undefined;
  /** Some of it goes again with fresh headers: each at most once, so whatever stands behind it may too. */
  isRenewed = false;
  /** Its answer has settled an operation. */
  hasSettled = false;
  /** Parts that make sense only once the others are there. */
  readonly deferred: Deferred[] = [];
  readonly #lost: () => void;

  /** @param lost is told when one that it carries has left, or is settled otherwise */
  constructor({ lane, number, reason }: BatchName, lost: () => void) {
    this.lane = lane;
    this.lanes = [lane];
    this.number = number;
    this.reason = reason;
    this.#lost = lost;
  }

  lose(): void {
    this.#lost();
  }

  /** It never left, which was no attempt; what is put back is another's to count. */
  dropped(isPutBack: boolean): void {
    this.isPreparing = false;
    if (!isPutBack) { for (const entry of this.aboard) entry.attempts--; }
  }

  /** All that it carries, with those who share a place. */
  get aboard(): readonly Entry[] {
    return this.riders.all(this.entries);
  }

  /** It went without an Authorization of anybody's. */
  get isAnonymous(): boolean {
    return this.request !== undefined &&
      headerOf(this.request.headers, "authorization") === undefined;
  }

  /** The answer's own time. */
  get date(): string | undefined {
    return this.head?.headers["date"];
  }

  /** It still waits for its part of this one. */
  isAwaited(entry: Entry): boolean {
    return entry.flight === this && !entry.isSettled;
  }

  /** Those who wait for a part that has not come. */
  get unanswered(): readonly Entry[] {
    const isDeferred = (entry: Entry) => this.deferred.some((each) => each.entry === entry);
    return this.aboard.filter((entry) => this.isAwaited(entry) && !isDeferred(entry));
  }

  laneOf(entry: Entry): Lane {
    const { lanes } = this;
    if (lanes.length === 1) return lanes[0]!;
    return lanes.find((one) => one.has(entry))!;
  }
}
