import type { Part } from "../wire/wire.ts";
import type { BatchReason } from "../options/events.ts";
import type { Lane } from "./collect/lane.ts";
import type { Entry, Mark } from "./entry.ts";
import type { Groups } from "./groups.ts";
import type { PostEnd } from "./send/exchange.ts";
import type { Batch } from "./send/batch.ts";

/** What a pipeline meets outside of itself. */
export interface Surroundings {
  /** Called whenever nothing is in hand any more, and when a POST ends while nothing is. */
  readonly atRest: () => void;
  /** None: the service knows no atomic groups. */
  readonly groups: Groups | undefined;
}

/** The edges on which an operation moves on or back; `pipeline.ts` says what happens there. */
export interface Edges {
  /** What operations remember of this pipeline. */
  readonly mark: Mark;
  /** Order: nothing holds it back any more. */
  release(entry: Entry): void;
  /** Dispatch: the lane has got a slot. */
  post(lane: Lane, reason: BatchReason): void;
  /** Post: it carries the entry no more. */
  landed(entry: Entry): void;
  /** Post: these left it before it was sent. */
  takenOut(batch: Batch, entries: readonly Entry[]): void;
  /** Post: a part has come for one that still waits. */
  answer(batch: Batch, entry: Entry, part: Part): void;
  /** Post: it is over; these entries got no part. */
  ended(batch: Batch, end: PostEnd, unanswered: readonly Entry[]): void;
  /** Retry: it goes again. */
  again(entry: Entry): void;
}
