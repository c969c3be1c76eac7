import type { Settings } from "../../options/settings.ts";
import type { Transport } from "../../transport/transport.ts";
import type { Wire } from "../../wire/wire.ts";
import type { Lane } from "../collect/lane.ts";
import type { Pace } from "../collect/pace.ts";
import type { Entry } from "../entry.ts";
import type { Events } from "../events.ts";
import type { Clock } from "../time/clock.ts";
import type { Loop } from "../time/loop.ts";
import type { Batch } from "./batch.ts";
import type { CredentialsStages } from "./credentials/credentials.ts";
import type { Deadlines } from "./deadlines.ts";
import type { DeliveryCalls } from "./delivery.ts";
import type { PostEnd, ReadAnswer } from "./exchange.ts";

/** What every POST of a pipeline is made with. */
export interface PostStages extends CredentialsStages {
  readonly settings: Settings;
  readonly wire: Wire;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly loop: Loop;
  readonly events: Events;
  readonly pace: Pace;
  readonly read: ReadAnswer;
  /** What it tells others. */
  readonly postCalls: PostCalls;
}

/** What a POST calls. */
export interface PostCalls extends DeliveryCalls {
  /** Takes the next batch out of its lane, and out of others that may share it. */
  seal(batch: Batch): readonly Entry[];
  /** A pause has come for it. */
  isPaused(entry: Entry, lane: Lane): boolean;
  /** It depends on one that has fallen meanwhile: then it fails. */
  falls(entry: Entry): boolean;
  /** These left before their batch did, and are out no more. */
  takenOut(batch: Batch, entries: readonly Entry[]): void;
  /** It is over; these entries got no part. */
  ended(batch: Batch, end: PostEnd, unanswered: readonly Entry[]): void;
}
