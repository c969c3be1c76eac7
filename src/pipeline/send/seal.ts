import type { Batch } from "./batch.ts";
import type { Clock } from "../time/clock.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Entry } from "../entry.ts";
import { Formation } from "../collect/formation.ts";
import type { Gate } from "../gate.ts";
import { type Lane, sizeOf } from "../collect/lane.ts";
import type { Order } from "../collect/order.ts";
import type { Pace } from "../collect/pace.ts";
import { Roster } from "./roster.ts";
import type { Wire } from "../../wire/wire.ts";
import type { Windows } from "../collect/window.ts";

/** The stages that a batch is taken from. */
export interface SealStages {
  readonly clock: Clock;
  readonly dispatch: Dispatch;
  readonly gate: Gate;
  readonly order: Order;
  readonly pace: Pace;
  readonly windows: Windows;
  readonly wire: Wire;
  /** The server honours `dependsOn` within a batch. */
  readonly isNative: boolean;
}

/** What sealing asks. */
export interface SealCalls {
  /** Fails it, and says so, if it has waited for too long since its first POST. */
  failIfTooLate(entry: Entry): boolean;
}

/** The batch that is filled, and who decides what joins it; `formation`: none on a wire without an order of its own. */
interface Boarders {
  readonly batch: Batch;
  readonly formation: Formation | undefined;
  readonly roster: Roster;
}

/** Takes the next batch, once its token is there: from its lane, and where lanes may mix from others too. */
export class Seal {
  readonly #stages: SealStages;
  readonly #calls: SealCalls;

  constructor(stages: SealStages, calls: SealCalls) {
    this.#stages = stages;
    this.#calls = calls;
  }

  seal(batch: Batch): readonly Entry[] {
    const { dispatch, isNative, order, windows } = this.#stages;
    const { lane } = batch;
    const entries: Entry[] = [];
    lane.reserved--;
    // The lane may have been told to pause while the token was on its way.
    if (!dispatch.isPaused(lane)) {
      const formation = isNative
        ? new Formation(order, lane, batch, {
          isForChain: dispatch.isForChain(lane),
          companions: dispatch.companions(lane),
        })
        : undefined;
      const boarders = {
        batch,
        formation,
        roster: new Roster(this.#stages.wire.changeSetsPerBatch),
      };
      this.#take(lane, entries, boarders);
      batch.isChain = formation?.isChain === true;
      if (batch.isChain) dispatch.lighten(lane);
      else this.#fill(entries, boarders);
    }
    windows.review(lane);
    lane.mix?.sealed(lane).forEach((carried) => windows.review(carried));
    return entries;
  }

  /** Some have left before the batch did. @returns the lanes of which it carries nothing any more */
  thin(batch: Batch): readonly Lane[] {
    const { dispatch, pace } = this.#stages;
    const empty: Lane[] = [];
    for (const lane of batch.lanes) {
      const count = sizeOf(batch.entries.filter((entry) => lane.has(entry)));
      pace.thinned(lane, batch, count);
      if (count === 0) empty.push(lane);
    }
    for (const lane of empty) batch.lanes.splice(batch.lanes.indexOf(lane), 1);
    dispatch.unload(empty, batch.isChain);
    return empty;
  }

  #take(lane: Lane, entries: Entry[], { batch, formation, roster }: Boarders): void {
    const { clock, gate, pace } = this.#stages;
    const now = clock.now();
    const room = pace.room(lane);
    let count = 0;
    let isShort = false;
    const board = (entry: Entry) => {
      entry.state = "flying";
      entry.flight = batch;
      if (entry.attempts++ === 0) entry.firstSentAtMs = now;
      gate.waiting--;
    };
    lane.take(entries, (entry) => {
      if (entry.attempts > 0 && this.#calls.failIfTooLate(entry)) return "waits";
      if (count + entry.size > room) {
        isShort = true;
        return "stays";
      }
      // Halves of a batch that was refused as a whole go alone.
      if (entries.length > 0 && entry.company !== entries[0]!.company) return "stays";
      if (!roster.accepts(entry, entries)) return "stays";
      const boarding = formation?.board(entry) ?? "joins";
      if (boarding !== "joins") return boarding;
      roster.joined(entry);
      board(entry);
      if (entry.share !== undefined) batch.riders.take(entry, this.#along(entry, lane, board));
      count += entry.size;
      return boarding;
    });
    pace.book(lane, batch, count);
    // It would be due again at once.
    if (isShort) pace.short(lane);
    if (lane.live === 0) lane.flushedFor = undefined;
  }

  /** Those who share its place, which costs no room. */
  #along(entry: Entry, lane: Lane, board: (rider: Entry) => void): readonly Entry[] {
    const { queued } = entry.share!;
    entry.share!.close();
    const riders: Entry[] = [];
    for (const rider of queued) {
      if (rider === entry || rider.company !== entry.company) continue;
      lane.remove(rider);
      board(rider);
      riders.push(rider);
    }
    return riders;
  }

  /** Room that is left goes to other lanes, as far as they could send at this moment themselves. */
  #fill(entries: Entry[], boarders: Boarders): void {
    const { dispatch, windows } = this.#stages;
    const { lane, lanes: carried } = boarders.batch;
    if (entries.length === 0) return;
    for (const other of dispatch.companions(lane)) {
      if (sizeOf(entries) >= lane.maxSize) return;
      const before = entries.length;
      this.#take(other, entries, boarders);
      if (entries.length === before) continue;
      carried.push(other);
      dispatch.share(other);
      windows.review(other);
    }
  }
}
